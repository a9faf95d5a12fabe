import type { Tx } from '../../db/client.ts'
import type { BookingRow } from '../bookings/repository.ts'

/**
 * What one try of a side effect came to. `record` writes down what the vendor answered, in the transaction that ends the
 * try, with the booking locked as it is by then. `undo_next`: it was written down, but the booking was canceled while the
 * vendor was asked; the next try takes it back.
 */
export type TriedSideEffect =
  | { state: 'skipped' }
  | { state: 'done'; record: (tx: Tx, booking: BookingRow) => Promise<'done' | 'undo_next'> }
