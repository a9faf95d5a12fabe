import fc from 'fast-check'
import { expect, test } from 'vitest'
import { AppError } from '../errors/app-error.ts'
import {
  decodeCursor,
  decodeDateCursor,
  decodeIdCursor,
  decodeInstantCursor,
  encodeCursor,
  encodeInstantCursor,
} from './cursor.ts'

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

test('a key that the database could not read is invalid_query, however well it is wrapped', () => {
  const instants = ['+275760-09-13T00:00:00.000Z', '-000001-01-01T00:00:00.000Z', '0000-01-01T00:00:00.000Z', '1']
  const dates = ['0000-01-01', '2026-02-30', '+12026-01-01', 'soon']
  const ids = ['-'.repeat(36), 'a'.repeat(36), ID.toUpperCase()]
  for (const attempt of [
    ...instants.map((at) => () => decodeInstantCursor('bookings', encodeCursor('bookings', [at, ID]))),
    ...dates.map((date) => () => decodeDateCursor('blackouts', encodeCursor('blackouts', [date, ID]))),
    ...ids.flatMap((id) => [
      () => decodeIdCursor('members', encodeCursor('members', [id])),
      () => decodeInstantCursor('bookings', encodeInstantCursor('bookings', new Date(0), id)),
      () => decodeDateCursor('blackouts', encodeCursor('blackouts', ['2026-12-24', id])),
    ]),
  ]) {
    expect(attempt).toThrow(expect.objectContaining({ code: 'invalid_query' }))
  }
  const cursor = encodeCursor('blackouts', ['2026-12-24', ID])
  expect(decodeDateCursor('blackouts', cursor)).toEqual({ date: '2026-12-24', id: ID })
})
