import type { Db, Tx } from './client.ts'

/**
 * A statement that is put together once for each pool and then only executed. Inside a transaction it is put together
 * anew: a transaction has a connection of its own, where nothing was prepared.
 */
export function preparedOnce<Statement>(build: (db: Db | Tx) => Statement): (db: Db | Tx) => Statement {
  const kept = new WeakMap<Db, Statement>()
  return (db) => {
    if ('rollback' in db) return build(db)
    let statement = kept.get(db)
    if (statement === undefined) {
      statement = build(db)
      kept.set(db, statement)
    }
    return statement
  }
}
