import { eq } from 'drizzle-orm'
import { calendarConnections } from '../src/db/schema/calendars.ts'
import { trainingRequests } from '../src/db/schema/training-requests.ts'
import type { OutgoingMail } from '../src/platform/mailer.ts'
import type { TestMember } from './factories.ts'
import { choose, createLinked, type SchedulingScene } from './scheduling-scene.ts'
import type { TestWorld } from './test-world.ts'

export const CUSTOMER = { name: 'Casey Jones', email: 'casey.jones@example.test', phone: '+1 312 555 0199' }

/** Sends the scene's public form in and answers the request that came of it. */
export async function submitRequest(
  world: TestWorld,
  scene: SchedulingScene,
  options: { topic?: string; name?: string; email?: string; issue?: string } = {},
): Promise<{ id: string; reference: string }> {
  const answer = await world.call({
    method: 'POST',
    url: `/v1/public/organizations/${scene.organization.slug}/forms/${scene.form.slug}/submissions`,
    body: {
      customer: {
        ...CUSTOMER,
        name: options.name ?? CUSTOMER.name,
        email: options.email ?? CUSTOMER.email,
        timeZone: 'America/New_York',
      },
      answers: { topic: options.topic ?? 'other', ...(options.issue === undefined ? {} : { issue: options.issue }) },
    },
  })
  if (answer.statusCode !== 202) throw new Error(`The form was not taken: ${answer.body}`)
  const { reference } = answer.json<{ reference: string }>()
  const [row] = await world.database.db
    .select({ id: trainingRequests.id })
    .from(trainingRequests)
    .where(eq(trainingRequests.reference, reference))
  if (row === undefined) throw new Error('The request is not there.')
  return { id: row.id, reference }
}

/** Gives a command as a member; throws what was refused. */
export async function command(world: TestWorld, as: TestMember, path: string, body: object = {}): Promise<unknown> {
  const answer = await world.call({ method: 'POST', url: path, as: as.accessToken, body })
  if (answer.statusCode >= 300) throw new Error(`${path} answered ${answer.statusCode}: ${answer.body}`)
  return answer.json()
}

/** A linked request whose customer has chosen this time and paid for it at the test checkout. */
export async function createPaid(
  world: TestWorld,
  scene: SchedulingScene,
  start: string,
): Promise<{ id: string; reference: string; link: string; bookingId: string }> {
  const linked = await createLinked(world, scene)
  const answer = await choose(world, linked.link, start)
  if (answer.statusCode !== 201) throw new Error(`The time was not taken: ${answer.body}`)
  const { booking, checkoutUrl } = answer.json<{ booking: { id: string }; checkoutUrl: string }>()
  await world.testCheckout.pay(checkoutUrl.slice(checkoutUrl.lastIndexOf('/') + 1), 'now')
  return { ...linked, bookingId: booking.id }
}

/** A paid booking that its trainer has confirmed; the jobs that follow have not run. */
export async function createConfirmed(
  world: TestWorld,
  scene: SchedulingScene,
  start: string,
): Promise<{ id: string; reference: string; link: string; bookingId: string }> {
  const paid = await createPaid(world, scene, start)
  await command(
    world,
    scene.trainer,
    `/v1/organizations/${scene.organization.slug}/bookings/${paid.bookingId}/confirm-payment`,
  )
  return paid
}

/** Connects a person's built-in test calendar. */
export async function connectCalendar(world: TestWorld, userId: string): Promise<void> {
  await world.database.db
    .insert(calendarConnections)
    .values({ id: world.deps.ids.next(), userId, provider: 'test', label: 'Test', createdAt: world.clock.now() })
}

/** The mails of this subject to one address, oldest first. */
export function mailsOf(world: TestWorld, address: string, subject: string): OutgoingMail[] {
  return world.mailer.to(address).filter((mail) => mail.subject === subject)
}

/** The one mail of this subject to one address. */
export function mailOf(world: TestWorld, address: string, subject: string): OutgoingMail {
  const found = mailsOf(world, address, subject)
  const [mail] = found
  if (mail === undefined || found.length > 1) {
    const subjects = world.mailer.to(address).map((one) => one.subject)
    throw new Error(`${found.length} mails "${subject}" to ${address}; there are: ${subjects.join(', ')}`)
  }
  return mail
}
