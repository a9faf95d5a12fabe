import { sql } from 'drizzle-orm'
import { foreignKey, integer, jsonb, pgEnum, pgTable, text, unique, uniqueIndex, uuid } from 'drizzle-orm/pg-core'
import type { FormSection } from '../../domain/intake-form.ts'
import type { Routing } from '../../domain/routing.ts'
import { id, instant } from './columns.ts'
import { organizations } from './organizations.ts'

export const formVersionStatus = pgEnum('form_version_status', ['draft', 'published'])

export const forms = pgTable(
  'forms',
  {
    id: id(),
    organizationId: uuid()
      .notNull()
      .references(() => organizations.id, { onDelete: 'cascade' }),
    slug: text().notNull(),
    createdAt: instant().notNull(),
  },
  (t) => [unique('forms_scope').on(t.organizationId, t.id), unique('forms_slug_unique').on(t.organizationId, t.slug)],
)

/** What a form asked and how it routed at one time. Published versions never change (a trigger keeps that true). */
export const formVersions = pgTable(
  'form_versions',
  {
    id: id(),
    organizationId: uuid().notNull(),
    formId: uuid().notNull(),
    version: integer().notNull(),
    status: formVersionStatus().notNull(),
    title: text().notNull(),
    introduction: text(),
    sections: jsonb().$type<FormSection[]>().notNull(),
    routing: jsonb().$type<Routing>().notNull(),
    createdAt: instant().notNull(),
    publishedAt: instant(),
  },
  (t) => [
    unique('form_versions_scope').on(t.organizationId, t.id),
    unique('form_versions_number_unique').on(t.formId, t.version),
    uniqueIndex('form_versions_one_draft').on(t.formId).where(sql`${t.status} = 'draft'`),
    foreignKey({ columns: [t.organizationId, t.formId], foreignColumns: [forms.organizationId, forms.id] }).onDelete(
      'cascade',
    ),
  ],
)
