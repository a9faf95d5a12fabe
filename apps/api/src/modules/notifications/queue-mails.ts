import { inTransaction, type Tx } from '../../db/client.ts'
import { queueJobs } from '../../db/queue-jobs.ts'
import type { Deps } from '../../deps.ts'
import type { OrganizationScope } from '../../domain/organization-scope.ts'
import { insertMails, type MailRow, takeWaitingMails } from './repository.ts'

/** One mail that is to be sent, as whoever prepares it says it. */
export type NewMail = Pick<MailRow, 'template' | 'recipient'> &
  Partial<
    Pick<
      MailRow,
      | 'recipientUserId'
      | 'trainingRequestId'
      | 'bookingId'
      | 'schedulingTokenId'
      | 'sideEffectKind'
      | 'calendarSequence'
      | 'sendAfter'
    >
  > & {
    /** Kept as a row that says that it was left out, for all to see. */
    isSkipped?: boolean
  }

/**
 * Writes mails down and queues their jobs in the same transaction, each once for its event; answers those that are new.
 * One with a `sendAfter` waits for that instant of the product's clock; {@link queueWaitingMails} lets it go.
 */
export async function queueMails(
  tx: Tx,
  deps: Pick<Deps, 'ids'>,
  scope: OrganizationScope,
  input: { eventId: string; mails: readonly NewMail[]; now: Date },
): Promise<MailRow[]> {
  const { eventId, now } = input
  const inserted = await insertMails(
    tx,
    scope,
    input.mails.map(({ isSkipped = false, ...mail }) => ({
      id: deps.ids.next(),
      eventId,
      ...mail,
      state: isSkipped ? ('skipped' as const) : ('queued' as const),
      nextAttemptAt: isSkipped ? null : (mail.sendAfter ?? null),
      createdAt: now,
      doneAt: isSkipped ? now : null,
    })),
  )
  await queueSendJobs(
    tx,
    inserted.filter((mail) => mail.state === 'queued' && mail.nextAttemptAt === null),
  )
  return inserted
}

/** Queues the jobs that send these mails. */
export async function queueSendJobs(tx: Tx, mails: readonly Pick<MailRow, 'id'>[]): Promise<void> {
  await queueJobs(
    tx,
    mails.map(({ id }) => ({ task: 'send_mail', payload: { mailId: id }, key: `mail:${id}` })),
  )
}

const MAILS_PER_TURN = 200

/** Queues the mails whose time to be sent, or to be tried again, has come by the product's clock; answers how many. */
export async function queueWaitingMails(deps: Pick<Deps, 'db' | 'clock'>): Promise<number> {
  const now = deps.clock.now()
  return inTransaction(deps.db, async (tx) => {
    const due = await takeWaitingMails(tx, { now, limit: MAILS_PER_TURN })
    await queueSendJobs(tx, due)
    return due.length
  })
}
