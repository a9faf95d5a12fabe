import { randomBytes } from 'node:crypto'
import { linkIn, type Product } from './product.ts'

/*
 * What people did before a journey begins, done over HTTP: a journey that is about a dead link need not click through a
 * claim first. Links still come out of the inbox, as they would for the people in the story.
 */

export const ADMIN = 'admin@demo.test'
export const TINA = 'tina@demo.test'
export const TOM = 'tom@demo.test'
export const ADA = 'ada@demo.test'
export const PASSWORD = 'demo-password'

export interface Customer {
  name: string
  email: string
}

export interface Sent {
  customer: Customer
  requestId: string
  reference: string
}

export interface Booked {
  id: string
  start: string
  end: string
  checkoutUrl: string
}

/** A customer whom no other journey knows, so that mails and rows can be told apart. */
export function newCustomer(name: string): Customer {
  const mark = randomBytes(3).toString('hex')
  return { name: `${name} ${mark}`, email: `${name.toLowerCase().replaceAll(/[^a-z]+/g, '.')}.${mark}@customer.test` }
}

interface Answer<Body> {
  status: number
  body: Body
}

/** One request to the API; a refusal is an answer like any other. */
export async function call<Body>(
  product: Product,
  method: string,
  path: string,
  options: { token?: string; body?: unknown } = {},
): Promise<Answer<Body>> {
  const answer = await fetch(new URL(path, product.origin), {
    method,
    headers: {
      ...(options.body === undefined ? {} : { 'content-type': 'application/json' }),
      ...(options.token === undefined ? {} : { authorization: `Bearer ${options.token}` }),
    },
    ...(options.body === undefined ? {} : { body: JSON.stringify(options.body) }),
  })
  const text = await answer.text()
  return { status: answer.status, body: (text === '' ? null : JSON.parse(text)) as Body }
}

async function done<Body>(...what: Parameters<typeof call>): Promise<Body> {
  const { status, body } = await call<Body>(...what)
  if (status >= 300) throw new Error(`${what[1]} ${what[2]} answered ${status}: ${JSON.stringify(body)}`)
  return body
}

/** An access token of one of the demo's people, as the sign-in screen gets it. */
export async function tokenOf(product: Product, email: string): Promise<string> {
  const body = { email, password: PASSWORD }
  return (await done<{ accessToken: string }>(product, 'POST', '/v1/auth/login', { body })).accessToken
}

const DEMO = '/v1/organizations/demo'

/** The customer fills in the public form. WordPress is what Tina, Tom and Ada can all help with. */
export async function submitForm(product: Product, customer: Customer, topic = 'wordpress'): Promise<Sent> {
  const path = '/v1/public/organizations/demo/forms/support/submissions'
  const { reference } = await done<{ reference: string }>(product, 'POST', path, {
    body: { customer, answers: { topic, description: 'The menu is gone on phones.' } },
  })
  const token = await tokenOf(product, ADMIN)
  const found = `${DEMO}/requests?${new URLSearchParams({ view: 'all', q: reference })}`
  const list = await done<{ data: { id: string; reference: string }[] }>(product, 'GET', found, { token })
  const requestId = list.data.find((one) => one.reference === reference)?.id
  if (requestId === undefined) throw new Error(`${reference} is not in the list of requests`)
  return { customer, requestId, reference }
}

export async function claim(product: Product, trainer: string, requestId: string): Promise<void> {
  await done(product, 'POST', `${DEMO}/requests/${requestId}/claim`, { token: await tokenOf(product, trainer) })
}

/** Sends or resends the scheduling link and answers the link that arrives in the customer's mail. */
export async function sendLink(product: Product, trainer: string, { customer, requestId }: Sent): Promise<string> {
  const subject = 'Choose a time for your session'
  const known = new Set((await product.mails(customer.email)).map((mail) => mail.id))
  const token = await tokenOf(product, trainer)
  await done(product, 'POST', `${DEMO}/requests/${requestId}/scheduling-tokens`, { token })
  return linkIn(await product.mail(customer.email, subject, (mail) => !known.has(mail.id)), '/book/')
}

/** A customer whose link has just arrived. */
export async function withLink(product: Product, customer: Customer): Promise<Sent & { link: string }> {
  const sent = await submitForm(product, customer)
  await claim(product, TINA, sent.requestId)
  return { ...sent, link: await sendLink(product, TINA, sent) }
}

/** The customer takes the first free time of the shortest length, the first other than one, or a certain one. */
export async function takeTime(
  product: Product,
  link: string,
  wish: { not?: string; start?: string } = {},
): Promise<Booked> {
  const token = new URL(link).pathname.slice('/book/'.length)
  const timeZone = 'America/New_York'
  const scheduling = await done<{ durations: { durationMinutes: number }[] }>(product, 'GET', '/v1/scheduling', {
    token,
  })
  const durationMinutes = Math.min(...scheduling.durations.map((one) => one.durationMinutes))
  const query = new URLSearchParams({ durationMinutes: String(durationMinutes), timeZone })
  const { slots } = await done<{ slots: { start: string }[] }>(product, 'GET', `/v1/scheduling/slots?${query}`, {
    token,
  })
  const start = wish.start ?? slots.find((slot) => slot.start !== wish.not)?.start
  if (start === undefined) throw new Error('No time is free')
  const { booking, checkoutUrl } = await done<{
    booking: { id: string; start: string; end: string }
    checkoutUrl: string
  }>(product, 'POST', '/v1/scheduling/bookings', { token, body: { start, durationMinutes, timeZone } })
  return { id: booking.id, start: booking.start, end: booking.end, checkoutUrl }
}

/** The customer pays in the test checkout; answers where they are led back to. */
export async function pay(product: Product, { checkoutUrl }: Pick<Booked, 'checkoutUrl'>): Promise<string> {
  const answer = await fetch(new URL(`${new URL(checkoutUrl, product.origin).pathname}/pay`, product.origin), {
    method: 'POST',
    redirect: 'manual',
  })
  const location = answer.headers.get('location')
  if (answer.status !== 303 || location === null) throw new Error(`The test checkout answered ${answer.status}`)
  return location
}

export async function confirmPayment(product: Product, trainer: string, bookingId: string): Promise<void> {
  const token = await tokenOf(product, trainer)
  await done(product, 'POST', `${DEMO}/bookings/${bookingId}/confirm-payment`, { token })
}

export async function completeBooking(product: Product, trainer: string, bookingId: string): Promise<void> {
  const token = await tokenOf(product, trainer)
  await done(product, 'POST', `${DEMO}/bookings/${bookingId}/complete`, { token })
}

export async function cancelRequest(product: Product, trainer: string, requestId: string): Promise<void> {
  const token = await tokenOf(product, trainer)
  await done(product, 'POST', `${DEMO}/requests/${requestId}/cancel`, { token, body: { reason: 'Solved by itself' } })
}
