import { expect, test } from 'vitest'
import { refusalOf, sdkFor, sessionFor, startForTest } from './testing.ts'

test('a stand-in that runs by itself is steered over HTTP', async () => {
  const standIn = await startForTest()
  const stripe = sdkFor(standIn)
  const control = async (method: string, path: string, body?: object) => {
    const answer = await fetch(`${standIn.origin}/stand-in/${path}`, {
      method,
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    })
    return { status: answer.status, body: (await answer.json()) as unknown }
  }
  const { id } = await stripe.checkout.sessions.create(sessionFor(standIn))
  expect((await control('POST', `sessions/${id}/pay`)).body).toMatchObject({ outcome: 'moved' })
  expect((await control('POST', `sessions/${id}/refund`, { amount: 1000 })).body).toMatchObject({ amount: 1000 })
  expect((await control('GET', 'captured')).body).toMatchObject([{ sessionId: id, amount: 9000, refunded: 1000 }])
  expect((await control('GET', 'violations')).body).toEqual([])
  await control('PUT', 'outage', { isOut: true })
  expect((await refusalOf(stripe.balance.retrieve())).type).toBe('StripeConnectionError')
  await control('PUT', 'outage', { isOut: false })
  await control('PUT', 'clock', { now: '2030-01-01T00:00:00.000Z' })
  expect(standIn.now().getUTCFullYear()).toBe(2030)
  expect((await control('POST', 'sessions/cs_test_nobodys/pay')).status).toBe(404)
  expect((await control('GET', 'wishes')).status).toBe(404)
})
