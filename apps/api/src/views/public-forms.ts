import { and, desc, eq } from 'drizzle-orm'
import { forms, formVersions } from '../db/schema/forms.ts'
import { organizationSlugs, organizations } from '../db/schema/organizations.ts'
import type { Deps } from '../deps.ts'
import { HONEYPOT_FIELD } from '../domain/intake-form.ts'
import { resolveSettings } from '../domain/organization-settings.ts'
import { AppError } from '../errors/app-error.ts'
import type { PublicForm } from '../modules/forms/schemas.ts'

/**
 * A form as anybody may read it: its latest published version, with its organization's face.
 *
 * An organization's former slug leads to it as well. `not_found` when there is no such form, or none is published.
 */
export async function readPublicForm(
  deps: Pick<Deps, 'db'>,
  input: { org: string; formSlug: string },
): Promise<PublicForm> {
  const [row] = await deps.db
    .select({
      slug: organizations.slug,
      settings: organizations.settings,
      formSlug: forms.slug,
      version: formVersions.version,
      title: formVersions.title,
      introduction: formVersions.introduction,
      sections: formVersions.sections,
    })
    .from(organizationSlugs)
    .innerJoin(organizations, eq(organizations.id, organizationSlugs.organizationId))
    .innerJoin(forms, and(eq(forms.organizationId, organizations.id), eq(forms.slug, input.formSlug)))
    .innerJoin(
      formVersions,
      and(
        eq(formVersions.organizationId, forms.organizationId),
        eq(formVersions.formId, forms.id),
        eq(formVersions.status, 'published'),
      ),
    )
    .where(eq(organizationSlugs.slug, input.org))
    .orderBy(desc(formVersions.version))
    .limit(1)
  if (row === undefined) throw new AppError('not_found')
  const settings = resolveSettings(row.settings)
  return {
    organization: {
      slug: row.slug,
      name: settings.name,
      logoUrl: settings.logoUrl,
      primaryColor: settings.primaryColor,
      supportEmail: settings.supportEmail,
      supportPhone: settings.supportPhone,
      timeZone: settings.timeZone,
      privacyPolicyUrl: settings.privacyPolicyUrl,
      termsUrl: settings.termsUrl,
    },
    slug: row.formSlug,
    version: row.version,
    title: row.title,
    introduction: row.introduction,
    honeypotField: HONEYPOT_FIELD,
    sections: row.sections as PublicForm['sections'],
  }
}
