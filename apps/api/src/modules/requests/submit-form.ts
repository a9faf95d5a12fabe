import type { Deps } from '../../deps.ts'
import { actorOf, CUSTOMER } from '../../domain/caller.ts'
import { HONEYPOT_FIELD } from '../../domain/intake-form.ts'
import { AppError } from '../../errors/app-error.ts'
import { findPublishedForm } from '../forms/repository.ts'
import { findPublicOrganization } from '../organizations/find-public-organization.ts'
import { type Submission, takeSubmission } from './take-submission.ts'

/**
 * A customer sends in a public form and is given the reference of their request.
 *
 * `not_found` for a form that is not published. With the honeypot filled in, the answer is the same and nothing is kept:
 * a robot learns nothing from it.
 */
export async function submitForm(
  deps: Pick<Deps, 'db' | 'clock' | 'ids' | 'secrets'>,
  input: { org: string; formSlug: string; submission: Submission & { [HONEYPOT_FIELD]?: string } },
): Promise<{ reference: string }> {
  const scope = await findPublicOrganization(deps.db, input.org)
  const form = scope && (await findPublishedForm(deps.db, scope, input.formSlug))
  if (scope === null || form === null) throw new AppError('not_found')
  const { reference } = await takeSubmission(deps, {
    scope,
    form,
    submission: input.submission,
    actor: actorOf(CUSTOMER),
    isKept: (input.submission[HONEYPOT_FIELD] ?? '') === '',
  })
  return { reference }
}
