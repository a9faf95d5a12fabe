import type { Schemas } from '../../../lib/api.ts'

/** What a scheduling link opens. */
export type Scheduling = Schemas['Scheduling']
/** The times that can be booked now, and why there are none. */
export type Slots = Schemas['Slots']
/** A booking as its customer sees it. */
export type CustomerBooking = Schemas['CustomerBooking']
