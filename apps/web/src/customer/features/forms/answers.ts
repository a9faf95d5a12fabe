import type { FormField, FormSection, PublicForm } from './public-form.ts'
import { formWords } from './words.ts'

/** What stands in the controls, as typed: choices of a list as their values, yes or no as 'yes' and 'no'. */
export type AnswerDrafts = Record<string, string | string[]>

/** An answer as the API takes it. */
export type Answer = string | string[] | boolean | number

/** Longest texts that a form takes where it sets no limit of its own (shapes.md, PublicForm). */
const SHORT_TEXT_LENGTH = 200
const LONG_TEXT_LENGTH = 5000

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

/** Texts compare without regard to case and outer spaces, as the form's rules do. */
function sameText(one: unknown, other: unknown): boolean {
  return String(one).trim().toLowerCase() === String(other).trim().toLowerCase()
}

/** Whether a condition holds for an answer; an answer that is absent equals nothing and contains nothing. */
function conditionHolds(condition: NonNullable<FormField['visibleWhen']>, answer: Answer | undefined): boolean {
  const wanted: unknown = condition.value
  const wantedList: unknown[] = Array.isArray(wanted) ? wanted : [wanted]
  const given = answer === undefined ? [] : Array.isArray(answer) ? answer : [answer]
  switch (condition.operator) {
    case 'is_empty':
      // `false` asks for the opposite: shown once there is an answer.
      return (given.length === 0) !== (wanted === false)
    case 'equals':
      return given.length === 1 && sameText(given[0], wanted)
    case 'not_equals':
      return !(given.length === 1 && sameText(given[0], wanted))
    case 'one_of':
      return given.some((each) => wantedList.some((other) => sameText(each, other)))
    case 'contains':
      return Array.isArray(answer)
        ? answer.some((each) => sameText(each, wanted))
        : answer !== undefined && String(answer).toLowerCase().includes(String(wanted).trim().toLowerCase())
    default:
      return true
  }
}

/**
 * The sections with the fields to show for these drafts; a section whose fields are all hidden is left out.
 * Fields are judged in their order, and a hidden field counts as unanswered for those that depend on it.
 */
export function visibleSections(form: PublicForm, drafts: AnswerDrafts): FormSection[] {
  const answers = new Map<string, Answer | undefined>()
  return form.sections
    .map((section) => ({
      ...section,
      fields: section.fields.filter((field) => {
        const isVisible = !field.visibleWhen || conditionHolds(field.visibleWhen, answers.get(field.visibleWhen.fieldKey))
        if (isVisible) answers.set(field.key, answerOf(field, drafts[field.key]))
        return isVisible
      }),
    }))
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
 * What the form's own limits say about these drafts, before anything is sent, in the shape of the API's answer.
 * The API judges again and has the last word; this only saves the customer a round trip.
 */
export function answerProblems(form: PublicForm, drafts: AnswerDrafts): DraftProblem[] {
  const problems: DraftProblem[] = []
  for (const field of visibleSections(form, drafts).flatMap((section) => section.fields)) {
    const message = answerProblem(field, answerOf(field, drafts[field.key]))
    if (message) problems.push({ pointer: pointerTo(field.key), message })
  }
  return problems
}

/** The most characters that a text field takes. */
export function longestText(field: FormField): number {
  return field.limits?.maxLength ?? (field.type === 'long_text' ? LONG_TEXT_LENGTH : SHORT_TEXT_LENGTH)
}

const EMAIL = /^[^\s@]+@[^\s@]+\.[^\s@]+$/

/** Whether a text could be an email address; only the mail itself can tell whether it is one. */
export function looksLikeEmail(text: string): boolean {
  return EMAIL.test(text)
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
  if (field.type === 'email' && !looksLikeEmail(answer)) return formWords.notAnEmail
  if (field.type === 'url' && !URL.canParse(answer)) return formWords.notAUrl
  if (limits.minLength !== undefined && answer.length < limits.minLength) return formWords.tooShort(limits.minLength)
  if (answer.length > longestText(field)) return formWords.tooLong(longestText(field))
  return null
}
