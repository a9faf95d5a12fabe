import {
  PaymentGatewayMisconfigured,
  PaymentGatewayUnavailable,
} from '../../platform/payment-gateway/payment-gateway.ts'
import type { PaymentOrigin } from '../../platform/payment-gateway/payment-gateways.ts'

/** So many accounts are asked at the same time, so that one that keeps silent until it times out delays few others. */
const ACCOUNTS_AT_ONCE = 4

/**
 * Asks about rows one after another within each account, and several accounts at a time; answers how many changed something.
 *
 * An account that does not answer is left alone for the rest of this turn, and the others are not. A row that its account
 * refuses to speak of (another key than the one it was made with), or that fails in some other way, keeps nothing waiting.
 * The first failure that is none of a provider's is thrown at the end.
 */
export async function askByAccount<Row extends Pick<PaymentOrigin, 'provider' | 'integrationId'>>(
  rows: readonly Row[],
  ask: (row: Row) => Promise<boolean>,
): Promise<number> {
  const waiting = [...accountsOf(rows).values()]
  let changed = 0
  const failures: unknown[] = []

  async function askAccounts(): Promise<void> {
    for (let account = waiting.shift(); account !== undefined; account = waiting.shift()) await askOne(account)
  }
  async function askOne(account: readonly Row[]): Promise<void> {
    for (const row of account) {
      try {
        if (await ask(row)) changed += 1
      } catch (error) {
        if (error instanceof PaymentGatewayMisconfigured) continue
        if (error instanceof PaymentGatewayUnavailable) return
        failures.push(error)
      }
    }
  }

  await Promise.all(Array.from({ length: ACCOUNTS_AT_ONCE }, askAccounts))
  if (failures.length > 0) throw failures[0]
  return changed
}

function accountsOf<Row extends Pick<PaymentOrigin, 'provider' | 'integrationId'>>(
  rows: readonly Row[],
): Map<string, Row[]> {
  const accounts = new Map<string, Row[]>()
  for (const row of rows) {
    const account = `${row.provider} ${row.integrationId ?? ''}`
    const others = accounts.get(account)
    if (others === undefined) accounts.set(account, [row])
    else others.push(row)
  }
  return accounts
}
