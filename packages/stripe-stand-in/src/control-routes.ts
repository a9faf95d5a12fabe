import type { ServerResponse } from 'node:http'
import type { AccountControl } from './account-control.ts'
import type { OperationName } from './contract.ts'
import type { Fault } from './faults.ts'
import type { StripeStandIn } from './stand-in.ts'
import { StripeError } from './stripe-error.ts'

interface ControlBody {
  now?: string | null
  amount?: number
  times?: number
  operation?: OperationName | 'any'
  fault?: Fault
  isOut?: boolean
}

/**
 * The control of a stand-in that runs as a program of its own, below `/stand-in/`: JSON in, JSON out, for the first
 * account. A test in the same process calls the object instead.
 *
 *     GET  calls, violations, events, sessions, captured
 *     POST sessions/{id}/{pay|decline|pay-later|settle|fail|refund|dispute}, refunds/{id}/{settle|fail}
 *     POST events/{id}/deliver {times}
 *     PUT  clock {now}, faults {operation, fault, times}, outage {isOut}
 */
export async function answerControl(
  standIn: StripeStandIn,
  call: { method: string; path: string; bodyText: string },
  response: ServerResponse,
): Promise<void> {
  const body = (call.bodyText === '' ? {} : JSON.parse(call.bodyText)) as ControlBody
  const [what = '', id = '', move = ''] = call.path.slice('/stand-in/'.length).split('/')
  try {
    const answer = await answerTo(standIn, { method: call.method, what, id, move, body })
    if (answer === undefined) send(response, 404, { error: `${call.method} ${call.path} is nothing.` })
    else send(response, 200, answer)
  } catch (error) {
    if (!(error instanceof StripeError)) throw error
    send(response, error.status, { error: error.body })
  }
}

interface ControlCall {
  method: string
  what: string
  id: string
  move: string
  body: ControlBody
}

async function answerTo(standIn: StripeStandIn, call: ControlCall): Promise<unknown> {
  const { account } = standIn
  switch (`${call.method} ${call.what}`) {
    case 'GET calls':
      return standIn.calls
    case 'GET violations':
      return standIn.violations
    case 'GET events':
      return account.events()
    case 'GET sessions':
      return account.sessions()
    case 'GET captured':
      return account.captured()
    case 'POST sessions':
      return moveSession(account, call)
    case 'POST refunds':
      return call.move === 'fail' ? account.failRefund(call.id) : account.settleRefund(call.id)
    case 'POST events':
      return account.deliver(call.id, { times: call.body.times ?? 1 })
    case 'PUT clock':
      standIn.moveClock(typeof call.body.now === 'string' ? new Date(call.body.now) : null)
      return { now: standIn.now().toISOString() }
    case 'PUT faults':
      if (call.body.fault === undefined) standIn.faults.clear()
      else standIn.faults.next(call.body.operation ?? 'any', call.body.fault, call.body.times ?? 1)
      return {}
    case 'PUT outage':
      standIn.faults.outage(call.body.isOut ?? false)
      return {}
    default:
      return undefined
  }
}

function moveSession(account: AccountControl, { id, move, body }: ControlCall): unknown {
  switch (move) {
    case 'pay':
      return account.pay(id)
    case 'decline':
      return account.decline(id)
    case 'pay-later':
      return account.payLater(id)
    case 'settle':
      return account.settle(id)
    case 'fail':
      return account.fail(id)
    case 'refund':
      return account.refundInDashboard(id, body.amount)
    case 'dispute':
      return account.dispute(id)
    default:
      return undefined
  }
}

function send(response: ServerResponse, status: number, body: unknown): void {
  response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body))
}
