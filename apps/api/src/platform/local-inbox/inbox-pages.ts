import type { TestCalendarEvent } from '../calendars/test-calendar.ts'
import { escaped, type Html, html, type StandInPage, trusted } from '../stand-in-page.ts'
import { INBOX_LISTED_MAX, type InboxMessage, type InboxSummary } from './inbox-store.ts'

export const MESSAGE_VIEWS = ['html', 'text', 'headers'] as const
export type MessageView = (typeof MESSAGE_VIEWS)[number]

/** The list of mails and, beside it on wide screens, the one that is open. */
export function mailPage(input: {
  summaries: InboxSummary[]
  version: string
  search: string
  open: { message: InboxMessage; view: MessageView } | null
}): StandInPage {
  const { summaries, version, search, open } = input
  const body = html`${frame('mail', open === null)}
<main class="panes ${open ? 'with-message' : ''}">
  <section class="list-pane" aria-label="Mails">
    <form class="search" method="get" action="/inbox" role="search">
      <label class="hidden-text" for="search">Find by subject, sender or recipient</label>
      <input id="search" name="search" type="search" value="${search}" placeholder="Subject, sender or recipient" autocomplete="off">
      <button class="button" type="submit">Find</button>
    </form>
    <div id="mail-list" data-version="${version}">${mailList(summaries, search, open?.message.id ?? null)}</div>
    ${
      summaries.length > 0
        ? html`<form class="empty-inbox" method="post" action="/inbox/empty" data-confirm="Delete every mail in this inbox?">
      <button class="button" type="submit">Delete all mail</button></form>`
        : null
    }
  </section>
  <section class="message-pane" aria-label="Open mail">${open ? message(open.message, open.view) : nothingOpen(summaries)}</section>
</main>
<p class="hidden-text" id="news" role="status"></p>`
  return { title: open ? `${open.message.subject} · Local inbox` : 'Local inbox', body, styles: STYLES, script: SCRIPT }
}

/** Where the product's clock stands, and how to move it. */
export function clockPage(input: { now: Date; unmoved: Date; movedBy: number }): StandInPage {
  const { now, unmoved, movedBy } = input
  const step = (label: string, by: string) => html`<form method="post" action="/inbox/clock">
    <input type="hidden" name="by" value="${by}"><button class="button wide" type="submit">${label}</button></form>`
  const body = html`${frame('clock')}
<main class="narrow wide-narrow">
  <div class="card">
    <h1>Product clock</h1>
    <p>Rules, holds and due work go by this clock. Move it to try tomorrow today. Sign-in keeps to the real time.</p>
    <dl class="facts">
      <dt>Product time</dt><dd>${instant(now)}</dd>
      <dt>Real time</dt><dd>${instant(unmoved)}</dd>
      <dt>Moved by</dt><dd>${movedBy === 0 ? 'nothing' : span(movedBy)}</dd>
    </dl>
    <div class="steps">${step('+15 min', '900')}${step('+1 hour', '3600')}${step('+1 day', '86400')}${step('+1 week', '604800')}</div>
    <form class="move" method="post" action="/inbox/clock">
      <label for="now">Move to (UTC)</label>
      <div class="row"><input id="now" name="now" type="datetime-local" required value="${now.toISOString().slice(0, 16)}">
      <button class="button primary" type="submit">Move</button></div>
    </form>
    <form method="post" action="/inbox/clock"><input type="hidden" name="back" value="true">
      <button class="button wide" type="submit">Back to the real time</button></form>
  </div>
</main>`
  return { title: 'Product clock · Local inbox', body, styles: STYLES, script: SCRIPT }
}

/** What the test calendars hold. */
export function calendarPage(events: TestCalendarEvent[]): StandInPage {
  const body = html`${frame('calendar')}
<main class="narrow wide-narrow">
  <div class="card">
    <h1>Test calendars</h1>
    ${
      events.length === 0
        ? html`<p>Nothing here yet. A confirmed booking of a trainer whose test calendar is connected appears here.</p>`
        : html`<ul class="events">${events.map(
            (event) => html`<li>
          <strong>${event.title}</strong> <span class="kind">${event.bookingId ? 'Booking' : event.kind === 'busy' ? 'Busy' : 'Out of office'}</span>
          <p>${instant(event.startAt)} to ${instant(event.endAt)}</p>
          <p class="muted small">Person ${event.userId}${event.bookingId ? html` · booking ${event.bookingId}` : null}</p>
          ${event.description ? html`<p class="small description">${event.description}</p>` : null}
        </li>`,
          )}</ul>`
    }
  </div>
</main>`
  return { title: 'Test calendars · Local inbox', body, styles: STYLES, script: SCRIPT }
}

