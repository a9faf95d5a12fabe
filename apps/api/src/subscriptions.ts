import type { EventName } from './domain/events.ts'

/**
 * Every kind of job there is. Those that follow from an event get `{eventId}`; the last ones are queued by such a job in
 * a transaction of its own and get the id of the row they are about.
 */
export const TASKS = [
  'notify_eligible_trainers',
  'prepare_mails',
  'start_side_effects',
  'update_attention',
  'send_mail',
  'run_side_effect',
  'make_refund',
  'correct_payout',
] as const
export type TaskName = (typeof TASKS)[number]

/** The tasks that an event itself leads to. */
export type EventTask = Exclude<TaskName, 'send_mail' | 'run_side_effect'>

/**
 * What follows from what: the only way from an earlier module to a later one. Exhaustive by type, so that a new event
 * asks for its line here.
 */
export const SUBSCRIPTIONS: { readonly [Name in EventName]: readonly EventTask[] } = {
  user_signed_up: [],
  member_changed: [],
  settings_changed: [],
  integration_changed: [],
  request_submitted: ['notify_eligible_trainers', 'prepare_mails'],
  request_renotified: ['notify_eligible_trainers'],
  request_claimed: ['update_attention'],
  request_released: ['notify_eligible_trainers', 'prepare_mails', 'update_attention'],
  request_assigned: ['prepare_mails', 'update_attention'],
  request_updated: [],
  request_canceled: ['prepare_mails', 'update_attention'],
  scheduling_link_sent: ['prepare_mails', 'update_attention'],
  new_link_requested: ['prepare_mails'],
  times_requested: ['prepare_mails'],
  booking_mail_requested: ['prepare_mails'],
  customer_reminded: ['prepare_mails'],
  attention_raised: ['prepare_mails'],
  attention_cleared: [],
  booking_held: ['update_attention'],
  booking_hold_replaced: [],
  booking_hold_expired: ['prepare_mails'],
  payment_processing: [],
  payment_failed: [],
  payment_received: ['prepare_mails'],
  late_payment_honoured: ['prepare_mails', 'update_attention'],
  payment_not_honoured: ['prepare_mails', 'make_refund', 'update_attention'],
  payment_confirmation_overdue: ['prepare_mails'],
  booking_confirmed: ['prepare_mails', 'start_side_effects', 'update_attention'],
  booking_rescheduled: ['prepare_mails', 'start_side_effects'],
  booking_canceled: ['prepare_mails', 'start_side_effects', 'update_attention'],
  booking_completed: ['prepare_mails', 'update_attention'],
  booking_marked_no_show: ['update_attention'],
  payment_refund_requested: ['make_refund', 'correct_payout', 'update_attention'],
  refund_changed: ['prepare_mails', 'correct_payout', 'update_attention'],
  payment_disputed: ['prepare_mails', 'update_attention'],
  dispute_closed: ['update_attention'],
  payout_recorded: [],
  side_effect_changed: ['prepare_mails', 'update_attention'],
  feedback_submitted: [],
}
