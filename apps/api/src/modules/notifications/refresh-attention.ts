import type { Tx } from '../../db/client.ts'
import type { Deps } from '../../deps.ts'
import { isFlagDue, STANDING_REASONS, standingCauses } from '../../domain/attention.ts'
import { isEligible } from '../../domain/caller.ts'
import type { OrganizationScope } from '../../domain/organization-scope.ts'
import { resolveSettings } from '../../domain/organization-settings.ts'
import { isPaymentNotHonoured, type RefundReason } from '../../domain/payment.ts'
import { type RefundFacts, refundNeedsPersonAt } from '../../domain/refund.ts'
import { findBookingOfRequest } from '../bookings/repository.ts'
import { listActiveMembers } from '../organizations/repository.ts'
import { listReturnsByBank } from '../payments/dispute-repository.ts'
import { type RefundRow, refundFactsOf } from '../payments/refund-repository.ts'
import { clearAttention } from '../requests/clear-attention.ts'
import { raiseAttention } from '../requests/raise-attention.ts'
import { listAttentionCauses, type TrainingRequestRow } from '../requests/repository.ts'
import {
  listOpenDisputesOfRequest,
  listOutcomesOfRequest,
  listRefundsOfRequest,
  readAttentionFacts,
} from './request-facts-repository.ts'

/**
 * Brings the flag of a request to what is true of it now: raises the causes that have come and clears those that are gone,
 * each with its event. Done twice, it changes nothing the second time. Answers whether a cause was raised. Call it with the
 * request locked.
 *
 * `sideEffectFailedAt`: something has just failed for good, so that it shows even where an earlier failure was resolved.
 */
export async function refreshAttention(
  tx: Tx,
  deps: Pick<Deps, 'ids'>,
  scope: OrganizationScope,
  input: { trainingRequest: TrainingRequestRow; now: Date; sideEffectFailedAt?: Date | null },
): Promise<boolean> {
  const { trainingRequest, now } = input
  const booking = await findBookingOfRequest(tx, scope, trainingRequest.id)
  const facts = await readAttentionFacts(tx, scope, trainingRequest.id)
  const refunds = await listRefundsOfRequest(tx, scope, trainingRequest.id)
  const returns = await listReturnsByBank(tx, scope, { trainingRequestId: trainingRequest.id })
  const disputes = await listOpenDisputesOfRequest(tx, scope, trainingRequest.id)
  const failedAt = await latestFailureAt(tx, scope, trainingRequest.id)
  const members = await listActiveMembers(tx, scope)
  const settings = resolveSettings(facts.settings)
  const causes = standingCauses(
    {
      status: trainingRequest.status,
      openSince: facts.openSince ?? trainingRequest.createdAt,
      eligibleTrainers: members.filter(({ caller }) => isEligible(caller, trainingRequest.requiredSkills)).length,
      claimedAt: trainingRequest.claimedAt,
      calendarUnreadableSince: facts.calendarUnreadableSince,
      link: facts.linkExpiresAt === null ? null : { expiresAt: facts.linkExpiresAt },
      booking,
      sideEffectFailedAt: failedAt === null ? null : (input.sideEffectFailedAt ?? failedAt),
      refundFailedAt: latest(refundsThatNeedAPerson(refunds, returns, now)),
      paymentDisputedAt: latest(disputes.map(({ createdAt }) => createdAt)),
      paymentNotHonouredAt: latest(
        refunds
          .filter(({ refund }) => isPaymentNotHonoured(refund.reason as RefundReason))
          .map(({ refund }) => refund.createdAt),
      ),
      settings,
    },
    now,
  )
  const about = { trainingRequest, bookingId: booking?.id ?? null, now }
  let isNews = false
  for (const reason of STANDING_REASONS) {
    const since = causes.get(reason)
    if (since === undefined) await clearAttention(tx, deps, scope, { ...about, reason })
    else if (await raiseAttention(tx, deps, scope, { ...about, reason, since })) isNews = true
  }
  if (booking?.status !== 'confirmed') await clearCalendarConflict(tx, deps, scope, about)
  return isNews
}

/** Since when each refund that failed, or that the provider has not taken on for too long, has waited for a person. */
function refundsThatNeedAPerson(
  refunds: readonly { refund: RefundRow; payment: { amountMinor: number } }[],
  returns: readonly RefundFacts[],
  now: Date,
): Date[] {
  return refunds
    .map(({ refund, payment }) => {
      const all = [...refunds.map((one) => refundFactsOf(one.refund)), ...returns]
      const ofPayment = all.filter(({ paymentId }) => paymentId === refund.paymentId)
      return refundNeedsPersonAt(refundFactsOf(refund), ofPayment, payment)
    })
    .filter((at) => at !== null)
    .filter((at) => isFlagDue(at, now))
}

/** What stands beside a session in a calendar matters only while that session is to take place. */
async function clearCalendarConflict(
  tx: Tx,
  deps: Pick<Deps, 'ids'>,
  scope: OrganizationScope,
  about: { trainingRequest: TrainingRequestRow; bookingId: string | null; now: Date },
): Promise<void> {
  const present = await listAttentionCauses(tx, scope, about.trainingRequest.id)
  if (present.some(({ reason }) => reason === 'calendar_conflict'))
    await clearAttention(tx, deps, scope, { ...about, reason: 'calendar_conflict' })
}

/** Of each mail, calendar event and remote session only the latest outcome counts: what failed and was then done is made up for. */
async function latestFailureAt(tx: Tx, scope: OrganizationScope, trainingRequestId: string): Promise<Date | null> {
  const outcomes = await listOutcomesOfRequest(tx, scope, trainingRequestId)
  const last = new Map(outcomes.map((outcome) => [outcome.purpose, outcome]))
  return latest([...last.values()].filter(({ state }) => state === 'failed' || state === 'unknown').map(({ at }) => at))
}

function latest(instants: readonly Date[]): Date | null {
  return instants.length === 0 ? null : new Date(Math.max(...instants.map((at) => at.getTime())))
}
