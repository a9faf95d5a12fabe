import { type Static, type TSchema, type TUnsafe, Type } from 'typebox'
import { closed, integer, nullable } from './schema.ts'

export const PAGE_LIMIT_DEFAULT = 25
export const PAGE_LIMIT_MAX = 100
const CURSOR_MAX_LENGTH = 512

/** The two query parameters of every list. */
export const pageQuery = {
  limit: Type.Optional(
    integer(1, PAGE_LIMIT_MAX, { default: PAGE_LIMIT_DEFAULT, description: 'How many rows at most.' }),
  ),
  cursor: Type.Optional(
    Type.String({
      minLength: 1,
      maxLength: CURSOR_MAX_LENGTH,
      description:
        'The `nextCursor` of the page before. Opaque: take it as it is. Keep the other parameters unchanged.',
    }),
  ),
}

/** One page of a list: its rows and where to go on, null at the end. */
export function pageOf<T extends TSchema>(
  row: T,
  description: string,
): TUnsafe<{ data: Static<T>[]; nextCursor: string | null }> {
  return Type.Unsafe<{ data: Static<T>[]; nextCursor: string | null }>(
    Type.Object(
      {
        data: Type.Array(row, { maxItems: PAGE_LIMIT_MAX }),
        nextCursor: nullable(
          Type.String({
            maxLength: CURSOR_MAX_LENGTH,
            description: 'Pass as `cursor` for the next page; null at the end.',
          }),
        ),
      },
      { description },
    ),
  )
}

/** The query of a list that has no filters of its own. */
export const closedPageQuery = closed(pageQuery)
