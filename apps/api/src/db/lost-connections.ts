import { isDatabaseUnavailable } from './pg-errors.ts'

/**
 * Keeps the process at work when the database goes away in the moment in which a connection to it is opened.
 *
 * postgres.js 3.4 asks every new connection for the array types and lets nobody see that fail, which Node.js answers by
 * ending the process. Whoever waits for the connection is told all the same, so nothing is lost by going on: `onLost` is
 * called. Any other failure that nobody saw ends the process as before.
 */
export function outliveLostConnections(onLost: () => void): void {
  process.on('unhandledRejection', (reason) => {
    if (!isLookUpOfTypes(reason)) throw reason
    onLost()
  })
}

function isLookUpOfTypes(reason: unknown): boolean {
  const { query } = (reason ?? {}) as { query?: unknown }
  return typeof query === 'string' && query.includes('typarray') && isDatabaseUnavailable(reason)
}
