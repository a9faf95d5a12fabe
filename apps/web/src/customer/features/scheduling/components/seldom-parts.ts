/**
 * What most visits to the booking page never show, as one file of its own: the page opens without it, fetches it when
 * it is idle, and so has it even if the network is gone when something goes wrong.
 */
export { ProblemPanel } from '../../../../components/customer/problem-panel.tsx'
export { BookingView } from '../../bookings/components/booking-view.tsx'
export { BookingRefusal, EndedHold, GoneTime, TimesError } from './booking-notices.tsx'
export { DeadLink } from './dead-link.tsx'
export { HoldPanel } from './hold-panel.tsx'
export { NoTimes } from './no-times.tsx'
