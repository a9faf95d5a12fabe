import { AppError } from '../errors/app-error.ts'

/** Where a page ended: the sort keys of its last row, in the order of the list's `order by`. */
export type CursorKeys = readonly (string | number)[]

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
  const refusal = new AppError('invalid_query', {
    errors: [{ pointer: '/cursor', message: 'Must be the nextCursor of this list. Start again without it.' }],
  })
  let parsed: unknown
  try {
    parsed = JSON.parse(Buffer.from(cursor, 'base64url').toString('utf8'))
  } catch {
    throw refusal
  }
  if (!Array.isArray(parsed) || parsed.length !== count + 1 || parsed[0] !== list) throw refusal
  const keys: unknown[] = parsed.slice(1)
  if (!keys.every((key): key is string | number => isSortKey(key))) throw refusal
  return keys
}

/** Reads a cursor whose keys are an instant and a row's id, the commonest order. */
export function decodeInstantCursor(list: string, cursor: string): { at: Date; id: string } {
  const [at, id] = decodeCursor(list, cursor, 2)
  const date = new Date(typeof at === 'string' ? at : Number.NaN)
  if (
    Number.isNaN(date.getTime()) ||
    typeof id !== 'string' ||
    !/^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/.test(id)
  ) {
    throw new AppError('invalid_query', {
      errors: [{ pointer: '/cursor', message: 'Must be the nextCursor of this list. Start again without it.' }],
    })
  }
  return { at: date, id }
}

/** Writes the commonest position: an instant and a row's id. */
export function encodeInstantCursor(list: string, at: Date, id: string): string {
  return encodeCursor(list, [at.toISOString(), id])
}

/** Reads a cursor whose only key is a row's id: UUIDv7 sorts by time of making. */
export function decodeIdCursor(list: string, cursor: string): string {
  const [id] = decodeCursor(list, cursor, 1)
  if (typeof id !== 'string' || !/^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/.test(id)) {
    throw new AppError('invalid_query', {
      errors: [{ pointer: '/cursor', message: 'Must be the nextCursor of this list. Start again without it.' }],
    })
  }
  return id
}

function isSortKey(key: unknown): key is string | number {
  return (typeof key === 'string' && !key.includes('\u0000')) || (typeof key === 'number' && Number.isFinite(key))
}
