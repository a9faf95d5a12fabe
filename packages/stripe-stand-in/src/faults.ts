import type { OperationName } from './contract.ts'
import type { StripeErrorBody } from './stripe-error.ts'

/** What goes wrong with one API call. */
export type Fault =
  /** The connection breaks before anything has happened, or after everything has. */
  | { readonly kind: 'lose_before' | 'lose_after' }
  /** Nothing happens for a while: `before`, the key is in use meanwhile; `after`, only the answer is late. */
  | { readonly kind: 'delay_before' | 'delay_after'; readonly milliseconds: number }
  /** 500, kept under the idempotency key; `executed`: the thing was done all the same. */
  | { readonly kind: 'server_error'; readonly executed: boolean }
  | { readonly kind: 'rate_limited'; readonly retryAfterSeconds?: number }
  /** Any refusal that the stand-in would not give by itself; kept under the key. */
  | { readonly kind: 'refuse'; readonly status: number; readonly error: StripeErrorBody }

type Where = OperationName | 'any'

interface Random {
  chance: () => number
  rate: number
  faults: readonly Fault[]
  operations: readonly OperationName[] | null
}

/** The faults that API calls meet: those ordered one by one first, then those of chance. */
export class Faults {
  readonly #ordered: { where: Where; fault: Fault; left: number }[] = []
  #random: Random | null = null
  #out: readonly OperationName[] | 'all' | null = null
  /** How many calls each kind has met. */
  readonly met = new Map<Fault['kind'] | 'outage', number>()

  /** The next calls of that operation meet this fault; several orders follow one another. */
  next(where: Where, fault: Fault, times = 1): void {
    this.#ordered.push({ where, fault, left: times })
  }

  /** Each call meets one of these faults with that probability. */
  random(random: {
    chance: () => number
    rate: number
    faults: readonly Fault[]
    operations?: readonly OperationName[]
  }): void {
    this.#random = { ...random, operations: random.operations ?? null }
  }

  /** While true, nobody reaches Stripe's API, or those operations of it. Customers still pay, and webhooks still come. */
  outage(isOut: boolean, only?: readonly OperationName[]): void {
    this.#out = isOut ? (only ?? 'all') : null
  }

  /** From now on nothing goes wrong. */
  clear(): void {
    this.#ordered.length = 0
    this.#random = null
    this.#out = null
  }

  /** Whether a call of that operation reaches nobody; null: a call of none. */
  isOut(operation: OperationName | null): boolean {
    const isOut = this.#out === 'all' || (operation !== null && this.#out?.includes(operation) === true)
    if (isOut) this.#count('outage')
    return isOut
  }

  /** The fault that this call meets; null: none. */
  take(operation: OperationName): Fault | null {
    const index = this.#ordered.findIndex(({ where }) => where === 'any' || where === operation)
    const order = this.#ordered[index]
    if (order !== undefined) {
      order.left -= 1
      if (order.left <= 0) this.#ordered.splice(index, 1)
      return this.#counted(order.fault)
    }
    const random = this.#random
    if (random === null || (random.operations !== null && !random.operations.includes(operation))) return null
    if (random.chance() >= random.rate) return null
    return this.#counted(random.faults[Math.floor(random.chance() * random.faults.length)] ?? null)
  }

  #counted(fault: Fault | null): Fault | null {
    if (fault !== null) this.#count(fault.kind)
    return fault
  }

  #count(kind: Fault['kind'] | 'outage'): void {
    this.met.set(kind, (this.met.get(kind) ?? 0) + 1)
  }
}
