import { type Static, type TObject, type TProperties, type TSchema, type TUnsafe, Type } from 'typebox'
import { EMAIL_MAX_LENGTH, PHONE_MAX_LENGTH } from '../domain/contact-details.ts'
import { SLUG_MAX_LENGTH, SLUG_MIN_LENGTH, SLUG_PATTERN } from '../domain/slug.ts'
import { DIRECTION_CHARACTERS, INVISIBLE_CHARACTERS } from '../domain/visible-text.ts'

/** Words of an answer to a value that does not fit a pattern, by the pattern's source. */
export const PATTERN_MESSAGES = new Map<string, string>()

function pattern(source: string, message: string): string {
  PATTERN_MESSAGES.set(source, message)
  return source
}

// PostgreSQL stores neither U+0000 nor half a surrogate pair; a control character in a name would split a mail header, and
// one that turns the direction would rewrite whatever the name is shown in.
const IN_ONE_LINE = `[^\\u0000-\\u001f\\u007f\\ud800-\\udfff${DIRECTION_CHARACTERS}]`
// Up to U+DFFFF: the plane after it holds tags and variation selectors, which show nothing. As a surrogate pair, because
// readers of the contract try patterns without Unicode too, where a range that begins with one cannot be read.
const UP_TO_TAGS = '[\\u0000-\\udb3f\\udfff]'
const ONE_LINE = pattern(
  `^(?=.*(?![${INVISIBLE_CHARACTERS}])${UP_TO_TAGS})${IN_ONE_LINE}*$`,
  'Must be one line of text, not blank, without characters that turn its direction.',
)
const ONE_LINE_OR_EMPTY = pattern(
  `^${IN_ONE_LINE}*$`,
  'Must be one line of text without characters that turn its direction.',
)
const AS_TYPED = pattern('^[^\\u0000\\ud800-\\udfff]*$', 'Must be text without U+0000 and broken characters.')
// Of the control characters only those that lay a text out: tab and the two that end a line.
const MANY_LINES = pattern(
  `^[^\\u0000-\\u0008\\u000b\\u000c\\u000e-\\u001f\\u007f-\\u009f\\ud800-\\udfff${DIRECTION_CHARACTERS}]*$`,
  'Must be text without control characters and characters that turn its direction.',
)
const UUID = pattern('^[0-9a-fA-F]{8}(-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}$', 'Must be an id.')
// Seconds end at 59: a leap second is no JavaScript date.
const INSTANT = pattern(
  '^[12]\\d{3}-\\d{2}-\\d{2}T([01]\\d|2[0-3]):[0-5]\\d:[0-5]\\d(\\.\\d{1,6})?Z$',
  'Must be an instant in UTC, like 2026-11-24T16:30:00Z.',
)
const CALENDAR_DATE = pattern('^[12]\\d{3}-\\d{2}-\\d{2}$', 'Must be a date, like 2026-11-24.')
const WALL_TIME = pattern('^([01]\\d|2[0-3]):[0-5]\\d$', 'Must be a time from 00:00 to 23:59, like 09:30.')
const WALL_TIME_END = pattern('^(([01]\\d|2[0-3]):[0-5]\\d|24:00)$', 'Must be a time from 00:00 to 24:00, like 17:30.')
const SLUG = pattern(SLUG_PATTERN, 'Must be lower-case letters a–z, digits and hyphens, with no hyphen at either end.')
const CURRENCY = pattern('^[A-Z]{3}$', 'Must be an ISO 4217 code, like USD.')
const HTTPS_URL = pattern('^https://[^\\s\\u0000]+$', 'Must be a web address that starts with https://.')
const HTTPS_ORIGIN = pattern('^https://[a-zA-Z0-9.-]+(:[0-9]{1,5})?$', 'Must be an origin, like https://example.com.')
const COLOR = pattern('^#[0-9a-fA-F]{6}$', 'Must be a color, like #1f5fbf.')

/** What a schema says about itself for readers; a type, not an interface, because TypeBox's options are an open record. */
type Words = {
  description?: string
  examples?: unknown[]
  default?: unknown
  readOnly?: boolean
}

/** A shape with a name of its own in the contract (`#/components/schemas/<name>`); other shapes point to it by {@link ref}. */
export function named<T extends TSchema>(name: string, shape: T): T & { $id: string } {
  return Object.assign(shape, { $id: name })
}

/** A pointer to a named shape that keeps its static type. */
export function ref<T extends TSchema & { $id: string }>(shape: T): TUnsafe<Static<T>> {
  return Type.Unsafe<Static<T>>({ $ref: `${shape.$id}#` })
}

/** The same, or null. Of a plain type it is `type: [t, 'null']`, of a named shape a choice of two. */
export function nullable<T extends TSchema>(shape: T, words: Words = {}): TUnsafe<Static<T> | null> {
  const plain = shape as unknown as { type?: string; enum?: unknown[]; description?: string; examples?: unknown[] }
  if (typeof plain.type !== 'string') {
    return Type.Unsafe<Static<T> | null>({ anyOf: [shape, { type: 'null' }], ...words })
  }
  return Type.Unsafe<Static<T> | null>({
    ...shape,
    type: [plain.type, 'null'],
    ...(plain.enum === undefined ? {} : { enum: [...plain.enum, null] }),
    ...words,
  })
}

