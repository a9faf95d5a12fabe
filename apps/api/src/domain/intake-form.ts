import {
  EMAIL_MAX_LENGTH,
  isEmailAddress,
  isPhoneNumber,
  isWebAddress,
  NAME_MAX_LENGTH,
  PHONE_MAX_LENGTH,
  WEB_ADDRESS_MAX_LENGTH,
} from './contact-details.ts'
import type { FieldError } from './decision.ts'
import { type AnswerValue, type Condition, conditionHolds, type FormAnswers, isEmptyAnswer } from './routing.ts'
import { isBlank, turnsDirection, withoutDirection } from './visible-text.ts'
import { isCalendarDate, isTimeZone } from './zoned-time.ts'

export type { AnswerValue, FormAnswers } from './routing.ts'

export const FIELD_TYPES = [
  'short_text',
  'long_text',
  'single_choice',
  'multiple_choice',
  'yes_no',
  'number',
  'date',
  'email',
  'phone',
  'url',
] as const
export type FieldType = (typeof FIELD_TYPES)[number]

export const FIELD_TYPE_LABELS: Readonly<Record<FieldType, string>> = {
  short_text: 'Short text',
  long_text: 'Long text',
  single_choice: 'Single choice',
  multiple_choice: 'Multiple choice',
  yes_no: 'Yes/no',
  number: 'Number',
  date: 'Date',
  email: 'Email',
  phone: 'Phone',
  url: 'URL',
}

/** Most characters of an answer where the form sets no limit of its own (shapes.md). */
export const DEFAULT_MAX_LENGTH: Readonly<Partial<Record<FieldType, number>>> = {
  short_text: 200,
  long_text: 5000,
  email: EMAIL_MAX_LENGTH,
  phone: PHONE_MAX_LENGTH,
  url: WEB_ADDRESS_MAX_LENGTH,
}

export const FIELD_KEY_MAX_LENGTH = 40
/** A field's key: it names the answer in the API and in rules. Nothing that means something to JavaScript can be one. */
export const FIELD_KEY_PATTERN = `^[a-z][a-z0-9_]{0,${FIELD_KEY_MAX_LENGTH - 1}}$`

/** The hidden field that only robots fill in (api.md, `submitForm`). */
export const HONEYPOT_FIELD = 'website'

export interface FieldOption {
  readonly value: string
  readonly label: string
}

export interface FieldLimits {
  readonly minLength?: number
  readonly maxLength?: number
  readonly min?: number
  readonly max?: number
  readonly minSelections?: number
  readonly maxSelections?: number
  /** `YYYY-MM-DD`, inclusive. */
  readonly firstDate?: string
  /** `YYYY-MM-DD`, inclusive. */
  readonly lastDate?: string
}

export interface FormField {
  readonly key: string
  readonly type: FieldType
  readonly label: string
  readonly helpText: string | null
  readonly required: boolean
  readonly options: readonly FieldOption[]
  readonly limits: FieldLimits
  /** The field is asked only while this holds; null: always. */
  readonly visibleWhen: Condition | null
}

export interface FormSection {
  readonly key: string
  readonly title: string
  readonly description: string | null
  readonly fields: readonly FormField[]
}

/** An input as it is kept, or what is wrong with it. */
export type Validated<Value> =
  | { readonly ok: true; readonly value: Value }
  | { readonly ok: false; readonly errors: readonly FieldError[] }

type AnswerResult = { readonly value: AnswerValue } | { readonly message: string }

/** All fields of a form in the order in which they are asked. */
export function formFields(sections: readonly FormSection[]): FormField[] {
  return sections.flatMap((section) => section.fields)
}

