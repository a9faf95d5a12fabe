import { appendEvent } from '../../db/append-event.ts'
import { inTransaction, type Tx } from '../../db/client.ts'
import type { Deps } from '../../deps.ts'
import { isMoneyReceived } from '../../domain/booking.ts'
import { actorOf, type Caller } from '../../domain/caller.ts'
import type { OrganizationScope } from '../../domain/organization-scope.ts'
import { linkExpiresAt } from '../../domain/scheduling-token.ts'
import { decideSendSchedulingLink } from '../../domain/training-request.ts'
import { AppError } from '../../errors/app-error.ts'
import { canTakePayments } from '../../platform/payment-gateway/payment-gateways.ts'
import { findSlotGrounds, isPriced, type SlotGrounds } from '../bookings/find-slot-grounds.ts'
import { lockTrainer } from '../bookings/lock-trainer.ts'
import { type BookingRow, bookingStateOf, findBookingOfRequest } from '../bookings/repository.ts'
import { closeCheckouts } from '../payments/close-checkouts.ts'
import { endSchedulingToken } from '../requests/end-scheduling-token.ts'
import {
  findTrainingRequest,
  lockTrainingRequest,
  requestStateOf,
  stepTrainingRequest,
  type TrainingRequestRow,
} from '../requests/repository.ts'
import { endHold } from './end-hold.ts'
import { insertSchedulingToken } from './repository.ts'

type TokenDeps = Pick<Deps, 'db' | 'clock' | 'ids' | 'secrets' | 'paymentGateways' | 'config'>

interface SendLinkInput {
  scope: OrganizationScope
  caller: Caller
  trainingRequestId: string
}

export interface SentSchedulingLink {
  id: string
  url: string
  sentAt: Date
  expiresAt: Date
}

/** What was read changes while the payment provider is asked: looked at again so many times before giving up. */
const TRIES = 3

/**
 * Sends the customer a link to choose a time, or a fresh one that makes every earlier link stop working at that moment.
 *
 * A reservation that is not yet paid ends with it: its checkout is closed at the provider first, then one transaction ends
 * reservation and old link and makes the new one. When the customer has paid, or is paying at this moment:
 * `payment_already_received`, and nothing has changed. The mail follows from `scheduling_link_sent`. The answer alone
 * holds the address; the row holds its digest.
 *
 * Refuses as `decideSendSchedulingLink` does, and `payment_provider_unavailable` while a checkout cannot be closed.
 */
export async function createSchedulingToken(deps: TokenDeps, input: SendLinkInput): Promise<SentSchedulingLink> {
  for (let tried = 0; tried < TRIES; tried += 1) {
    const now = deps.clock.now()
    const found = await readSituation(deps, input, now)
    const { booking } = found
    const isOpenHold = booking?.status === 'pending_payment' && !isMoneyReceived(booking)
    if (isOpenHold) {
      const closed = await closeCheckouts(deps, { scope: input.scope, bookingId: booking.id })
      if (closed === 'paid') throw new AppError('payment_already_received')
    }
    const sent = await inTransaction(deps.db, (tx) => send(tx, deps, input, { ...found, now }))
    if (sent !== null) return sent
  }
  throw new AppError('service_unavailable')
}

interface Situation {
  trainingRequest: TrainingRequestRow & { claimedByUserId: string }
  booking: BookingRow | null
  grounds: SlotGrounds
}

async function readSituation(deps: TokenDeps, input: SendLinkInput, now: Date): Promise<Situation> {
  const { scope, trainingRequestId } = input
  const trainingRequest = await findTrainingRequest(deps.db, scope, trainingRequestId)
  if (trainingRequest === null) throw new AppError('not_found')
  const booking = await findBookingOfRequest(deps.db, scope, trainingRequestId)
  const { claimedByUserId, sessionTypeId } = trainingRequest
  const grounds =
    claimedByUserId === null
      ? null
      : await findSlotGrounds(deps.db, scope, { trainerUserId: claimedByUserId, sessionTypeId, now })
  decide(deps, input, { trainingRequest, booking, grounds })
  if (claimedByUserId === null || grounds === null)
    throw new AppError('invalid_state', { currentStatus: trainingRequest.status })
  return { trainingRequest: { ...trainingRequest, claimedByUserId }, booking, grounds }
}

function decide(
  deps: TokenDeps,
  input: SendLinkInput,
  {
    trainingRequest,
    booking,
    grounds,
  }: { trainingRequest: TrainingRequestRow; booking: BookingRow | null; grounds: SlotGrounds | null },
): void {
  const decision = decideSendSchedulingLink(
    input.caller,
    requestStateOf(trainingRequest),
    booking === null ? null : bookingStateOf(booking),
    {
      isPriced: grounds !== null && isPriced(grounds),
      isProviderConfigured: grounds !== null && canTakePayments(deps.paymentGateways, grounds),
    },
  )
  if (decision.allowed) return
  throw new AppError(
    decision.reason,
    decision.reason === 'invalid_state' ? { currentStatus: trainingRequest.status } : {},
  )
}

/** Null: things are no longer as they were read; read them again. */
async function send(
  tx: Tx,
  deps: TokenDeps,
  input: SendLinkInput,
  seen: Situation & { now: Date },
): Promise<SentSchedulingLink | null> {
  const { scope, trainingRequestId } = input
  const { now, grounds } = seen
  const trainerUserId = seen.trainingRequest.claimedByUserId
  const actor = actorOf(input.caller)
  await lockTrainer(tx, trainerUserId)
  const trainingRequest = await lockTrainingRequest(tx, scope, trainingRequestId)
  if (trainingRequest === null) throw new AppError('not_found')
  if (
    trainingRequest.claimedByUserId !== trainerUserId ||
    trainingRequest.sessionTypeId !== seen.trainingRequest.sessionTypeId
  )
    return null
  const booking = await findBookingOfRequest(tx, scope, trainingRequestId)
  decide(deps, input, { trainingRequest, booking, grounds })
  if (booking?.status === 'pending_payment') {
    if (booking.id !== seen.booking?.id) return null
    if (!(await endHold(tx, scope, booking, { reason: 'link_resent', actor, now, ids: deps.ids }))) return null
  }
  await endSchedulingToken(tx, scope, { trainingRequestId, reason: 'replaced', now })
  const expiresAt = linkExpiresAt(now, grounds.settings.schedulingLinkLifetimeHours)
  const token = await insertSchedulingToken(tx, deps, scope, {
    trainingRequestId,
    trainerUserId,
    sentAt: now,
    expiresAt,
  })
  const stepped = await stepTrainingRequest(tx, scope, {
    trainingRequestId,
    occasion: 'link_sent',
    actor,
    now,
    ids: deps.ids,
  })
  if (stepped === null) throw new AppError('invalid_state', { currentStatus: trainingRequest.status })
  await appendEvent(tx, deps, {
    organizationId: scope.organizationId,
    actor,
    now,
    event: {
      name: 'scheduling_link_sent',
      payload: {
        requestId: trainingRequestId,
        bookingId: null,
        status: stepped.status,
        trainerId: trainerUserId,
        schedulingTokenId: token.id,
        // A claim, an assignment and a release all lead here without a link.
        resent: trainingRequest.status !== 'claimed',
      },
    },
  })
  return { id: token.id, url: `${deps.config.appUrl}/book/${token.secret}`, sentAt: now, expiresAt }
}
