import { isCalendarDate } from '../domain/zoned-time.ts'
import { AppError } from '../errors/app-error.ts'

/** Where a page ended: the sort keys of its last row, in the order of the list's `order by`. */
export type CursorKeys = readonly (string | number)[]

const ID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/
// As it was written here; JavaScript reads years that the database cannot hold.
const INSTANT = /^(?!0000)\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}\.\d{3}Z$/

function refusal(): AppError {
  return new AppError('invalid_query', {
    errors: [{ pointer: '/cursor', message: 'Must be the nextCursor of this list. Start again without it.' }],
  })
}

/**
 * Writes where a page ended into the opaque text that the reader sends back.
 *
 * `list` names the list and its order, so that one list's cursor is refused by another.
 */
export function encodeCursor(list: string, keys: CursorKeys): string {
  return Buffer.from(JSON.stringify([list, ...keys]), 'utf8').toString('base64url')
}

/**
 * Reads a cursor that {@link encodeCursor} made for the same list: `count` sort keys.
 *
 * Throws `invalid_query` for any other text. The keys come from the reader: compare with them, never trust them.
 */
export function decodeCursor(list: string, cursor: string, count: number): CursorKeys {
  let parsed: unknown
  try {
    parsed = JSON.parse(Buffer.from(cursor, 'base64url').toString('utf8'))
  } catch {
    throw refusal()
  }
  if (!Array.isArray(parsed) || parsed.length !== count + 1 || parsed[0] !== list) throw refusal()
  const keys: unknown[] = parsed.slice(1)
  if (!keys.every((key): key is string | number => isSortKey(key))) throw refusal()
  return keys
}

/** Reads a cursor whose keys are an instant and a row's id, the commonest order. */
export function decodeInstantCursor(list: string, cursor: string): { at: Date; id: string } {
  const [at, id] = decodeCursor(list, cursor, 2)
  const date = new Date(isText(at, INSTANT) ? at : Number.NaN)
  if (Number.isNaN(date.getTime()) || !isText(id, ID)) throw refusal()
  return { at: date, id }
}

/** Reads a cursor whose keys are a calendar date and a row's id. */
export function decodeDateCursor(list: string, cursor: string): { date: string; id: string } {
  const [date, id] = decodeCursor(list, cursor, 2)
  if (typeof date !== 'string' || !isCalendarDate(date) || !isText(id, ID)) throw refusal()
  return { date, id }
}

/** Writes the commonest position: an instant and a row's id. */
export function encodeInstantCursor(list: string, at: Date, id: string): string {
  return encodeCursor(list, [at.toISOString(), id])
}

/** Reads a cursor whose only key is a row's id: UUIDv7 sorts by time of making. */
export function decodeIdCursor(list: string, cursor: string): string {
  const [id] = decodeCursor(list, cursor, 1)
  if (!isText(id, ID)) throw refusal()
  return id
}

function isText(key: unknown, form: RegExp): key is string {
  return typeof key === 'string' && form.test(key)
}

function isSortKey(key: unknown): key is string | number {
  return (typeof key === 'string' && !key.includes('\u0000')) || (typeof key === 'number' && Number.isFinite(key))
}