/** A key as one step of a JSON pointer (RFC 6901). */
function pointerStep(key: string): string {
  return key.replace(/~/g, '~0').replace(/\//g, '~1')
}

/** Characters as people count them: one for an emoji outside the basic plane, too. */
function lengthOf(text: string): number {
  return Array.from(text).length
}

/**
 * Checks what a customer answered against the form, and gives the answers as they are kept.
 *
 * Unknown keys are errors; answers of fields that the other answers hide are dropped, whatever they hold; a question left
 * open is an error only where it is required and asked. Texts are trimmed, line breaks made one kind. Lengths count
 * characters, all limits are inclusive. Every error is reported, in the form's order, with a pointer below `/answers`
 * and a sentence that says what to do. Only own keys of `answers` are read.
 */
export function validateAnswers(
  sections: readonly FormSection[],
  answers: Readonly<Record<string, unknown>>,
): Validated<FormAnswers> {
  const fields = formFields(sections)
  const known = new Map(fields.map((field) => [field.key, field]))
  const results = new Map<string, AnswerResult>()
  for (const field of fields) {
    const raw = Object.hasOwn(answers, field.key) ? answers[field.key] : undefined
    const result = readAnswer(field, raw)
    if (result !== null) results.set(field.key, result)
  }
  const given = new Map<string, AnswerValue>()
  for (const [key, result] of results) if ('value' in result) given.set(key, result.value)
  const visible = visibleKeys(fields, Object.fromEntries(given))

  const errors: FieldError[] = []
  const kept: [string, AnswerValue][] = []
  for (const field of fields) {
    if (!visible.has(field.key)) continue
    const result = results.get(field.key)
    const pointer = `/answers/${pointerStep(field.key)}`
    if (result === undefined) {
      if (field.required) errors.push({ pointer, message: REQUIRED_MESSAGE[field.type] })
    } else if ('message' in result) errors.push({ pointer, message: result.message })
    else kept.push([field.key, result.value])
  }
  for (const key of Object.keys(answers)) {
    if (!known.has(key)) {
      errors.push({
        pointer: `/answers/${pointerStep(key)}`,
        message: 'Remove this answer: the form has no such field',
      })
    }
  }
  // fromEntries defines own properties, so that even a key like "__proto__" could not reach a prototype.
  return errors.length === 0 ? { ok: true, value: Object.fromEntries(kept) } : { ok: false, errors }
}

/**
 * The keys of the fields that are asked, given these answers.
 *
 * A field without a condition always is. A condition reads the answer of its field, and reads it as open while that
 * field is hidden itself. Where conditions run in a circle, the circle is cut at the field that comes first in the form:
 * its answer counts.
 */
export function visibleKeys(fields: readonly FormField[], answers: FormAnswers): ReadonlySet<string> {
  const byKey = new Map(fields.map((field) => [field.key, field]))
  const settled = new Map<string, boolean>()
  const underway = new Set<string>()
  const isVisible = (field: FormField): boolean => {
    const known = settled.get(field.key)
    if (known !== undefined) return known
    if (field.visibleWhen === null || underway.has(field.key)) return true
    underway.add(field.key)
    const controlling = byKey.get(field.visibleWhen.fieldKey)
    const counts = controlling !== undefined && isVisible(controlling)
    const visible = conditionHolds(field.visibleWhen, counts ? answers : {})
    underway.delete(field.key)
    settled.set(field.key, visible)
    return visible
  }
  return new Set(fields.filter(isVisible).map((field) => field.key))
}

const REQUIRED_MESSAGE: Readonly<Record<FieldType, string>> = {
  short_text: 'Answer this question',
  long_text: 'Answer this question',
  single_choice: 'Choose one of the options',
  multiple_choice: 'Choose at least one option',
  yes_no: 'Choose yes or no',
  number: 'Enter a number',
  date: 'Enter a date',
  email: 'Enter an email address',
  phone: 'Enter a phone number',
  url: 'Enter a web address',
}

/** Null: the question was left open. */
function readAnswer(field: FormField, raw: unknown): AnswerResult | null {
  if (raw === undefined || raw === null) return null
  switch (field.type) {
    case 'yes_no':
      return typeof raw === 'boolean' ? { value: raw } : { message: 'Choose yes or no' }
    case 'number':
      return readNumber(field, raw)
    case 'multiple_choice':
      return readChoices(field, raw)
    default:
      return readText(field, raw)
  }
}

function readNumber(field: FormField, raw: unknown): AnswerResult {
  if (typeof raw !== 'number' || !Number.isFinite(raw)) return { message: 'Enter a number' }
  const { min, max } = field.limits
  if (min !== undefined && raw < min) return { message: `Enter a number of at least ${min}` }
  if (max !== undefined && raw > max) return { message: `Enter a number of at most ${max}` }
  return { value: raw }
}

function readChoices(field: FormField, raw: unknown): AnswerResult | null {
  const isListOfTexts = Array.isArray(raw) && raw.every((item): item is string => typeof item === 'string')
  if (!isListOfTexts) return { message: 'Choose from the options' }
  if (raw.length === 0) return null
  const offered = new Set(field.options.map((option) => option.value))
  const chosen = [...new Set(raw)]
  if (!chosen.every((value) => offered.has(value))) return { message: 'Choose only from the options' }
  const { minSelections, maxSelections } = field.limits
  if (minSelections !== undefined && chosen.length < minSelections) {
    return { message: `Choose at least ${minSelections} options` }
  }
  if (maxSelections !== undefined && chosen.length > maxSelections) {
    return { message: `Choose at most ${maxSelections} options` }
  }
  return { value: chosen }
}

function readText(field: FormField, raw: unknown): AnswerResult | null {
  if (typeof raw !== 'string') return { message: 'Enter a text' }
  // What is pasted from elsewhere, telephone numbers above all, brings marks of direction along that nobody has typed.
  const text = withoutDirection(raw).replace(/\r\n?/g, '\n').trim()
  if (isBlank(text)) return null
  const message = textProblem(field, text)
  return message === null ? { value: text } : { message }
}

function textProblem(field: FormField, text: string): string | null {
  // PostgreSQL stores no NUL; the other control characters have no place in an answer, and none in a mail.
  if (/[^\P{Cc}\n\t]/u.test(text)) return 'Remove the control characters'
  const { minLength, maxLength = DEFAULT_MAX_LENGTH[field.type], firstDate, lastDate } = field.limits
  const length = lengthOf(text)
  switch (field.type) {
    case 'single_choice':
      return field.options.some((option) => option.value === text) ? null : 'Choose one of the options'
    case 'date':
      if (!isCalendarDate(text)) return 'Enter a date of the form YYYY-MM-DD'
      if (firstDate !== undefined && text < firstDate) return `Enter a date from ${firstDate} on`
      if (lastDate !== undefined && text > lastDate) return `Enter a date up to ${lastDate}`
      return null
    default:
      if (minLength !== undefined && length < minLength) return `Use at least ${minLength} characters`
      if (maxLength !== undefined && length > maxLength) return `Use at most ${maxLength} characters`
      return shapeProblem(field.type, text)
  }
}

function shapeProblem(type: FieldType, text: string): string | null {
  if (type !== 'long_text' && text.includes('\n')) return 'Use one line'
  if (type === 'email' && !isEmailAddress(text)) return 'Enter an email address like name@example.com'
  if (type === 'phone' && !isPhoneNumber(text)) return 'Enter a phone number like +1 555 010 9999'
  if (type === 'url' && !isWebAddress(text)) return 'Enter a web address that starts with https:// or http://'
  return null
}

/**
 * An answer in the words in which the trainer reads it: choices by their labels, Yes or No, numbers and dates as given.
 *
 * A choice that the form no longer offers shows its value; a question left open is an empty text.
 */
export function displayValue(field: FormField, value: AnswerValue | null | undefined): string {
  if (value === null || value === undefined || isEmptyAnswer(value)) return ''
  if (typeof value === 'boolean') return value ? 'Yes' : 'No'
  const labelOf = (one: string) => field.options.find((option) => option.value === one)?.label ?? one
  if (typeof value === 'object') return value.map(labelOf).join(', ')
  return field.type === 'single_choice' ? labelOf(String(value)) : String(value)
}

/** One answered question as Request Details shows it. */
export interface PresentedAnswer {
  readonly key: string
  readonly label: string
  readonly value: AnswerValue
  readonly displayValue: string
}

/** A request's answers in the order of the form version that it answered; questions left open are left out. */
export function presentAnswers(sections: readonly FormSection[], answers: FormAnswers): PresentedAnswer[] {
  return formFields(sections).flatMap((field) => {
    const value = Object.hasOwn(answers, field.key) ? answers[field.key] : undefined
    if (value === undefined) return []
    return [{ key: field.key, label: field.label, value, displayValue: displayValue(field, value) }]
  })
}

/** Who asks, as the form always asks for it: name and email, and a phone number and time zone if given. */
export interface SubmittedCustomer {
  readonly name: string
  readonly email: string
  readonly phone: string | null
  readonly timeZone: string | null
}

/**
 * Checks the customer's name, email, phone and time zone, and gives them as they are kept: trimmed, the open ones null.
 *
 * Pointers are below `/customer`. A time zone that we cannot keep time in is dropped, not refused: the customer did not
 * type it, their browser reported it.
 */
export function validateCustomer(input: {
  readonly name: string
  readonly email: string
  readonly phone?: string | null | undefined
  readonly timeZone?: string | null | undefined
}): Validated<SubmittedCustomer> {
  const name = input.name.trim().replace(/\s+/gu, ' ')
  const email = input.email.trim()
  const phone = (input.phone ?? '').trim()
  const timeZone = input.timeZone ?? null
  const errors: FieldError[] = []
  if (isBlank(name)) errors.push({ pointer: '/customer/name', message: 'Enter your name' })
  else if (lengthOf(name) > NAME_MAX_LENGTH) {
    errors.push({ pointer: '/customer/name', message: `Use at most ${NAME_MAX_LENGTH} characters` })
  } else if (/\p{Cc}/u.test(name) || turnsDirection(name)) {
    errors.push({ pointer: '/customer/name', message: 'Remove the control characters' })
  }
  if (email === '') errors.push({ pointer: '/customer/email', message: 'Enter your email address' })
  else if (!isEmailAddress(email)) {
    errors.push({ pointer: '/customer/email', message: 'Enter an email address like name@example.com' })
  }
  if (phone !== '' && !isPhoneNumber(phone)) {
    errors.push({ pointer: '/customer/phone', message: 'Enter a phone number like +1 555 010 9999, or leave it out' })
  }
  if (errors.length > 0) return { ok: false, errors }
  return {
    ok: true,
    value: {
      name,
      email,
      phone: phone === '' ? null : phone,
      timeZone: timeZone !== null && isTimeZone(timeZone) ? timeZone : null,
    },
  }
}