/** Shown for a mail that was deleted or never was. */
export function noSuchMailPage(): StandInPage {
  const body = html`${frame('mail')}
<main class="narrow"><div class="card"><h1>This mail is not here</h1><p>It may have been deleted.</p>
<a class="button" href="/inbox">All mail</a></div></main>`
  return { title: 'Not here · Local inbox', body, styles: STYLES, status: 404 }
}

/**
 * The HTML body of a mail as a document of its own: links open a new tab, pictures that came along are found. It is only
 * ever served in a sandbox.
 */
export function bodyDocument(message: InboxMessage): string {
  const body = (message.html ?? '').replace(/cid:([^"'\s>)]+)/gi, (whole, id: string) => {
    const index = message.attachments.findIndex(({ contentId }) => contentId === id)
    return index === -1 ? whole : `/inbox/messages/${message.id}/attachments/${index}`
  })
  const head = '<meta charset="utf-8"><base target="_blank">'
  const opened = body.replace(/<head\b[^>]*>/i, (tag) => `${tag}${head}`)
  return opened === body
    ? `<!doctype html><html lang="en"><head>${head}<title>Mail</title></head><body>${body}</body></html>`
    : opened
}

function frame(current: 'mail' | 'calendar' | 'clock', isHeading = false): Html {
  const place = (key: typeof current, href: string, label: string) =>
    html`<a href="${href}" ${key === current ? trusted('aria-current="page"') : null}>${label}</a>`
  // Beside an open mail, or on the other pages, the page's own heading is the first.
  return html`<header><p class="test-mark">Local inbox: this machine caught these mails. None of them was sent.</p>
<div class="top">${isHeading ? html`<h1 class="name">Local inbox</h1>` : html`<span class="name">Local inbox</span>`}
<nav aria-label="Local inbox">${place('mail', '/inbox', 'Mail')}${place('calendar', '/inbox/calendar', 'Calendars')}${place('clock', '/inbox/clock', 'Clock')}</nav></div></header>`
}

function mailList(summaries: InboxSummary[], search: string, openId: string | null): Html {
  if (summaries.length === 0) {
    return search
      ? html`<div class="nothing"><p>No mail matches “${search}”.</p><p><a href="/inbox">Show all mail</a></p></div>`
      : html`<div class="nothing"><p><strong>No mail yet</strong></p>
        <p class="muted">Every mail that the product sends on this machine lands here. Send in a request, and the trainers who may take it hear of it here.</p></div>`
  }
  const suffix = search ? `?search=${encodeURIComponent(search)}` : ''
  return html`<p class="count muted small">${summaries.length === INBOX_LISTED_MAX ? `The newest ${INBOX_LISTED_MAX} mails` : summaries.length === 1 ? '1 mail' : `${summaries.length} mails`}</p>
<ul class="mails">${summaries.map(
    (
      mail,
    ) => html`<li><a href="/inbox/messages/${mail.id}${suffix}" ${mail.id === openId ? trusted('aria-current="true"') : null}>
    <span class="subject">${mail.subject || '(no subject)'}</span>
    <span class="line"><span>To ${mail.to}</span> ${instant(new Date(mail.receivedAt), 'short')}</span>
    <span class="line muted">${mail.from}</span></a></li>`,
  )}</ul>`
}

function nothingOpen(summaries: InboxSummary[]): Html {
  return html`<div class="nothing"><p class="muted">${summaries.length > 0 ? 'Choose a mail to read it.' : 'The mail you choose is shown here.'}</p></div>`
}

function message(mail: InboxMessage, view: MessageView): Html {
  const tab = (key: MessageView, label: string) =>
    html`<a href="/inbox/messages/${mail.id}?view=${key}" ${key === view ? trusted('aria-current="page"') : null}>${label}</a>`
  return html`<article>
  <p class="back"><a href="/inbox">All mail</a></p>
  <h1>${mail.subject || '(no subject)'}</h1>
  <dl class="facts">
    <dt>From</dt><dd>${mail.from}</dd>
    <dt>To</dt><dd>${mail.to}</dd>
    ${mail.replyTo ? html`<dt>Reply to</dt><dd>${mail.replyTo}</dd>` : null}
    <dt>Received</dt><dd>${instant(new Date(mail.receivedAt))}</dd>
  </dl>
  ${
    mail.attachments.length > 0
      ? html`<ul class="attachments" aria-label="Attachments">${mail.attachments.map(
          (part, index) =>
            html`<li><a class="button" href="/inbox/messages/${mail.id}/attachments/${index}" download>${part.filename} <span class="muted small">${part.contentType}</span></a></li>`,
        )}</ul>`
      : null
  }
  <nav class="tabs" aria-label="Ways to read this mail">${mail.html === null ? null : tab('html', 'As designed')}${tab('text', 'Plain text')}${tab('headers', 'Headers')}</nav>
  ${messageBody(mail, view)}
</article>`
}

function messageBody(mail: InboxMessage, view: MessageView): Html {
  if (view === 'headers') {
    return html`<dl class="facts headers">${Object.entries(mail.headers).map(
      ([name, value]) => html`<dt>${name}</dt><dd>${value}</dd>`,
    )}</dl>`
  }
  if (view === 'html' && mail.html !== null) {
    return html`<iframe class="body" title="Body of the mail" src="/inbox/messages/${mail.id}/html" referrerpolicy="no-referrer"
      sandbox="allow-popups allow-popups-to-escape-sandbox allow-top-navigation-by-user-activation"></iframe>`
  }
  return mail.text === null
    ? html`<p class="muted">This mail has no plain text.</p>`
    : html`<div class="body plain">${linked(mail.text)}</div>`
}

/** Plain text with its web addresses as links. */
function linked(text: string): Html {
  const parts = text.split(/(https?:\/\/[^\s<>"']+[^\s<>"'.,;:!?)\]])/g)
  return trusted(
    parts
      .map((part, index) =>
        index % 2 === 1
          ? `<a href="${escaped(part)}" target="_blank" rel="noreferrer">${escaped(part)}</a>`
          : escaped(part),
      )
      .join(''),
  )
}

const FULL = new Intl.DateTimeFormat('en-US', {
  weekday: 'short',
  month: 'short',
  day: 'numeric',
  year: 'numeric',
  hour: 'numeric',
  minute: '2-digit',
  second: '2-digit',
  timeZone: 'UTC',
  timeZoneName: 'short',
})
const SHORT = new Intl.DateTimeFormat('en-US', {
  month: 'short',
  day: 'numeric',
  hour: 'numeric',
  minute: '2-digit',
  timeZone: 'UTC',
  timeZoneName: 'short',
})

/** In UTC; the page's script says it in the reader's zone. */
function instant(at: Date, form: 'full' | 'short' = 'full'): Html {
  return html`<time datetime="${at.toISOString()}" data-form="${form}">${(form === 'full' ? FULL : SHORT).format(at)}</time>`
}

function span(milliseconds: number): string {
  const minutes = Math.round(Math.abs(milliseconds) / 60_000)
  const parts = [
    [Math.floor(minutes / 1440), 'd'],
    [Math.floor((minutes % 1440) / 60), 'h'],
    [minutes % 60, 'min'],
  ] as const
  const said = parts.filter(([count]) => count > 0).map(([count, unit]) => `${count} ${unit}`)
  return `${milliseconds < 0 ? 'back ' : ''}${said.join(' ') || 'less than a minute'}`
}

const STYLES = `
html, body { height: 100%; }
body { display: flex; flex-direction: column; }
.top { display: flex; flex-wrap: wrap; gap: 4px 24px; align-items: center; padding: 8px 16px; background: var(--card); border-bottom: 1px solid var(--line); }
.top .name { font-weight: 650; font-size: 1rem; }
.top nav { display: flex; gap: 4px; }
.top nav a, .tabs a { padding: 6px 12px; border-radius: 8px; text-decoration: none; color: var(--muted); }
.top nav a:hover, .tabs a:hover { background: var(--hover); }
.top nav a[aria-current], .tabs a[aria-current] { color: var(--text); background: var(--hover); font-weight: 600; }
.panes { flex: 1; min-height: 0; display: grid; grid-template-columns: minmax(280px, 380px) 1fr; }
.list-pane { border-right: 1px solid var(--line); background: var(--card); overflow-y: auto; min-height: 0; }
.message-pane { overflow-y: auto; min-height: 0; }
.search { display: flex; gap: 8px; padding: 16px 16px 8px; }
input { font: inherit; color: inherit; background: var(--page); border: 1px solid var(--muted); border-radius: 8px; padding: 8px 12px; min-height: 44px; min-width: 0; width: 100%; }
input::placeholder { color: var(--muted); opacity: 1; }
.count { padding: 0 16px 8px; }
.mails { list-style: none; margin: 0; padding: 0; border-top: 1px solid var(--line); }
.mails li { border-bottom: 1px solid var(--line); }
.mails a { display: grid; gap: 2px; padding: 12px 16px; color: inherit; text-decoration: none; border-left: 3px solid transparent; }
.mails a:hover { background: var(--hover); }
.mails a[aria-current] { background: var(--hover); border-left-color: var(--accent); }
.mails a:focus-visible { outline-offset: -3px; }
.subject { font-weight: 600; }
.line { display: flex; justify-content: space-between; gap: 12px; font-size: .875rem; }
.line time { white-space: nowrap; color: var(--muted); font-variant-numeric: tabular-nums; }
.nothing { padding: 48px 24px; text-align: center; display: grid; gap: 8px; max-width: 44ch; margin: 0 auto; }
.empty-inbox { padding: 16px; }
article { padding: 24px; display: flex; flex-direction: column; gap: 16px; min-height: 100%; max-width: 960px; }
.back { display: none; }
.attachments { list-style: none; margin: 0; padding: 0; display: flex; flex-wrap: wrap; gap: 8px; }
.attachments .button { gap: 8px; flex-wrap: wrap; white-space: normal; justify-content: flex-start; }
.tabs { display: flex; flex-wrap: wrap; gap: 4px; border-bottom: 1px solid var(--line); padding-bottom: 8px; }
.body { border: 1px solid var(--line); border-radius: 8px; width: 100%; flex: 1; min-height: 480px; background: Canvas; }
.body.plain { background: var(--card); padding: 16px; white-space: pre-wrap; min-height: 0; flex: none; }
.headers dd { font-family: ui-monospace, monospace; font-size: .875rem; }
.wide-narrow { max-width: 640px; width: 100%; }
.steps { display: grid; grid-template-columns: repeat(auto-fit, minmax(96px, 1fr)); gap: 8px; }
.move { display: grid; gap: 4px; grid-template-columns: minmax(0, 1fr); }
.row { display: flex; gap: 8px; flex-wrap: wrap; }
.row input { flex: 1 1 180px; }
.events { list-style: none; margin: 0; padding: 0; display: grid; gap: 16px; }
.events .kind { font-size: .875rem; color: var(--muted); }
.events .description { white-space: pre-wrap; }
@media (max-width: 760px) {
  html, body { height: auto; }
  .panes { display: block; }
  .list-pane { border-right: 0; min-height: 60vh; }
  .panes.with-message .list-pane, .panes:not(.with-message) .message-pane { display: none; }
  .back { display: block; }
  article { padding: 16px; }
}
@media (max-width: 360px) { .search { flex-wrap: wrap; } .line { flex-wrap: wrap; } }
`

/** Says times in the reader's zone, asks before deleting, and shows new mail without being asked. */
const SCRIPT = `
const forms = {
  full: new Intl.DateTimeFormat(undefined, { weekday: 'short', month: 'short', day: 'numeric', year: 'numeric', hour: 'numeric', minute: '2-digit', second: '2-digit', timeZoneName: 'short' }),
  short: new Intl.DateTimeFormat(undefined, { month: 'short', day: 'numeric', hour: 'numeric', minute: '2-digit' }),
}
function localize(root) {
  for (const time of root.querySelectorAll('time')) time.textContent = forms[time.dataset.form].format(new Date(time.dateTime))
}
localize(document)
for (const form of document.querySelectorAll('form[data-confirm]')) {
  form.addEventListener('submit', (event) => { if (!confirm(form.dataset.confirm)) event.preventDefault() })
}
const list = document.getElementById('mail-list')
async function look() {
  if (document.hidden) return
  const { version } = await (await fetch('/inbox/api/version')).json()
  if (version === list.dataset.version) return
  const text = await (await fetch(location.href)).text()
  // The body alone: the styles of another answer bear another nonce, which this page's policy reports as a breach.
  const page = new DOMParser().parseFromString(text.slice(text.indexOf('<body>')), 'text/html')
  const fresh = page.getElementById('mail-list')
  if (!fresh) return
  const focused = list.contains(document.activeElement) ? document.activeElement.getAttribute('href') : null
  const more = fresh.querySelectorAll('li').length - list.querySelectorAll('li').length
  list.replaceChildren(...fresh.childNodes)
  list.dataset.version = version
  localize(list)
  if (focused) for (const link of list.querySelectorAll('a')) if (link.getAttribute('href') === focused) link.focus()
  document.getElementById('news').textContent = more > 0 ? (more === 1 ? '1 new mail' : more + ' new mails') : 'The list changed'
}
if (list) {
  let looking = false
  const turn = async () => { if (looking) return; looking = true; try { await look() } catch {} finally { looking = false } }
  setInterval(turn, 2000)
  document.addEventListener('visibilitychange', turn)
}
`
