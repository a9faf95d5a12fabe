import type { ServerResponse } from 'node:http'
import type { StandInAccount } from './account.ts'
import { decline, expireDueSessions, leave, type Move, pay, payLater } from './checkout.ts'
import { payPage, unknownSessionPage } from './pay-page.ts'

const PATH = /^\/c\/pay\/([A-Za-z0-9_]+)$/

/** Serves the page of a session and the buttons on it; false when the address is none of these. */
export function answerPayPage(
  accounts: Iterable<StandInAccount>,
  call: { method: string; path: string; bodyText: string },
  response: ServerResponse,
): boolean {
  const id = PATH.exec(call.path)?.[1]
  if (id === undefined) return false
  const account = [...accounts].find((one) => one.sessions.has(id))
  if (account === undefined) {
    sendPage(response, 404, unknownSessionPage())
    return true
  }
  expireDueSessions(account)
  const show = (status: number, notice: string | null) =>
    sendPage(response, status, payPage(account, account.session(id), notice))
  if (call.method !== 'POST') {
    show(200, null)
    return true
  }
  switch (new URLSearchParams(call.bodyText).get('action')) {
    case 'pay':
      follow(pay(account, id))
      break
    case 'later':
      follow(payLater(account, id))
      break
    case 'decline':
      if (decline(account, id).outcome === 'moved') show(402, 'Your card was declined. Try another one.')
      else show(410, null)
      break
    case 'cancel':
      redirect(response, leave(account, id) ?? '/')
      break
    default:
      show(400, 'Choose one of the buttons.')
  }
  return true

  function follow(move: Move): void {
    if (move.outcome === 'expired') show(410, null)
    else redirect(response, move.leadsTo)
  }
}

function redirect(response: ServerResponse, location: string): void {
  response.writeHead(303, { location }).end()
}

function sendPage(response: ServerResponse, status: number, html: string): void {
  response
    .writeHead(status, {
      'content-type': 'text/html; charset=utf-8',
      'cache-control': 'no-store',
      'referrer-policy': 'no-referrer',
    })
    .end(html)
}
