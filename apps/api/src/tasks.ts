import type { Deps } from './deps.ts'
import { runSideEffect } from './modules/delivery/run-side-effect.ts'
import { startSideEffects } from './modules/delivery/start-side-effects.ts'
import { notifyEligibleTrainers } from './modules/notifications/notify-eligible-trainers.ts'
import { prepareMails } from './modules/notifications/prepare-mails.ts'
import { sendMail } from './modules/notifications/send-mail.ts'
import { updateAttention } from './modules/notifications/update-attention.ts'
import { makeRefund } from './modules/payments/make-refund.ts'
import { correctPayout } from './modules/payouts/correct-payout.ts'
import type { TaskName } from './subscriptions.ts'

/** What each task is told: ids only. What it acts on, it reads when it runs. */
export interface TaskPayloads {
  notify_eligible_trainers: { eventId: string }
  prepare_mails: { eventId: string }
  start_side_effects: { eventId: string }
  update_attention: { eventId: string }
  make_refund: { eventId: string }
  correct_payout: { eventId: string }
  send_mail: { mailId: string }
  run_side_effect: { sideEffectId: string }
}

/** Each task's use case. Running one twice does nothing more than running it once. */
export const TASK_HANDLERS: {
  readonly [Task in TaskName]: (deps: Deps, payload: TaskPayloads[Task]) => Promise<void>
} = {
  notify_eligible_trainers: notifyEligibleTrainers,
  prepare_mails: prepareMails,
  start_side_effects: startSideEffects,
  update_attention: updateAttention,
  make_refund: makeRefund,
  correct_payout: correctPayout,
  send_mail: sendMail,
  run_side_effect: runSideEffect,
}
