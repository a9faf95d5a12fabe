import type { Deps } from './deps.ts'
import { makeRefund } from './modules/payments/make-refund.ts'
import type { TaskName } from './subscriptions.ts'

/** What each task is told: ids only. What it acts on, it reads when it runs. */
export interface TaskPayloads {
  notify_eligible_trainers: { eventId: string }
  prepare_mails: { eventId: string }
  start_side_effects: { eventId: string }
  update_attention: { eventId: string }
  make_refund: { eventId: string }
  send_mail: { mailId: string }
  run_side_effect: { sideEffectId: string }
}

/** Each task's use case. Running one twice does nothing more than running it once. */
export const TASK_HANDLERS: {
  readonly [Task in TaskName]: (deps: Deps, payload: TaskPayloads[Task]) => Promise<void>
} = {
  notify_eligible_trainers: async () => {},
  prepare_mails: async () => {},
  start_side_effects: async () => {},
  update_attention: async () => {},
  make_refund: makeRefund,
  send_mail: async () => {},
  run_side_effect: async () => {},
}
