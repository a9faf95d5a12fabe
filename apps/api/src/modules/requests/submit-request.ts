import type { Deps } from '../../deps.ts'
import { actorOf, type Caller } from '../../domain/caller.ts'
import type { OrganizationScope } from '../../domain/organization-scope.ts'
import { AppError } from '../../errors/app-error.ts'
import { findPublishedForm } from '../forms/repository.ts'
import { type Submission, takeSubmission } from './take-submission.ts'

/**
 * An admin or an integrator sends in a request for a customer: the public form's path, without its limits.
 *
 * `validation_failed` at `/formSlug` for a form that is not published, and whatever the form itself finds.
 */
export async function submitRequest(
  deps: Pick<Deps, 'db' | 'clock' | 'ids' | 'secrets'>,
  input: { scope: OrganizationScope; caller: Caller; submission: Submission & { formSlug: string } },
): Promise<{ id: string; reference: string }> {
  const { scope, caller, submission } = input
  const form = await findPublishedForm(deps.db, scope, submission.formSlug)
  if (form === null)
    throw new AppError('validation_failed', {
      errors: [{ pointer: '/formSlug', message: 'There is no published form with this slug.' }],
    })
  return takeSubmission(deps, { scope, form, submission, actor: actorOf(caller), isKept: true })
}
