import { describe, expect, it } from 'vitest'
import { presentDelivery } from './delivery.ts'

const secrets = {
  open: () => {
    throw new Error('There is nothing sealed here.')
  },
}
const delivered = (deliveryDetails: string) =>
  presentDelivery(
    secrets,
    {
      booking: { status: 'confirmed', deliveryMethod: 'manual_link', deliveryDetails },
      remoteSession: null,
      calendarEvent: null,
    },
    { forTrainer: false },
  )

describe('what a session type says about how it is run', () => {
  it('is a link to follow where it is a whole web address', () => {
    expect(delivered('https://meet.example.test/room').customerUrl).toBe('https://meet.example.test/room')
  })

  it.each([
    'Call 555-0100',
    'https://meet.example.test/a room',
    'javascript:alert(1)',
    'https://ann:pw@meet.example.test',
  ])('is words to read otherwise: %s', (details) => {
    expect(delivered(details)).toMatchObject({ details, state: 'ready' })
    expect(delivered(details).customerUrl).toBeUndefined()
  })
})
