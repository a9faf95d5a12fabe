import { inTransaction } from '../../db/client.ts'
import { queueJobs } from '../../db/queue-jobs.ts'
import type { Deps } from '../../deps.ts'
import { takeWaitingSideEffects } from './repository.ts'

const SIDE_EFFECTS_PER_TURN = 100

/** Queues the side effects whose time to be tried again has come by the product's clock; answers how many. */
export async function queueWaitingSideEffects(deps: Pick<Deps, 'db' | 'clock'>): Promise<number> {
  const now = deps.clock.now()
  return inTransaction(deps.db, async (tx) => {
    const due = await takeWaitingSideEffects(tx, { now, limit: SIDE_EFFECTS_PER_TURN })
    await queueJobs(
      tx,
      due.map(({ id }) => ({ task: 'run_side_effect', payload: { sideEffectId: id }, key: `side_effect:${id}` })),
    )
    return due.length
  })
}
