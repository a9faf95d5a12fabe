import { randomBytes } from 'node:crypto'
import type { IncomingMessage, ServerResponse } from 'node:http'
import { setTimeout as pause } from 'node:timers/promises'
import { API_VERSION, type StandInAccount } from './account.ts'
import { expireDueSessions } from './checkout.ts'
import { checkParameters, type OperationName, operationOf, type Parameters } from './contract.ts'
import { expanded } from './expansion.ts'
import type { Fault, Faults } from './faults.ts'
import { decodeForm, type FormFields, UnreadableForm } from './form-encoding.ts'
import type { KeptAnswer } from './idempotency-keys.ts'
import { execute } from './operations.ts'
import { invalidRequest, StripeError } from './stripe-error.ts'

/** One API call as it went. `status` null: the caller got no answer. */
export interface ApiCall {
  account: string | null
  operation: OperationName | null
  method: string
  path: string
  parameters: FormFields
  idempotencyKey: string | null
  status: number | null
  /** Answered from what was kept under the key. */
  replayed: boolean
  fault: Fault['kind'] | 'outage' | null
}

/** Something that a caller did and Stripe's contract or limits do not allow. */
export interface Violation {
  operation: OperationName | null
  message: string
  param: string | null
}

export interface ApiState {
  accounts: ReadonlyMap<string, StandInAccount>
  faults: Faults
  calls: ApiCall[]
  violations: Violation[]
}

/** Stripe's codes for what can rightly happen to a careful caller: no violation of the contract. */
const RIGHTLY_REFUSED = new Set([
  'resource_missing',
  'charge_already_refunded',
  'charge_disputed',
  'idempotency_key_in_use',
])

/** Answers one call of Stripe's API, with whatever fault it meets. */
export async function answerApiCall(
  state: ApiState,
  request: IncomingMessage,
  response: ServerResponse,
  bodyText: string,
): Promise<void> {
  const url = new URL(request.url ?? '/', 'http://stripe')
  const method = request.method ?? 'GET'
  const keyHeader = request.headers['idempotency-key']
  const call: ApiCall = {
    account: null,
    operation: null,
    method,
    path: url.pathname,
    parameters: {},
    idempotencyKey: typeof keyHeader === 'string' ? keyHeader : null,
    status: null,
    replayed: false,
    fault: null,
  }
  state.calls.push(call)
  call.operation = operationOf(method, call.path)?.name ?? null
  if (state.faults.isOut(call.operation)) {
    call.fault = 'outage'
    request.socket.destroy()
    return
  }
  const requestId = `req_${randomBytes(8).toString('hex')}`
  try {
    const prepared = prepare(state, request, call, method === 'GET' ? url.search : bodyText)
    const fault = state.faults.take(prepared.operation)
    call.fault = fault?.kind ?? null
    const answer = await answered(prepared, call, fault, requestId)
    if (answer === null) request.socket.destroy()
    else send(response, call, requestId, answer)
  } catch (error) {
    if (!(error instanceof StripeError)) throw error
    noteViolation(state, call, error)
    send(response, call, requestId, answerOf(error))
  }
}

interface Prepared {
  account: StandInAccount
  operation: OperationName
  id: string | null
  parameters: Parameters
  /** Null on a GET, and on a POST that came without one. */
  key: string | null
  asked: string
}

/** Who asks for what; everything that is refused before anything could happen. */
function prepare(state: ApiState, request: IncomingMessage, call: ApiCall, text: string): Prepared {
  const found = operationOf(call.method, call.path)
  if (found === null)
    throw new StripeError(404, {
      type: 'invalid_request_error',
      message: `Unrecognized request URL (${call.method}: ${call.path}).`,
    })
  const account = accountOf(state, request)
  call.account = account.id
  const version = request.headers['stripe-version']
  if (version !== API_VERSION)
    throw invalidRequest(`This account is asked with API version ${API_VERSION}, not ${String(version)}.`)
  const contentType = request.headers['content-type'] ?? ''
  if (call.method === 'POST' && !contentType.startsWith('application/x-www-form-urlencoded'))
    throw invalidRequest(`The content type of a POST is a form, not ${contentType}.`)
  call.parameters = formOf(text.startsWith('?') ? text.slice(1) : text)
  const checked = checkParameters(found.name, call.parameters)
  if (checked.refusal !== null) throw checked.refusal
  const { parameters } = checked
  return {
    account,
    operation: found.name,
    id: found.id,
    parameters,
    key: call.method === 'POST' ? call.idempotencyKey : null,
    asked: JSON.stringify([call.method, call.path, call.parameters]),
  }
}

