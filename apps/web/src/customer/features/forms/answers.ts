import type { FormField, FormSection, PublicForm } from './public-form.ts'
import { formWords } from './words.ts'

/** What stands in the controls, as typed: choices of a list as their values, yes or no as 'yes' and 'no'. */
export type AnswerDrafts = Record<string, string | string[]>

/** An answer as the API takes it. */
export type Answer = string | string[] | boolean | number

/** The answer that a draft amounts to, or undefined while there is none. */
export function answerOf(field: FormField, draft: string | string[] | undefined): Answer | undefined {
  if (field.type === 'multiple_choice') return Array.isArray(draft) && draft.length > 0 ? draft : undefined
  if (typeof draft !== 'string') return undefined
  const text = draft.trim()
  if (text === '') return undefined
  if (field.type === 'yes_no') return text === 'yes'
  if (field.type === 'number') return Number(text.replace(',', '.'))
  if (field.type === 'url' && !/^[a-z][a-z0-9+.-]*:/i.test(text)) return `https://${text}`
  return text
}

type Condition = NonNullable<FormField['visibleWhen']>

/** Texts compare without regard to case and spaces around them, as the form's own rules do (domain/routing.ts). */
function comparable(value: string | number | boolean): string {
  return typeof value === 'string' ? value.normalize('NFKC').trim().toLowerCase() : String(value)
}

function isSame(one: string | number | boolean, other: string | number | boolean): boolean {
  if (typeof one === 'number' && typeof other === 'string') return other.trim() !== '' && Number(other) === one
  return comparable(one) === comparable(other)
}

function listOf(value: Answer | null): (string | number | boolean)[] {
  if (value === null) return []
  return Array.isArray(value) ? value : [value]
}

/** Whether a condition holds; a question left open holds for `not_equals` and `is_empty` only. */
function conditionHolds({ operator, value }: Condition, answer: Answer | undefined): boolean {
  if (operator === 'is_empty') return answer === undefined
  if (answer === undefined) return operator === 'not_equals'
  const given = listOf(answer)
  const wanted = listOf(value)
  const isEqual = () =>
    given.every((one) => wanted.some((other) => isSame(one, other))) &&
    wanted.every((one) => given.some((other) => isSame(other, one)))
  switch (operator) {
    case 'equals':
      return isEqual()
    case 'not_equals':
      return !isEqual()
    case 'one_of':
      return wanted.some((one) => given.some((other) => isSame(other, one)))
    case 'contains':
      if (wanted.length === 0 || typeof answer === 'boolean') return false
      return Array.isArray(answer)
        ? wanted.every((one) => answer.some((chosen) => isSame(chosen, one)))
        : wanted.every((one) => comparable(one) !== '' && comparable(answer).includes(comparable(one)))
  }
}

/**
 * The sections with the fields to show for these drafts; a section whose fields are all hidden is left out.
 * A hidden field counts as unanswered for those that depend on it. Conditions in a circle are cut at the field that
 * comes first. The API judges by the same rule (domain/intake-form.ts, `visibleKeys`) and drops what is hidden.
 */
export function visibleSections(form: PublicForm, drafts: AnswerDrafts): FormSection[] {
  const byKey = new Map(form.sections.flatMap((section) => section.fields.map((field) => [field.key, field])))
  const settled = new Map<string, boolean>()
  const underway = new Set<string>()
  function isVisible(field: FormField): boolean {
    const known = settled.get(field.key)
    if (known !== undefined) return known
    if (!field.visibleWhen || underway.has(field.key)) return true
    underway.add(field.key)
    const controlling = byKey.get(field.visibleWhen.fieldKey)
    const answer = controlling && isVisible(controlling) ? answerOf(controlling, drafts[controlling.key]) : undefined
    const visible = conditionHolds(field.visibleWhen, answer)
    underway.delete(field.key)
    settled.set(field.key, visible)
    return visible
  }
  return form.sections
    .map((section) => ({ ...section, fields: section.fields.filter(isVisible) }))
    .filter((section) => section.fields.length > 0)
}

/** The answers to send: those of visible fields that have one. */
export function answersToSend(form: PublicForm, drafts: AnswerDrafts): Record<string, Answer> {
  const answers: Record<string, Answer> = {}
  for (const field of visibleSections(form, drafts).flatMap((section) => section.fields)) {
    const answer = answerOf(field, drafts[field.key])
    if (answer !== undefined) answers[field.key] = answer
  }
  return answers
}

export type DraftProblem = { pointer: string; message: string }

/** A name inside a JSON pointer (RFC 6901). */
function pointerTo(key: string): string {
  return `/answers/${key.replaceAll('~', '~0').replaceAll('/', '~1')}`
}

/**
 * What is missing, and what the form itself says about these drafts, before anything is sent; in the shape of the API's
 * answer. No rule is known here that the form does not carry: what an address or a number of characters may be where the
 * form sets no limit, only the API says.
 */
export function answerProblems(form: PublicForm, drafts: AnswerDrafts): DraftProblem[] {
  const problems: DraftProblem[] = []
  for (const field of visibleSections(form, drafts).flatMap((section) => section.fields)) {
    const message = answerProblem(field, answerOf(field, drafts[field.key]))
    if (message) problems.push({ pointer: pointerTo(field.key), message })
  }
  return problems
}

/** Characters as people, and the API, count them: one for an emoji, too. */
function lengthOf(text: string): number {
  return Array.from(text).length
}

function answerProblem(field: FormField, answer: Answer | undefined): string | null {
  if (answer === undefined) return field.required ? formWords.missing[field.type] : null
  const limits = field.limits ?? {}
  if (typeof answer === 'number') {
    if (!Number.isFinite(answer)) return formWords.notANumber
    if (limits.min !== undefined && answer < limits.min) return formWords.tooSmall(limits.min)
    if (limits.max !== undefined && answer > limits.max) return formWords.tooLarge(limits.max)
    return null
  }
  if (Array.isArray(answer)) {
    if (limits.minSelections !== undefined && answer.length < limits.minSelections) {
      return formWords.tooFewChosen(limits.minSelections)
    }
    if (limits.maxSelections !== undefined && answer.length > limits.maxSelections) {
      return formWords.tooManyChosen(limits.maxSelections)
    }
    return null
  }
  if (typeof answer === 'boolean' || field.type === 'single_choice') return null
  if (field.type === 'date') {
    if (limits.firstDate && answer < limits.firstDate) return formWords.tooEarly(limits.firstDate)
    if (limits.lastDate && answer > limits.lastDate) return formWords.tooLate(limits.lastDate)
    return null
  }
  const length = lengthOf(answer)
  if (limits.minLength !== undefined && length < limits.minLength) return formWords.tooShort(limits.minLength)
  if (limits.maxLength !== undefined && length > limits.maxLength) return formWords.tooLong(limits.maxLength)
  return null
}
