import { type SQL, sql } from 'drizzle-orm'

/** Instants inside JSON that the database made come as text with an offset. */
export type JsonInstant = string

/** A value that a statement answers as JSON: it comes as text or as values, depending on how the driver reads json. */
export function fromJson<Value>(value: unknown): Value {
  return (typeof value === 'string' ? JSON.parse(value) : value) as Value
}

/** A subquery that answers one JSON value, as a column of what is selected. */
export function jsonColumn<Value>(subquery: SQL): SQL<Value> {
  return sql<Value>`${subquery}`.mapWith(fromJson<Value>)
}