/** One of a domain tuple's values. */
export function oneOf<const T extends readonly string[]>(values: T, words: Words = {}): TUnsafe<T[number]> {
  return Type.Unsafe<T[number]>({ type: 'string', enum: [...values], ...words })
}

/** A body, or a part of one: a field that is not declared is refused. */
export function closed<T extends TProperties>(
  properties: T,
  words: Words & { minProperties?: number } = {},
): TObject<T> {
  return Type.Object(properties, { additionalProperties: false, ...words })
}

/** What an answer holds; fields may be added to it later, so it is not closed. */
export function shape<T extends TProperties>(properties: T, words: Words = {}): TObject<T> {
  return Type.Object(properties, words)
}

/** A list of at most `maxItems`. */
export function listOf<T extends TSchema>(
  items: T,
  maxItems: number,
  words: Words & { minItems?: number; uniqueItems?: boolean } = {},
) {
  return Type.Array(items, { maxItems, ...words })
}

/** One line of text that is not blank: names, titles, labels. */
export function line(maxLength: number, words: Words & { minLength?: number } = {}) {
  return Type.String({ minLength: 1, maxLength, pattern: ONE_LINE, ...words })
}

/** One line of text that may be empty. */
export function lineOrEmpty(maxLength: number, words: Words = {}) {
  return Type.String({ maxLength, pattern: ONE_LINE_OR_EMPTY, ...words })
}

/** Text of several lines. */
export function prose(maxLength: number, words: Words & { minLength?: number } = {}) {
  return Type.String({ maxLength, pattern: MANY_LINES, ...words })
}

/** Text as somebody typed or pasted it, with whatever came along; the rule that reads it says what stays of it. */
export function textAsTyped(maxLength: number) {
  return Type.String({ maxLength, pattern: AS_TYPED })
}

export function flag(words: Words = {}) {
  return Type.Boolean(words)
}

export function integer(minimum: number, maximum: number, words: Words = {}) {
  return Type.Integer({ minimum, maximum, ...words })
}

/** A row's id: UUIDv7. Any letter case is taken, lower case is answered. */
export function id(words: Words = {}) {
  return Type.String({
    format: 'uuid',
    pattern: UUID,
    maxLength: 36,
    examples: ['01939b2c-7d3e-7a10-8f4c-2b9d6e1a5c07'],
    ...words,
  })
}

/** RFC 3339 in UTC, with `Z`. */
export function instant(words: Words = {}) {
  return Type.String({
    format: 'date-time',
    pattern: INSTANT,
    maxLength: 30,
    examples: ['2026-11-24T16:30:00.000Z'],
    ...words,
  })
}

export function calendarDate(words: Words = {}) {
  return Type.String({ format: 'date', pattern: CALENDAR_DATE, maxLength: 10, examples: ['2026-11-24'], ...words })
}

/** `HH:MM` on the wall of whoever's zone the field says. */
export function wallTime(words: Words = {}) {
  return Type.String({ pattern: WALL_TIME, maxLength: 5, examples: ['09:00'], ...words })
}

/** `HH:MM` or `24:00`. */
export function wallTimeEnd(words: Words = {}) {
  return Type.String({ pattern: WALL_TIME_END, maxLength: 5, examples: ['17:00'], ...words })
}

/** An IANA time zone name that this server knows. */
export function timeZone(words: Words = {}) {
  return Type.String({ format: 'time-zone', minLength: 1, maxLength: 64, examples: ['America/Chicago'], ...words })
}

/** An https address that customers are sent to. */
export function httpsUrl(words: Words = {}) {
  return Type.String({
    format: 'uri',
    pattern: HTTPS_URL,
    maxLength: 2000,
    examples: ['https://example.com/privacy'],
    ...words,
  })
}

/** Scheme, host and port of an https site, without a path. */
export function httpsOrigin(words: Words = {}) {
  return Type.String({
    format: 'uri',
    pattern: HTTPS_ORIGIN,
    maxLength: 255,
    examples: ['https://example.com'],
    ...words,
  })
}

export function color(words: Words = {}) {
  return Type.String({ pattern: COLOR, maxLength: 7, examples: ['#1f5fbf'], ...words })
}

/** The name of an organization or form in addresses. */
export function slug(words: Words = {}) {
  return Type.String({
    minLength: SLUG_MIN_LENGTH,
    maxLength: SLUG_MAX_LENGTH,
    pattern: SLUG,
    examples: ['demo'],
    ...words,
  })
}

export function email(words: Words = {}) {
  return Type.String({ format: 'email', maxLength: EMAIL_MAX_LENGTH, examples: ['casey@example.com'], ...words })
}

/** A telephone number as its owner writes it. */
export function phone(words: Words = {}) {
  return Type.String({
    minLength: 1,
    maxLength: PHONE_MAX_LENGTH,
    pattern: ONE_LINE,
    examples: ['+1 312 555 0142'],
    ...words,
  })
}

/** An absolute address in an answer. */
export function url(words: Words = {}) {
  return Type.String({ format: 'uri', maxLength: 2048, ...words })
}

export function currency(words: Words = {}) {
  return Type.String({ pattern: CURRENCY, maxLength: 3, examples: ['USD'], ...words })
}
