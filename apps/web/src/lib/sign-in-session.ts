import type { Schemas } from './api.ts'
import { answer, publicApi } from './api.ts'
import { ApiProblem } from './problem.ts'

/**
 * Who is signed in, in this browser.
 *
 * The access token lives in memory only. The refresh cookie rotates on every use and its reuse signs everybody out, so
 * refreshing happens in one tab at a time (Web Locks), and the tab that did it hands the new access token to the others
 * (BroadcastChannel): a tab that waited for the lock finds a fresh token and asks for nothing.
 */
export type SignInState = 'unknown' | 'signed_in' | 'signed_out'

type SignIn = Schemas['SignIn']
type AccessToken = { value: string; expiresAt: number }
type Message =
  | { kind: 'signed_in'; accessToken: AccessToken; userId: string }
  | { kind: 'signed_out'; onPurpose: boolean }

/** Local storage remembers only that there may be a cookie, so that a first visit asks the API for nothing. */
const MAY_BE_SIGNED_IN = 'ordinatus-signed-in'
const LOCK = 'ordinatus-refresh'
/**
 * When a refresh was sent whose answer has not been seen: a page that was loaded again in between never sees it, while
 * the browser still takes the new cookie from it.
 */
const ASKED_AT = 'ordinatus-refresh-asked-at'
/** An answer that takes longer than this is not waited for by the next page. */
const ANSWER_MS = 2_000
/** A token this close to its end is refreshed before it is used: the request would outlive it on a slow network. */
const MARGIN_MS = 30_000

let state: SignInState = 'unknown'
let accessToken: AccessToken | null = null
let userId: string | null = null
let hasLeft = false
let refreshing: Promise<string | null> | null = null
const listeners = new Set<() => void>()
const channel = typeof BroadcastChannel === 'undefined' ? null : new BroadcastChannel('ordinatus-sign-in')

// With storage switched off nothing is remembered: the next visit signs in again.
function remember(key: string, value: string): void {
  try {
    localStorage.setItem(key, value)
  } catch {}
}

function forget(key: string): void {
  try {
    localStorage.removeItem(key)
  } catch {}
}

function recall(key: string): string | null {
  try {
    return localStorage.getItem(key)
  } catch {
    return null
  }
}

function become(next: SignInState, token: AccessToken | null, who: string | null): void {
  accessToken = token
  if (next === 'signed_in') remember(MAY_BE_SIGNED_IN, 'yes')
  if (next === 'signed_out') forget(MAY_BE_SIGNED_IN)
  if (state === next && userId === who) return
  state = next
  userId = who
  for (const listener of listeners) listener()
}

function tell(message: Message): void {
  channel?.postMessage(message)
}

channel?.addEventListener('message', ({ data }: MessageEvent<Message>) => {
  if (data.kind === 'signed_in') {
    hasLeft = false
    become('signed_in', data.accessToken, data.userId)
  } else {
    hasLeft = data.onPurpose
    become('signed_out', null, null)
  }
})

/** The present state, for `useSyncExternalStore`. */
export function signInState(): SignInState {
  return state
}

/** Whether somebody signed out on purpose here: then nothing leads back to where they were. */
export function hasSignedOut(): boolean {
  return hasLeft
}

/** Whose screens these are; null when nobody is signed in. */
export function signedInUserId(): string | null {
  return userId
}

/** Calls back whenever somebody signs in or out, in this tab or another. Answers the function that ends it. */
export function onSignInChange(listener: () => void): () => void {
  listeners.add(listener)
  return () => listeners.delete(listener)
}

/** Takes up a successful sign-in or sign-up. */
export function beginSignIn(signIn: SignIn): void {
  hasLeft = false
  const token = { value: signIn.accessToken, expiresAt: Date.now() + signIn.expiresIn * 1000 }
  become('signed_in', token, signIn.user.id)
  tell({ kind: 'signed_in', accessToken: token, userId: signIn.user.id })
}

/** Signs out here and in every other tab; the screens close at once, even when the API cannot be reached. */
export async function endSignIn(): Promise<void> {
  hasLeft = true
  become('signed_out', null, null)
  tell({ kind: 'signed_out', onPurpose: true })
  await publicApi.POST('/v1/auth/logout').catch(() => undefined)
}

function usable(token: AccessToken | null): string | null {
  return token !== null && token.expiresAt - MARGIN_MS > Date.now() ? token.value : null
}

/** Waits for the cookie of a refresh that an earlier page sent and did not live to see answered. */
async function lastAnswer(): Promise<void> {
  const sinceAsked = Date.now() - Number(recall(ASKED_AT) ?? Number.NaN)
  if (sinceAsked >= 0 && sinceAsked < ANSWER_MS)
    await new Promise((resolve) => setTimeout(resolve, ANSWER_MS - sinceAsked))
}

async function askForToken(rejected: string | null): Promise<string | null> {
  await lastAnswer()
  const handedOver = usable(accessToken)
  // Another tab refreshed while this one waited for the lock.
  if (handedOver !== null && handedOver !== rejected) return handedOver
  try {
    remember(ASKED_AT, String(Date.now()))
    // Kept alive, so that loading the page again does not lose the cookie that the answer brings.
    const signIn = await answer(publicApi.POST('/v1/auth/refresh', { keepalive: true })).finally(() => forget(ASKED_AT))
    beginSignIn(signIn)
    return usable(accessToken)
  } catch (error) {
    if (!(error instanceof ApiProblem) || (error.status !== 401 && error.status !== 403)) throw error
    become('signed_out', null, null)
    tell({ kind: 'signed_out', onPurpose: false })
    return null
  }
}

/**
 * A working access token, refreshed when needed; null when nobody is signed in. `rejected` is a token that the API has
 * just refused. Throws `NoAnswer` when the API cannot be reached: that signs nobody out.
 */
export async function currentAccessToken(rejected: string | null = null): Promise<string | null> {
  if (state === 'signed_out') return null
  const token = usable(accessToken)
  if (token !== null && token !== rejected) return token
  refreshing ??= (
    'locks' in navigator ? navigator.locks.request(LOCK, () => askForToken(rejected)) : askForToken(rejected)
  ).finally(() => {
    refreshing = null
  })
  return await refreshing
}

/** Finds out, once at the start, whether this browser is still signed in. */
export async function restoreSignIn(): Promise<void> {
  if (state !== 'unknown') return
  let worthAsking = false
  try {
    worthAsking = localStorage.getItem(MAY_BE_SIGNED_IN) !== null
  } catch {
    worthAsking = true
  }
  if (worthAsking) await currentAccessToken()
  else become('signed_out', null, null)
}

/** Back to not knowing who is here, as after loading the page afresh. For tests. */
export function forgetSignIn(): void {
  state = 'unknown'
  accessToken = null
  userId = null
  hasLeft = false
  refreshing = null
}
