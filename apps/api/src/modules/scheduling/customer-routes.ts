import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox'
import type { Deps } from '../../deps.ts'
import { bookingLinkOf, presentedLinkOf, schedulingLinkOf } from '../../plugins/auth.ts'
import { command, vendorCommand } from '../../plugins/idempotency.ts'
import { readCreatedBooking, readCustomerBooking, readScheduling } from '../../views/scheduling.ts'
import { listSlots } from '../../views/slots.ts'
import { closed, ref } from '../../wire/schema.ts'
import { createBooking } from './create-booking.ts'
import { refreshReturnedPayment } from './refresh-returned-payment.ts'
import { requestBookingMail } from './request-booking-mail.ts'
import { requestNewLink } from './request-new-link.ts'
import { requestTimes } from './request-times.ts'
import {
  Accepted,
  CreateBookingBody,
  CreatedBooking,
  CustomerBooking,
  ListSlotsQuery,
  RequestTimesBody,
  Scheduling,
  Slots,
} from './schemas.ts'

/** What the holder of a scheduling link can do. The secret travels as a bearer credential, never in an address. */
export const customerRoutes: FastifyPluginAsyncTypebox<{ deps: Deps }> = async (app, { deps }) => {
  app.get(
    '/v1/scheduling',
    {
      config: { audience: ['schedulingToken'] },
      schema: {
        operationId: 'getScheduling',
        tags: ['Booking page'],
        summary: 'Open a scheduling link',
        description: 'Changes nothing, however often it is called.',
        response: { 200: ref(Scheduling) },
      },
    },
    async (request) => readScheduling(deps, schedulingLinkOf(request)),
  )

  app.get(
    '/v1/scheduling/slots',
    {
      config: { audience: ['schedulingToken'] },
      schema: {
        operationId: 'listSlots',
        tags: ['Booking page'],
        summary: 'List open times',
        description:
          'The same rule that accepts a booking offers these. Nothing is offered on ignorance: see `notice`.',
        querystring: ListSlotsQuery,
        response: { 200: ref(Slots) },
      },
    },
    async (request) => listSlots(deps, schedulingLinkOf(request), request.query),
  )

  app.post(
    '/v1/scheduling/bookings',
    {
      config: {
        audience: ['schedulingToken'],
        problems: [
          'slot_unavailable',
          'invalid_state',
          'price_changed',
          'payment_already_received',
          'payments_not_configured',
          'payment_provider_unavailable',
          'calendar_unavailable',
        ],
      },
      schema: {
        operationId: 'createBooking',
        tags: ['Booking page'],
        summary: 'Choose a time',
        description:
          'Holds the time and opens a checkout; with nothing to pay it is booked at once. The same choice again answers 200 with the same booking. Another choice ends the hold before; of many at once one stands, and 409 `invalid_state` answers those that others kept overtaking.',
        body: CreateBookingBody,
        response: { 200: ref(CreatedBooking), 201: ref(CreatedBooking) },
      },
    },
    async (request, reply) =>
      vendorCommand(deps, request, reply, async (deps) => {
        const link = schedulingLinkOf(request)
        const { start, expectedPrice, ...choice } = request.body
        const chosen = await createBooking(deps, {
          ...link,
          ...choice,
          start: new Date(start),
          expectedPrice: expectedPrice ?? null,
        })
        return {
          status: chosen.isNew ? 201 : 200,
          body: await readCreatedBooking(deps, link, chosen.bookingId),
        }
      }),
  )

  app.get(
    '/v1/scheduling/booking',
    {
      config: { audience: ['schedulingToken', 'returnToken'], problems: ['not_found'] },
      schema: {
        operationId: 'getSchedulingBooking',
        tags: ['Booking page'],
        summary: 'Read my booking',
        description:
          'With the scheduling link or the link that the checkout returns to. Answers until the session’s end, also after the link is used. 404 while nothing is booked.',
        response: { 200: ref(CustomerBooking) },
      },
    },
    async (request) => readCustomerBooking(deps, presentedLinkOf(request)),
  )

  app.post(
    '/v1/scheduling/booking/check-payment',
    {
      config: { audience: ['returnToken'] },
      schema: {
        operationId: 'checkPayment',
        tags: ['Booking page'],
        summary: 'Look for my payment',
        description:
          'For the page that the checkout returns to: while it is not known whether the customer has paid, the payment provider is asked, and the booking answered as it then stands. Coming back proves nothing. However often it is called, the provider is asked every three seconds at most, and waited for four seconds at most; after that the booking is answered as it was known.',
        body: closed({}),
        response: { 200: ref(CustomerBooking) },
      },
    },
    async (request, reply) =>
      vendorCommand(deps, request, reply, async (deps) => {
        const link = bookingLinkOf(request)
        await refreshReturnedPayment(deps, link)
        return { status: 200, body: await readCustomerBooking(deps, link) }
      }),
  )

  app.post(
    '/v1/scheduling/new-link-requests',
    {
      config: { audience: ['schedulingToken'], problems: ['invalid_state'] },
      schema: {
        operationId: 'requestNewLink',
        tags: ['Booking page'],
        summary: 'Ask for a new link',
        description:
          'With an expired or replaced link: tells the trainer, at most once an hour. Asking more often answers the same. While no trainer has the request nobody is told, and `message` says so.',
        body: closed({}),
        response: { 202: ref(Accepted) },
      },
    },
    async (request, reply) =>
      command(deps, request, reply, async (deps) => {
        const wish = await requestNewLink(deps, schedulingLinkOf(request))
        const message = wish.isTrainerTold
          ? 'We have told your trainer. You will get a new link by email.'
          : `No trainer has your request right now. Whoever takes it will email you a new link. Questions: ${wish.supportEmail}`
        return { status: 202, body: { message } }
      }),
  )

  app.post(
    '/v1/scheduling/booking-mail-requests',
    {
      config: { audience: ['schedulingToken'], problems: ['invalid_state', 'not_found'] },
      schema: {
        operationId: 'requestBookingMail',
        tags: ['Booking page'],
        summary: 'Have my booking mailed',
        description:
          'With a used link: mails what was booked to the address that came with the request, at most once an hour. Asking more often answers the same.',
        body: closed({}),
        response: { 202: ref(Accepted) },
      },
    },
    async (request, reply) =>
      command(deps, request, reply, async (deps) => {
        await requestBookingMail(deps, schedulingLinkOf(request))
        const message = 'Your booking is on its way to the address that you gave with your request.'
        return { status: 202, body: { message } }
      }),
  )

  app.post(
    '/v1/scheduling/time-requests',
    {
      config: { audience: ['schedulingToken'] },
      schema: {
        operationId: 'requestTimes',
        tags: ['Booking page'],
        summary: 'Ask the trainer for times',
        description: 'When nothing suits: tells the trainer, at most once a day. Asking more often answers the same.',
        body: RequestTimesBody,
        response: { 202: ref(Accepted) },
      },
    },
    async (request, reply) =>
      command(deps, request, reply, async (deps) => {
        await requestTimes(deps, { ...schedulingLinkOf(request), message: request.body.message ?? null })
        return { status: 202, body: { message: 'We have told your trainer, who will get in touch with you.' } }
      }),
  )
}
