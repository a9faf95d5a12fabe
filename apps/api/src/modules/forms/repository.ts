import { and, desc, eq } from 'drizzle-orm'
import type { Db, Tx } from '../../db/client.ts'
import { forms, formVersions } from '../../db/schema/forms.ts'
import type { FormSection } from '../../domain/intake-form.ts'
import type { OrganizationScope } from '../../domain/organization-scope.ts'
import type { Routing } from '../../domain/routing.ts'

/** What a submission is checked against and routed by. */
export interface PublishedForm {
  formVersionId: string
  sections: readonly FormSection[]
  routing: Routing
}

/** The version of a form that is asked now: the latest published one; null when there is none. */
export async function findPublishedForm(
  db: Db | Tx,
  scope: OrganizationScope,
  formSlug: string,
): Promise<PublishedForm | null> {
  const [row] = await db
    .select({ formVersionId: formVersions.id, sections: formVersions.sections, routing: formVersions.routing })
    .from(forms)
    .innerJoin(
      formVersions,
      and(
        eq(formVersions.organizationId, forms.organizationId),
        eq(formVersions.formId, forms.id),
        eq(formVersions.status, 'published'),
      ),
    )
    .where(and(eq(forms.organizationId, scope.organizationId), eq(forms.slug, formSlug)))
    .orderBy(desc(formVersions.version))
    .limit(1)
  return row ?? null
}
