import { describe, expect, it } from 'vitest'
import type { UserCaller } from './caller.ts'
import { type DomainEvent, EVENT_NAMES, EVENTS, type EventName } from './events.ts'
import { type LiveEvent, liveUpdates } from './live-update.ts'
import type { RequestStatus } from './training-request.ts'

const person = (userId: string, more: Partial<UserCaller> = {}): UserCaller => ({
  kind: 'user',
  userId,
  role: 'trainer',
  canTrain: false,
  skills: ['wordpress'],
  active: true,
  ...more,
})
const tina = person('tina')
const tom = person('tom')
const otto = person('otto', { skills: ['quickbooks'] })
const admin = person('admin', { role: 'org_admin', skills: [] })
const ada = person('ada', { role: 'org_admin', canTrain: true })

function happened(
  name: EventName,
  payload: object,
  request: { claimedBy?: string | null; status?: RequestStatus } = {},
): LiveEvent {
  const isBooking = EVENTS[name] === 'booking'
  return {
    event: {
      name,
      payload: { requestId: 'r', bookingId: isBooking ? 'b' : null, status: 'new', ...payload },
    } as unknown as DomainEvent,
    trainingRequest: {
      id: 'r',
      status: request.status ?? 'claimed',
      version: 4,
      claimedBy: request.claimedBy ?? null,
      requiredSkills: ['wordpress'],
    },
    booking: isBooking ? { id: 'b', status: 'confirmed', version: 2, trainerId: 'tina' } : null,
  }
}

function told(event: LiveEvent) {
  const types = (viewer: UserCaller) =>
    liveUpdates(viewer, event)
      .map((update) => update.type)
      .join(' ')
  return { tina: types(tina), tom: types(tom), otto: types(otto), admin: types(admin), ada: types(ada) }
}

describe('who is told what', () => {
  it.each([
    [
      'a new request is added for whoever could claim it, and for admins',
      happened('request_submitted', {}),
      { tina: 'request_added', tom: 'request_added', otto: '', admin: 'request_added', ada: 'request_added' },
    ],
    [
      'a claim changes it for the winner and removes it for the others who could have claimed it',
      happened('request_claimed', { trainerId: 'tina' }, { claimedBy: 'tina' }),
      { tina: 'request_changed', tom: 'request_removed', otto: '', admin: 'request_changed', ada: 'request_changed' },
    ],
    [
      'a release adds it again, and changes it for the trainer who let go',
      happened('request_released', { previousTrainerId: 'tina' }),
      { tina: 'request_changed', tom: 'request_added', otto: '', admin: 'request_changed', ada: 'request_changed' },
    ],
    [
      'a release by a trainer who lacks the skills takes it away from them',
      happened('request_released', { previousTrainerId: 'otto' }),
      {
        tina: 'request_added',
        tom: 'request_added',
        otto: 'request_removed',
        admin: 'request_changed',
        ada: 'request_changed',
      },
    ],
    [
      'an unclaimed request that is assigned leaves the others',
      happened('request_assigned', { trainerId: 'tina', previousTrainerId: null }, { claimedBy: 'tina' }),
      { tina: 'request_changed', tom: 'request_removed', otto: '', admin: 'request_changed', ada: 'request_changed' },
    ],
    [
      'a request that changes hands is added here and removed there, and is nobody else’s business',
      happened('request_assigned', { trainerId: 'otto', previousTrainerId: 'tina' }, { claimedBy: 'otto' }),
      {
        tina: 'request_removed',
        tom: '',
        otto: 'request_added',
        admin: 'request_changed',
        ada: 'request_changed',
      },
    ],
    [
      'a canceled request changes for its trainer',
      happened('request_canceled', { trainerId: 'tina' }, { claimedBy: 'tina', status: 'canceled' }),
      { tina: 'request_changed', tom: '', otto: '', admin: 'request_changed', ada: 'request_changed' },
    ],
    [
      'an unclaimed request that is canceled leaves everyone who could have claimed it',
      happened('request_canceled', { trainerId: null }, { status: 'canceled' }),
      { tina: 'request_removed', tom: 'request_removed', otto: '', admin: 'request_changed', ada: 'request_changed' },
    ],
    [
      'what happens to a held request is told to its trainer and admins only',
      happened('scheduling_link_sent', { trainerId: 'tina' }, { claimedBy: 'tina' }),
      { tina: 'request_changed', tom: '', otto: '', admin: 'request_changed', ada: 'request_changed' },
    ],
    [
      'an unclaimed request that is flagged changes for whoever can see it',
      happened('attention_raised', { reason: 'unclaimed' }),
      { tina: 'request_changed', tom: 'request_changed', otto: '', admin: 'request_changed', ada: 'request_changed' },
    ],
    [
      'a booking changes with its request, for its trainer and admins',
      happened('booking_confirmed', { trainerId: 'tina' }, { claimedBy: 'tina' }),
      {
        tina: 'booking_changed request_changed',
        tom: '',
        otto: '',
        admin: 'booking_changed request_changed',
        ada: 'booking_changed request_changed',
      },
    ],
  ])('%s', (_, event, expected) => {
    expect(told(event)).toEqual(expected)
  })

  it('tells nobody who is neither trainer nor admin, nor whose membership is inactive, anything at all', () => {
    const inactive = [person('tina', { active: false }), person('admin', { role: 'org_admin', active: false })]
    for (const name of EVENT_NAMES) {
      const event = happened(name, { trainerId: 'x', previousTrainerId: 'x' }, { claimedBy: 'x' })
      for (const viewer of inactive) expect(liveUpdates(viewer, event)).toEqual([])
    }
  })

  it('says ids, statuses and versions, and nothing about people', () => {
    expect(liveUpdates(admin, happened('booking_confirmed', { trainerId: 'tina' }, { status: 'confirmed' }))).toEqual([
      { type: 'booking_changed', requestId: 'r', bookingId: 'b', status: 'confirmed', version: 2 },
      { type: 'request_changed', requestId: 'r', bookingId: 'b', status: 'confirmed', version: 4 },
    ])
  })

  it('says nothing of events that are about no request', () => {
    const nothing = { requestId: null, bookingId: null, status: null }
    const event = { name: 'settings_changed', payload: nothing } as const
    expect(liveUpdates(admin, { event, trainingRequest: null, booking: null })).toEqual([])
  })
})