function accountOf(state: ApiState, request: IncomingMessage): StandInAccount {
  const header = request.headers.authorization ?? ''
  const secretKey = /^Bearer (\S+)$/.exec(header)?.[1]
  const account = secretKey === undefined ? undefined : state.accounts.get(secretKey)
  if (account !== undefined) return account
  throw new StripeError(401, {
    type: 'invalid_request_error',
    message:
      secretKey === undefined
        ? 'You did not provide an API key.'
        : `Invalid API Key provided: ${secretKey.slice(0, 8)}****${secretKey.slice(-4)}`,
  })
}

function formOf(text: string): FormFields {
  try {
    return decodeForm(text)
  } catch (error) {
    if (error instanceof UnreadableForm) throw invalidRequest(error.message)
    throw error
  }
}

/** The answer that reaches the caller; null when none does. */
async function answered(
  prepared: Prepared,
  call: ApiCall,
  fault: Fault | null,
  requestId: string,
): Promise<KeptAnswer | null> {
  if (fault?.kind === 'lose_before') return null
  if (fault?.kind === 'rate_limited')
    throw new StripeError(
      429,
      { type: 'rate_limit_error', message: 'Too many requests hit the API too quickly.' },
      false,
      fault.retryAfterSeconds ?? null,
    )
  const { account, key } = prepared
  const kept = key === null ? null : account.idempotencyKeys.begin(key, prepared.asked, account.now())
  if (kept !== null) call.replayed = true
  const answer = kept ?? (await executed(prepared, fault, requestId))
  if (fault?.kind === 'delay_after') await pause(fault.milliseconds)
  return fault?.kind === 'lose_after' ? null : answer
}

/** Executes a call for the first time under its key, and keeps what Stripe keeps of it. */
async function executed(prepared: Prepared, fault: Fault | null, requestId: string): Promise<KeptAnswer> {
  const { account, operation, id, parameters, key } = prepared
  if (fault?.kind === 'delay_before') await pause(fault.milliseconds)
  try {
    if (fault?.kind === 'refuse') throw new StripeError(fault.status, fault.error, true)
    if (fault?.kind === 'server_error' && !fault.executed) throw serverError()
    expireDueSessions(account)
    const result = account.causedBy({ requestId, idempotencyKey: key }, () =>
      execute(account, operation, id, parameters),
    )
    if (fault?.kind === 'server_error') throw serverError()
    const answer = { status: 200, body: JSON.stringify(expanded(account, result, parameters.expand), null, 2) }
    if (key !== null) account.idempotencyKeys.keep(key, answer)
    return answer
  } catch (error) {
    if (key !== null) {
      if (error instanceof StripeError && error.kept) account.idempotencyKeys.keep(key, answerOf(error))
      else account.idempotencyKeys.forget(key)
    }
    throw error
  }
}

function serverError(): StripeError {
  return new StripeError(500, { type: 'api_error', message: 'An unknown error occurred.' }, true)
}

function answerOf(error: StripeError): KeptAnswer {
  const { status, body, retryAfterSeconds } = error
  return {
    status,
    body: JSON.stringify({ error: body }, null, 2),
    ...(retryAfterSeconds === null ? {} : { headers: { 'retry-after': String(retryAfterSeconds) } }),
  }
}

function noteViolation(state: ApiState, call: ApiCall, error: StripeError): void {
  const isRightful =
    error.kept || (error.body.code !== undefined && RIGHTLY_REFUSED.has(error.body.code)) || error.status === 429
  // A key that nobody knows is how a wrong key is found out; no key at all is a mistake.
  const isUnknownKey = error.status === 401 && error.message.startsWith('Invalid API Key')
  if (isRightful || isUnknownKey) return
  state.violations.push({ operation: call.operation, message: error.message, param: error.body.param ?? null })
}

function send(response: ServerResponse, call: ApiCall, requestId: string, answer: KeptAnswer): void {
  call.status = answer.status
  response.writeHead(answer.status, {
    'content-type': 'application/json',
    'request-id': requestId,
    'stripe-version': API_VERSION,
    ...(call.idempotencyKey === null ? {} : { 'idempotency-key': call.idempotencyKey }),
    ...(call.replayed ? { 'idempotent-replayed': 'true' } : {}),
    ...answer.headers,
  })
  response.end(answer.body)
}
