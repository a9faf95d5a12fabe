import fc from 'fast-check'
import { expect, test } from 'vitest'
import { AppError } from '../errors/app-error.ts'
import { decodeCursor, decodeIdCursor, decodeInstantCursor, encodeCursor, encodeInstantCursor } from './cursor.ts'

const ID = '01939b2c-7d3e-7a10-8f4c-2b9d6e1a5c07'

test('a cursor comes back as the keys it was made of', () => {
  fc.assert(
    fc.property(
      fc.array(
        fc.oneof(
          fc.integer(),
          fc.string().filter((text) => !text.includes('\u0000')),
        ),
      ),
      (keys) => {
        expect(decodeCursor('requests', encodeCursor('requests', keys), keys.length)).toEqual(keys)
      },
    ),
  )
})

test('an instant and an id come back as they were', () => {
  const at = new Date('2026-11-24T16:30:00.123Z')
  expect(decodeInstantCursor('bookings', encodeInstantCursor('bookings', at, ID))).toEqual({ at, id: ID })
})

test('the cursor of another list, of another length or of nobody is invalid_query', () => {
  const cursor = encodeCursor('requests', [ID])
  for (const attempt of [
    () => decodeCursor('bookings', cursor, 1),
    () => decodeCursor('requests', cursor, 2),
    () => decodeCursor('requests', 'not a cursor', 1),
    () => decodeCursor('requests', encodeCursor('requests', ['a\u0000b']), 1),
    () => decodeIdCursor('requests', encodeCursor('requests', ['42'])),
    () => decodeInstantCursor('requests', encodeCursor('requests', ['soon', ID])),
    () => decodeInstantCursor('requests', encodeCursor('requests', [0, ID])),
  ]) {
    expect(attempt).toThrow(AppError)
    expect(attempt).toThrow(expect.objectContaining({ code: 'invalid_query' }))
  }
})
