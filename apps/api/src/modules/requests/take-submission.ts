import { appendEvent } from '../../db/append-event.ts'
import { inTransaction } from '../../db/client.ts'
import type { Deps } from '../../deps.ts'
import type { Actor } from '../../domain/caller.ts'
import { type SubmittedCustomer, validateAnswers, validateCustomer } from '../../domain/intake-form.ts'
import type { OrganizationScope } from '../../domain/organization-scope.ts'
import { REFERENCE_BYTES, referenceFrom } from '../../domain/reference.ts'
import { type Routing, routeAnswers } from '../../domain/routing.ts'
import { AppError } from '../../errors/app-error.ts'
import type { PublishedForm } from '../forms/repository.ts'
import { listSellableSessionTypeIds } from '../session-types/repository.ts'
import { insertTrainingRequest } from './repository.ts'

/** What a customer sends in, through the public form or through an integrator. */
export interface Submission {
  customer: { name: string; email: string; phone?: string | undefined; timeZone?: string | undefined }
  answers: Readonly<Record<string, unknown>>
}

/** Tries to find a reference that nobody has; two in a row taken means that chance is broken, not that we ran out. */
const REFERENCE_TRIES = 5

/**
 * Takes a customer's submission: checks it, routes it, and makes it a New request.
 *
 * Every field that needs another look is named at once (`validation_failed`, pointers below `/customer` and `/answers`).
 * The request keeps the form version that it answered, the skills, priority and category of the first routing rule that
 * fits, and a session type that can be sold: the rule's, else the default's, else the organization's first. Request,
 * first history row and event are one transaction; the mails to trainers and customer follow from the event.
 *
 * `isKept: false` (a robot filled the honeypot in) does everything but that, and answers as if it had.
 */
export async function takeSubmission(
  deps: Pick<Deps, 'db' | 'clock' | 'ids' | 'secrets'>,
  input: { scope: OrganizationScope; form: PublishedForm; submission: Submission; actor: Actor; isKept: boolean },
): Promise<{ id: string; reference: string }> {
  const { scope, form, actor } = input
  const { customer, answers } = checked(form, input.submission)
  const id = deps.ids.next()
  if (!input.isKept) return { id, reference: newReference(deps) }
  const { output } = routeAnswers(form.routing, answers)
  const now = deps.clock.now()
  return inTransaction(deps.db, async (tx) => {
    const sellable = await listSellableSessionTypeIds(tx, scope)
    const row = {
      id,
      status: 'new' as const,
      formVersionId: form.formVersionId,
      sessionTypeId: sessionTypeFor(output.sessionTypeId, form.routing, sellable),
      requiredSkills: [...output.requiredSkills],
      priority: output.priority,
      category: output.category,
      customerName: customer.name,
      customerEmail: customer.email,
      customerPhone: customer.phone,
      customerTimeZone: customer.timeZone,
      answers,
      createdAt: now,
      updatedAt: now,
    }
    for (let attempt = 0; attempt < REFERENCE_TRIES; attempt += 1) {
      const reference = newReference(deps)
      if (!(await insertTrainingRequest(tx, scope, { ...row, reference }, { actor, historyId: deps.ids.next() })))
        continue
      await appendEvent(tx, deps, {
        organizationId: scope.organizationId,
        actor,
        now,
        event: {
          name: 'request_submitted',
          payload: { requestId: id, bookingId: null, status: 'new', formVersionId: form.formVersionId },
        },
      })
      return { id, reference }
    }
    throw new Error(`${REFERENCE_TRIES} random references were all taken`)
  })
}

function newReference(deps: Pick<Deps, 'secrets'>): string {
  return referenceFrom(deps.secrets.randomBytes(REFERENCE_BYTES))
}

function checked(form: PublishedForm, submission: Submission) {
  const customer = validateCustomer(submission.customer)
  const answers = validateAnswers(form.sections, submission.answers)
  if (customer.ok && answers.ok) return { customer: customer.value satisfies SubmittedCustomer, answers: answers.value }
  throw new AppError('validation_failed', {
    errors: [...(customer.ok ? [] : customer.errors), ...(answers.ok ? [] : answers.errors)],
  })
}

/**
 * A request always names a session type. One that was archived or lost its prices since the form was published gives way
 * to one that can be sold; where nothing can be, the form's own stays and its trainer chooses before sending the link.
 */
function sessionTypeFor(routed: string | null, routing: Routing, sellable: readonly string[]): string {
  const named = [routed, routing.defaultOutput.sessionTypeId].filter((id) => id !== null)
  const chosen = named.find((id) => sellable.includes(id)) ?? sellable[0] ?? named[0]
  if (chosen === undefined) throw new Error('A published form leads to no session type')
  return chosen
}
