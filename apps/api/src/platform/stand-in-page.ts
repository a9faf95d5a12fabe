import { randomBytes } from 'node:crypto'
import type { FastifyReply } from 'fastify'

/** Text that is HTML already. Only {@link html} and {@link trusted} make it. */
export class Html {
  readonly markup: string

  constructor(markup: string) {
    this.markup = markup
  }
}

type Piece = string | number | null | undefined | false | Html | readonly Html[]

/** A template whose values are escaped, so that nothing a customer wrote becomes markup. Null, undefined and false are nothing. */
export function html(strings: TemplateStringsArray, ...pieces: Piece[]): Html {
  return new Html(strings.reduce((made, text, at) => made + text + (at < pieces.length ? written(pieces[at]) : ''), ''))
}

/** Our own constant markup (icons, style sheets), taken as it is. Never for anything that came from outside. */
export function trusted(markup: string): Html {
  return new Html(markup)
}

function written(piece: Piece): string {
  if (piece === null || piece === undefined || piece === false) return ''
  if (piece instanceof Html) return piece.markup
  if (Array.isArray(piece)) return piece.map((one: Html) => one.markup).join('')
  return escaped(String(piece))
}

const ENTITIES: Record<string, string> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;', "'": '&#39;' }

/** For text and for values in quotes. */
export function escaped(text: string): string {
  return text.replace(/[&<>"']/g, (sign) => ENTITIES[sign] ?? sign)
}

export interface StandInPage {
  title: string
  body: Html
  /** Beside the common look. */
  styles?: string
  script?: string
  /** Origins that a form on this page may end up at, beside our own: browsers judge redirects by this too. */
  formTargets?: readonly string[]
  status?: number
}

/**
 * Answers with one page of a stand-in (inbox, test checkout, test session): no outside assets, light and dark, styles and
 * script by a nonce of this answer, framed by nobody, kept by no cache.
 */
export function sendPage(reply: FastifyReply, page: StandInPage): FastifyReply {
  const nonce = randomBytes(16).toString('base64url')
  const policy = [
    "default-src 'none'",
    `style-src 'nonce-${nonce}'`,
    `script-src 'nonce-${nonce}'`,
    "connect-src 'self'",
    "img-src 'self' data:",
    "frame-src 'self'",
    `form-action 'self' ${(page.formTargets ?? []).join(' ')}`.trim(),
    "base-uri 'none'",
    "frame-ancestors 'none'",
  ].join('; ')
  const document = html`<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<meta name="robots" content="noindex">
<title>${page.title}</title>
<link rel="icon" href="data:,">
<style nonce="${nonce}">${trusted(COMMON_STYLES)}${trusted(page.styles ?? '')}</style>
</head>
<body>
${page.body}
${page.script ? html`<script nonce="${nonce}">${trusted(page.script)}</script>` : null}
</body>
</html>`
  return (
    reply
      .code(page.status ?? 200)
      .header('content-security-policy', policy)
      .header('x-content-type-options', 'nosniff')
      // Not "no-referrer": browsers would then hide the origin of our own forms, which is what tells them from others'.
      .header('referrer-policy', 'same-origin')
      .header('cache-control', 'no-store')
      .type('text/html; charset=utf-8')
      .send(document.markup)
  )
}

/** The customer pages' look (look.md): system font, greys, one accent, 8-pixel corners, hairlines. */
const COMMON_STYLES = `
:root {
  color-scheme: light dark;
  --page: #f6f7f8; --card: #ffffff; --text: #1a1d21; --muted: #565d66; --line: #dde1e6; --hover: #eef1f4;
  --accent: #1f5fbf; --on-accent: #ffffff; --note: #fff3d6; --note-text: #6a4700; --note-line: #e8c877;
  --good: #17683c; --bad: #b3261e;
}
@media (prefers-color-scheme: dark) {
  :root {
    --page: #131518; --card: #1b1e22; --text: #eceef0; --muted: #a5adb6; --line: #343a41; --hover: #252a30;
    --accent: #8ab4f8; --on-accent: #10233f; --note: #3a2f14; --note-text: #f5d78f; --note-line: #6b5720;
    --good: #7fd3a2; --bad: #f2a19b;
  }
}
*, *::before, *::after { box-sizing: border-box; }
html { -webkit-text-size-adjust: 100%; }
body {
  margin: 0; background: var(--page); color: var(--text);
  font: 16px/1.5 system-ui, -apple-system, "Segoe UI", Roboto, "Helvetica Neue", Arial, sans-serif;
  overflow-wrap: anywhere;
}
h1, h2 { font-size: 1.375rem; line-height: 1.25; margin: 0; font-weight: 650; }
p { margin: 0; }
a { color: var(--accent); }
:focus-visible { outline: 3px solid var(--accent); outline-offset: 2px; border-radius: 4px; }
.test-mark {
  background: var(--note); color: var(--note-text); border-bottom: 1px solid var(--note-line);
  padding: 8px 16px; text-align: center; font-size: .875rem; font-weight: 600;
}
.narrow { max-width: 480px; margin: 32px auto; padding: 0 16px; }
.card { background: var(--card); border: 1px solid var(--line); border-radius: 8px; padding: 24px; display: grid; gap: 16px; }
.card > * { min-width: 0; }
.muted { color: var(--muted); }
.small { font-size: .875rem; }
.button {
  display: inline-flex; align-items: center; justify-content: center; min-height: 44px; padding: 8px 16px;
  border: 1px solid var(--line); border-radius: 8px; background: var(--card); color: var(--text);
  font: inherit; font-weight: 550; text-decoration: none; white-space: nowrap; cursor: pointer;
}
.button:hover { background: var(--hover); }
.button.primary { background: var(--accent); border-color: var(--accent); color: var(--on-accent); }
.button.primary:hover { filter: brightness(.95); }
.button.wide { width: 100%; }
dl.facts { display: grid; grid-template-columns: max-content 1fr; gap: 4px 16px; margin: 0; font-variant-numeric: tabular-nums; }
dl.facts dt { color: var(--muted); }
dl.facts dd { margin: 0; }
.hidden-text { position: absolute; width: 1px; height: 1px; overflow: hidden; clip-path: inset(50%); white-space: nowrap; }
@media (max-width: 360px) { dl.facts { grid-template-columns: 1fr; } dl.facts dd { margin-bottom: 8px; } }
`
