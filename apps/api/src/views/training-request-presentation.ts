import { shownAttention } from '../domain/attention.ts'
import type { BookingState } from '../domain/booking.ts'
import type { Caller, RequestView } from '../domain/caller.ts'
import { type FormSection, presentAnswers } from '../domain/intake-form.ts'
import { resolveSettings } from '../domain/organization-settings.ts'
import { sellableLengths } from '../domain/pricing.ts'
import { requestActions } from '../domain/request-actions.ts'
import { linkState } from '../domain/scheduling-token.ts'
import { HISTORY_OCCASION_LABELS, REQUEST_STATUS_LABELS, type RequestStatus } from '../domain/training-request.ts'
import type { TrainingRequest } from '../modules/requests/schemas.ts'
import type { Action } from '../wire/problem.ts'
import type { BookingJson, HistoryJson, LinkJson, RequestRecord } from './training-request-record.ts'

function bookingStateOf(booking: BookingJson): BookingState {
  return {
    status: booking.status,
    paymentStatus: booking.paymentStatus,
    trainerId: booking.trainerId,
    startAt: new Date(booking.startAt),
    endAt: new Date(booking.endAt),
    holdExpiresAt: booking.holdExpiresAt === null ? null : new Date(booking.holdExpiresAt),
    completedAt: booking.completedAt === null ? null : new Date(booking.completedAt),
  }
}

function linkOf(link: LinkJson, status: RequestStatus, now: Date): NonNullable<TrainingRequest['schedulingLink']> {
  const row = {
    expiresAt: new Date(link.expiresAt),
    endedAt: link.endedAt === null ? null : new Date(link.endedAt),
    endReason: link.endReason,
  }
  return {
    id: link.id,
    sentAt: new Date(link.sentAt).toISOString(),
    expiresAt: row.expiresAt.toISOString(),
    state: linkState(row, status, now),
  }
}

/** Answers to questions for an address or a number are contact details, too. */
function withoutContact(sections: readonly FormSection[]): FormSection[] {
  return sections.map((section) => ({
    ...section,
    fields: section.fields.filter((field) => field.type !== 'email' && field.type !== 'phone'),
  }))
}

function historyOf(history: readonly HistoryJson[]): TrainingRequest['history'] {
  return history.map((entry) => ({
    at: new Date(entry.at).toISOString(),
    actor: { kind: entry.actorKind, id: entry.actorId, name: entry.actorName },
    from: entry.from,
    to: entry.to,
    occasionLabel: HISTORY_OCCASION_LABELS[entry.occasion],
    reason: entry.reason ?? HISTORY_OCCASION_LABELS[entry.occasion],
    trainer:
      entry.trainerId === null || entry.trainerName === null ? null : { id: entry.trainerId, name: entry.trainerName },
  }))
}

/**
 * A request's record as this viewer reads it at `now`, with what they may do with it then.
 *
 * Contact details, and the answers that are some, are left out unless the viewer's view is `full`.
 */
export function presentTrainingRequest(
  record: RequestRecord,
  viewer: { caller: Caller; view: RequestView; isProviderConfigured: boolean; now: Date },
): TrainingRequest {
  const { row } = record
  const { now } = viewer
  const state = { status: row.status, claimedBy: row.claimedByUserId, requiredSkills: row.requiredSkills }
  const settings = resolveSettings(record.settings)
  const booking = record.booking === null ? null : bookingStateOf(record.booking)
  const organizationMinutes = settings.sessionDurationsMinutes
  const durations = sellableLengths({
    listedMinutes: record.sessionType.durationsMinutes,
    organizationMinutes,
    pricedMinutes: record.prices.map((price) => price.durationMinutes),
  })
  const payments = {
    isPriced: record.prices.some((price) => price.amount > 0 && durations.includes(price.durationMinutes)),
    isProviderConfigured: viewer.isProviderConfigured,
  }
  const actions = requestActions(viewer.caller, state, booking, payments, now)
  const attention = shownAttention(
    record.causes.map((cause) => ({
      reason: cause.reason,
      since: new Date(cause.since),
      hiddenAt: cause.hiddenAt === null ? null : new Date(cause.hiddenAt),
    })),
  )
  const isContactHidden = viewer.view !== 'full'
  return {
    id: row.id,
    reference: row.reference,
    status: row.status,
    statusLabel: REQUEST_STATUS_LABELS[row.status],
    attention: attention && { reason: attention.reason, since: attention.since.toISOString() },
    createdAt: row.createdAt.toISOString(),
    customer: isContactHidden
      ? null
      : {
          name: row.customerName,
          email: row.customerEmail,
          phone: row.customerPhone,
          timeZone: row.customerTimeZone,
        },
    answers: presentAnswers(
      isContactHidden ? withoutContact(record.sections) : record.sections,
      row.answers,
    ) as TrainingRequest['answers'],
    sessionType: {
      id: row.sessionTypeId,
      name: record.sessionType.name,
      durations: durations.map((durationMinutes) => ({ durationMinutes })),
    },
    sessionTypeOptions: actions.changeSessionType.allowed
      ? record.options
          .filter((option) => sellableLengths({ ...option, organizationMinutes }).length > 0)
          .map(({ id, name }) => ({ id, name }))
      : [],
    requiredSkills: row.requiredSkills,
    priority: row.priority,
    category: row.category,
    claimedBy:
      row.claimedByUserId === null || record.claimant === null
        ? null
        : { id: row.claimedByUserId, name: `${record.claimant.firstName} ${record.claimant.lastName}` },
    claimedAt: row.claimedAt?.toISOString() ?? null,
    schedulingLink: record.link === null ? null : linkOf(record.link, row.status, now),
    booking:
      record.booking === null || booking === null
        ? null
        : {
            id: record.booking.id,
            status: booking.status,
            paymentStatus: booking.paymentStatus,
            start: booking.startAt.toISOString(),
            holdExpiresAt: booking.holdExpiresAt?.toISOString() ?? null,
          },
    version: row.version,
    actions: actions as Record<keyof typeof actions, Action>,
    history: historyOf(record.history),
  }
}
