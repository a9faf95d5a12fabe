/**
 * What most visits to the booking page never show, as one file of its own: the page opens without it, fetches it when
 * it is idle, and so has it even if the network is gone when something goes wrong.
 */
export { ProblemPanel } from '../../../../components/customer/problem-panel.tsx'
export { BookingView } from '../../bookings/components/booking-view.tsx'
export { BookingRefusal, EndedHold, GoneTime, TimesError } from '../../holds/components/booking-notices.tsx'
export { HoldPanel } from '../../holds/components/hold-panel.tsx'
export { DeadLink } from '../../links/components/dead-link.tsx'
export { NoTimes } from '../../slots/components/no-times.tsx'
