import { appendEvent } from '../../db/append-event.ts'
import { inTransaction, type Tx } from '../../db/client.ts'
import { scopeOfRow } from '../../db/scope-of-row.ts'
import type { Deps } from '../../deps.ts'
import { actorOf, isEligible, isOrgAdmin, SYSTEM } from '../../domain/caller.ts'
import type { OrganizationScope } from '../../domain/organization-scope.ts'
import { isUnclaimed } from '../../domain/training-request.ts'
import { findEvent } from '../delivery/repository.ts'
import { type ActiveMember, getSettings, listActiveMembers } from '../organizations/repository.ts'
import { lockTrainingRequest, stepTrainingRequest, type TrainingRequestRow } from '../requests/repository.ts'
import { type NewMail, queueMails } from './queue-mails.ts'
import { refreshAttention } from './refresh-attention.ts'
import { findFormOfRequest, listDueTimesOfForm, lockFormMails } from './repository.ts'

const HOUR_MS = 3_600_000

/**
 * Tells every eligible trainer who wants to know that a request can be claimed: the guide's "New request available".
 *
 * One transaction writes all mails and their jobs and moves the request to Eligible Trainers Notified; where nobody is
 * eligible it stays New and is flagged. A request that was claimed or closed meanwhile is left alone: the step is guarded,
 * and a claim that commits first holds the row. Whoever just gave the request back is not told. Beyond the organization's
 * cap of mails per form and hour the rest wait; none is dropped.
 */
export async function notifyEligibleTrainers(
  deps: Pick<Deps, 'db' | 'clock' | 'ids'>,
  payload: { eventId: string },
): Promise<void> {
  const event = await findEvent(deps.db, payload.eventId)
  if (event === null || event.organizationId === null || event.trainingRequestId === null) return
  const scope = scopeOfRow({ organizationId: event.organizationId })
  const { trainingRequestId } = event
  const formerTrainerId = 'previousTrainerId' in event.payload ? event.payload.previousTrainerId : null
  const now = deps.clock.now()
  await inTransaction(deps.db, async (tx) => {
    const trainingRequest = await lockTrainingRequest(tx, scope, trainingRequestId)
    if (trainingRequest === null || !isUnclaimed(trainingRequest.status)) return
    const members = await listActiveMembers(tx, scope)
    const eligible = members.filter(({ caller }) => isEligible(caller, trainingRequest.requiredSkills))
    const readers = eligible.filter(
      ({ caller, notificationPreferences }) => notificationPreferences.newRequest && caller.userId !== formerTrainerId,
    )
    await queueCapped(tx, deps, scope, { eventId: event.id, trainingRequest, readers, members, now })
    const stepped = eligible.length === 0 ? null : await step(tx, deps, scope, trainingRequest, now)
    await refreshAttention(tx, deps, scope, { trainingRequest: stepped ?? trainingRequest, now })
  })
}

async function step(
  tx: Tx,
  deps: Pick<Deps, 'ids'>,
  scope: OrganizationScope,
  trainingRequest: TrainingRequestRow,
  now: Date,
): Promise<TrainingRequestRow | null> {
  const actor = actorOf(SYSTEM)
  const stepped = await stepTrainingRequest(tx, scope, {
    trainingRequestId: trainingRequest.id,
    occasion: 'trainers_notified',
    actor,
    now,
    ids: deps.ids,
  })
  if (stepped === null) return null
  // Open dashboards show the status.
  await appendEvent(tx, deps, {
    organizationId: scope.organizationId,
    actor,
    now,
    event: {
      name: 'request_updated',
      payload: { requestId: stepped.id, bookingId: null, status: stepped.status, trainerId: null },
    },
  })
  return stepped
}

async function queueCapped(
  tx: Tx,
  deps: Pick<Deps, 'ids'>,
  scope: OrganizationScope,
  input: {
    eventId: string
    trainingRequest: TrainingRequestRow
    readers: readonly ActiveMember[]
    members: readonly ActiveMember[]
    now: Date
  },
): Promise<void> {
  const { eventId, trainingRequest, readers, now } = input
  const formId = await findFormOfRequest(tx, scope, trainingRequest.id)
  if (formId === null || readers.length === 0) return
  const cap = (await getSettings(tx, scope)).notificationMailsPerFormPerHour
  await lockFormMails(tx, formId)
  const anHourAgo = new Date(now.getTime() - HOUR_MS)
  const dueBefore = await listDueTimesOfForm(tx, scope, {
    formId,
    template: 'new_request',
    since: anHourAgo,
    limit: cap,
  })
  const dueTimes = dueTimesUnderCap(dueBefore.toReversed(), readers.length, cap, now)
  const mails: NewMail[] = readers.map(({ caller }, index) => ({
    template: 'new_request',
    recipient: 'user',
    recipientUserId: caller.userId,
    trainingRequestId: trainingRequest.id,
    sendAfter: dueTimes[index] ?? null,
  }))
  const queued = await queueMails(tx, deps, scope, { eventId, mails, now })
  if (queued.some((mail) => mail.sendAfter !== null)) await tellAdmins(tx, deps, scope, { ...input, formId, anHourAgo })
}

/**
 * When each of `count` further mails may go so that never more than `cap` of a form fall into one hour: null is at once.
 * `dueBefore`: the last up to `cap` that went in the hour before or are waiting, oldest first.
 */
export function dueTimesUnderCap(dueBefore: readonly Date[], count: number, cap: number, now: Date): (Date | null)[] {
  const due = dueBefore.map((at) => at.getTime())
  const times: (Date | null)[] = []
  for (let index = 0; index < count; index += 1) {
    const hourAfter = (due.at(-cap) ?? Number.NEGATIVE_INFINITY) + HOUR_MS
    const at = due.length < cap ? now.getTime() : Math.max(now.getTime(), hourAfter)
    due.push(at)
    times.push(at > now.getTime() ? new Date(at) : null)
  }
  return times
}

/** Admins hear of a flood once an hour. */
async function tellAdmins(
  tx: Tx,
  deps: Pick<Deps, 'ids'>,
  scope: OrganizationScope,
  input: {
    eventId: string
    trainingRequest: TrainingRequestRow
    members: readonly ActiveMember[]
    formId: string
    anHourAgo: Date
    now: Date
  },
): Promise<void> {
  const told = await listDueTimesOfForm(tx, scope, {
    formId: input.formId,
    template: 'notifications_delayed',
    since: input.anHourAgo,
    limit: 1,
  })
  if (told.length > 0) return
  const admins = input.members.filter(
    ({ caller, notificationPreferences }) => isOrgAdmin(caller) && notificationPreferences.attention,
  )
  await queueMails(tx, deps, scope, {
    eventId: input.eventId,
    now: input.now,
    mails: admins.map(({ caller }) => ({
      template: 'notifications_delayed',
      recipient: 'user',
      recipientUserId: caller.userId,
      trainingRequestId: input.trainingRequest.id,
    })),
  })
}
