import type { Schemas } from '../../../lib/api.ts'

/** A published intake form, as the public page gets it. */
export type PublicForm = Schemas['PublicForm']
export type FormSection = PublicForm['sections'][number]
export type FormField = FormSection['fields'][number]
