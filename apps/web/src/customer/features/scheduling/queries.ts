import { answer, linkApi } from '../../../lib/api.ts'
import { sendOrTakeEarly } from '../../early-answer.ts'
import type { Resource } from '../../resource-cache.ts'
import type { CustomerBooking, Scheduling, Slots } from './scheduling.ts'

/** How often an open page asks whether the session or its hold has changed. */
const SCHEDULING_POLL_MS = 15_000
/** What was asked for while the page's code was loading need not be asked for again when it is there. */
const SCHEDULING_FRESH_MS = 2000
/** How often an open page asks for fresh times; a taken one is refused in any case. */
const SLOTS_POLL_MS = 60_000

/** The session that a scheduling link is for. An open page notices when the trainer changes it. */
export function schedulingQuery(schedulingToken: string): Resource<Scheduling> {
  return {
    key: ['scheduling', schedulingToken],
    read: (signal) => answer(linkApi(schedulingToken).GET('/v1/scheduling', { signal, fetch: sendOrTakeEarly })),
    pollMs: () => SCHEDULING_POLL_MS,
    freshMs: SCHEDULING_FRESH_MS,
  }
}

export type SlotsWish = {
  schedulingToken: string
  sessionTypeName: string
  durationMinutes: number
  timeZone: string
  /** The days to look at, `YYYY-MM-DD` in `timeZone`; null for the fortnight that the API starts with. */
  days: { from: string; to: string } | null
}

/** The free times of one length. The session type is part of the key, so that a change of it asks afresh. */
export function slotsQuery(wish: SlotsWish): Resource<Slots> {
  const { schedulingToken, sessionTypeName, durationMinutes, timeZone, days } = wish
  return {
    key: ['slots', schedulingToken, sessionTypeName, durationMinutes, timeZone, days],
    read: (signal) =>
      answer(
        linkApi(schedulingToken).GET('/v1/scheduling/slots', {
          params: { query: { durationMinutes, timeZone, ...days } },
          signal,
        }),
      ),
    pollMs: () => SLOTS_POLL_MS,
  }
}

/** The booking behind a scheduling link, until the session's end. */
export function schedulingBookingQuery(linkToken: string): Resource<CustomerBooking> {
  return {
    key: ['scheduling-booking', linkToken],
    read: (signal) => answer(linkApi(linkToken).GET('/v1/scheduling/booking', { signal })),
  }
}

/** A booking, and how far the product's clock was ahead of this device's when it came; null where no answer says so. */
export type ReturnedBooking = { booking: CustomerBooking; clockAheadMs: number | null }

/**
 * The booking that a checkout leads back to. While it is not known whether the customer has paid, each look has the
 * provider asked: a notice that is late or lost keeps nobody waiting.
 */
export function returnedBookingQuery(returnToken: string): Resource<ReturnedBooking> {
  return {
    key: ['returned-booking', returnToken],
    read: async (signal) => {
      const call = linkApi(returnToken).POST('/v1/scheduling/booking/check-payment', { signal })
      const booking = await answer(call)
      const date = (await call).response.headers.get('Date')
      return { booking, clockAheadMs: date === null ? null : Date.parse(date) - Date.now() }
    },
    freshMs: 0,
  }
}
