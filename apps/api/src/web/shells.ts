import { randomBytes } from 'node:crypto'
import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { gzipSync } from 'node:zlib'
import fastifyStatic from '@fastify/static'
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import fastifyPlugin from 'fastify-plugin'
import { AppError } from '../errors/app-error.ts'
import { isApiPath, shellOf } from './paths.ts'

/** What the build writes where each answer's own nonce belongs. */
const NONCE_MARK = '__CSP_NONCE__'

function contentSecurityPolicy(nonce: string, frameAncestors: string): string {
  return [
    "default-src 'none'",
    "base-uri 'none'",
    "connect-src 'self'",
    "font-src 'self'",
    // The test checkout answers its forms with a redirect back to our own pages; Stripe is reached by navigation.
    "form-action 'self'",
    `frame-ancestors ${frameAncestors}`,
    "img-src 'self' data: https:",
    "manifest-src 'self'",
    `script-src 'nonce-${nonce}' 'strict-dynamic' 'self'`,
    `style-src 'self' 'nonce-${nonce}'`,
  ].join('; ')
}

/** The module that each kind of customer page needs beyond its entry, as the build's manifest names it. */
const PAGE_MODULES: readonly (readonly [prefix: string, module: string])[] = [
  ['/book/return/', 'src/customer/routes/booking-return-page.tsx'],
  ['/book/', 'src/customer/routes/booking-page.tsx'],
  ['/feedback/', 'src/customer/routes/feedback-page.tsx'],
  ['/f/', 'src/customer/routes/form-page.tsx'],
  ['/embed/', 'src/customer/routes/form-page.tsx'],
]
/** The compression plugin knows routes only, and a page is what no route answers. */
const GZIP_ACCEPTED = /\bgzip\b(?!\s*;\s*q=0(\.0*)?\s*(,|$))/
const BOOKING_PAGE = /^\/book\/([\w-]+)\/?$/
const STYLESHEET_LINKS = /\s*<link rel="stylesheet"[^>]*>/g

/** Where the page draws itself, as the shell has it. */
const EMPTY_ROOT = '<div id="root"></div>'

type Manifest = Record<string, { file: string; imports?: string[]; css?: string[] }>

/**
 * The customer's shell for each kind of page, with its styles inside and its modules asked for together with the entry:
 * on a slow phone that saves a round trip before anything is seen, and no script waits for a style sheet.
 *
 * The link that stays behind for each style is switched off: it keeps the build's loader from asking for the same again.
 */
function customerPages(
  shell: string,
  manifest: Manifest,
  read: (name: string) => string | null,
): readonly (readonly [prefix: string, page: string])[] {
  const entry = filesOf(manifest, 'customer.html')
  return [...PAGE_MODULES, ['/', null] as const].map(([prefix, module]) => {
    const files = [...new Set([...entry, ...(module === null ? [] : filesOf(manifest, module))])]
    const tags = files.map((file) => {
      if (!file.endsWith('.css'))
        return entry.includes(file) ? '' : `<link rel="modulepreload" nonce="${NONCE_MARK}" href="/${file}">`
      return `<style nonce="${NONCE_MARK}">${read(file) ?? ''}</style><link rel="stylesheet" href="/${file}" disabled>`
    })
    return [prefix, shell.replaceAll(STYLESHEET_LINKS, '').replace('</head>', () => `${tags.join('')}</head>`)] as const
  })
}

function filesOf(manifest: Manifest, name: string, seen = new Set<string>()): string[] {
  const chunk = manifest[name]
  if (chunk === undefined || seen.has(name)) return []
  seen.add(name)
  return [chunk.file, ...(chunk.css ?? []), ...(chunk.imports ?? []).flatMap((one) => filesOf(manifest, one, seen))]
}

interface EarlyAnswer {
  status: number
  contentType: unknown
  body: string
}

/** What is in the page's root element, and styles for its head; made by `customer/prerender.tsx` in the web app. */
interface PrerenderedPage {
  html: string
  styles: string
}

/** The build's own function that draws the beginning of the booking page; without a build it draws nothing. */
async function readPrerender(webRoot: string): Promise<(body: string) => PrerenderedPage | null> {
  const file = join(webRoot, 'prerender/prerender.mjs')
  if (!existsSync(file)) return () => null
  const built: { prerenderBookingPage: (body: string) => PrerenderedPage | null } = await import(
    pathToFileURL(file).href
  )
  return built.prerenderBookingPage
}

export interface WebOptions {
  /** Where the build lies. */
  webRoot: string
  /** The sites that may show an organization's form in a frame; by its slug, none when there is no such organization. */
  embeddingOrigins: (slug: string) => Promise<readonly string[]>
}

/**
 * Serves the built web app: `/assets/*` as immutable files with the build's own compression, and for every other GET
 * that accepts HTML the shell of its prefix, with a fresh nonce, never stored. Only `/embed/{org}/…` may
 * be framed, by the sites that its organization has listed. Everything else is a problem.
 */
export const webPlugin = fastifyPlugin<WebOptions>(
  async (app: FastifyInstance, { webRoot, embeddingOrigins }) => {
    const read = (name: string) => (existsSync(join(webRoot, name)) ? readFileSync(join(webRoot, name), 'utf8') : null)
    const staffPage = read('index.html')
    const pages = customerPages(
      read('customer.html') ?? '',
      JSON.parse(read('manifest.json') ?? '{}') as Manifest,
      read,
    )

    if (existsSync(join(webRoot, 'assets')))
      await app.register(async (assets) => {
        assets.addHook('onRoute', (route) => {
          route.config = { ...route.config, audience: ['public'] }
          route.schema = { ...route.schema, hide: true }
        })
        await assets.register(fastifyStatic, {
          root: join(webRoot, 'assets'),
          prefix: '/assets/',
          preCompressed: true,
          immutable: true,
          maxAge: '365d',
          index: false,
          decorateReply: false,
          wildcard: true,
        })
      })
    for (const name of ['favicon.svg', 'robots.txt']) {
      const file = read(name)
      if (file !== null)
        app.get(`/${name}`, { config: { audience: ['public'] }, schema: { hide: true } }, async (_request, reply) =>
          reply
            .type(name.endsWith('.svg') ? 'image/svg+xml' : 'text/plain; charset=utf-8')
            .header('cache-control', 'public, max-age=86400')
            .send(file),
        )
    }

    function pageOf(path: string): string | null {
      if (shellOf(path) === 'staff') return staffPage
      return pages.find(([prefix]) => path.startsWith(prefix))?.[1] || null
    }

    const prerender = await readPrerender(webRoot)

    /**
     * What the booking page asks first, answered along with its HTML: one round trip less on a slow phone. It is the same
     * call as the page's own, with its limits and its refusals, and like the call changes nothing.
     */
    async function earlyAnswer(request: FastifyRequest, path: string): Promise<EarlyAnswer | null> {
      const [, token] = BOOKING_PAGE.exec(path) ?? []
      if (token === undefined || request.method === 'HEAD') return null
      const answer = await app.inject({
        url: '/v1/scheduling',
        headers: { authorization: `Bearer ${token}` },
        remoteAddress: request.ip,
      })
      return { status: answer.statusCode, contentType: answer.headers['content-type'], body: answer.body }
    }

    /** The beginning of the booking page, drawn from its first answer; a page without it draws itself. */
    function prerendered(request: FastifyRequest, early: EarlyAnswer): PrerenderedPage | null {
      if (early.status !== 200) return null
      try {
        return prerender(early.body)
      } catch (error) {
        request.log.error({ err: error }, 'the beginning of the booking page could not be drawn')
        return null
      }
    }

    function withEarlyAnswer(html: string, request: FastifyRequest, early: EarlyAnswer, nonce: string): string {
      const start = prerendered(request, early)
      // No text of it can end the element that it stands in.
      const json = JSON.stringify(early).replaceAll('<', '\\u003c')
      const answer = `<script type="application/json" id="early-scheduling">${json}</script>`
      const styles = start === null ? '' : `<style nonce="${nonce}">${start.styles}</style>`
      return html
        .replace('</head>', () => `${answer}${styles}</head>`)
        .replace(EMPTY_ROOT, () => `<div id="root">${start?.html ?? ''}</div>`)
    }

    async function sendShell(request: FastifyRequest, reply: FastifyReply, path: string): Promise<FastifyReply> {
      const [, first, slug] = path.split('/')
      const origins = first === 'embed' && slug !== undefined ? await embeddingOrigins(slug) : []
      // Browsers that know frame-ancestors go by it; the older header knows no list.
      if (origins.length > 0) reply.removeHeader('x-frame-options')
      const page = pageOf(path)
      if (page === null)
        throw new AppError('not_found', { detail: 'The web app is not built. Run "npm start", or "pnpm build" first.' })
      const nonce = randomBytes(16).toString('base64url')
      const isPacked = GZIP_ACCEPTED.test(request.headers['accept-encoding'] ?? '')
      reply
        .code(200)
        .type('text/html; charset=utf-8')
        .headers({
          'cache-control': 'no-store',
          'content-security-policy': contentSecurityPolicy(nonce, origins.length > 0 ? origins.join(' ') : "'none'"),
          // The address of a customer's page can be a secret, so no other site may learn it.
          'referrer-policy': shellOf(path) === 'customer' ? 'no-referrer' : 'same-origin',
          vary: 'accept, accept-encoding',
        })
      if (isPacked) reply.header('content-encoding', 'gzip')
      if (request.method === 'HEAD') return reply.send('')
      const early = await earlyAnswer(request, path)
      const shell = page.replaceAll(NONCE_MARK, nonce)
      const html = early === null ? shell : withEarlyAnswer(shell, request, early, nonce)
      return reply.send(isPacked ? gzipSync(html) : html)
    }

    app.setNotFoundHandler((request, reply) => {
      const path = request.url.split('?', 1)[0] ?? '/'
      const isPage =
        (request.method === 'GET' || request.method === 'HEAD') && !isApiPath(path) && !path.startsWith('/assets/')
      const acceptsHtml = request.headers.accept === undefined || /text\/html|\*\/\*/.test(request.headers.accept)
      if (isPage && acceptsHtml) return sendShell(request, reply, path)
      throw new AppError('not_found')
    })
  },
  { name: 'web', dependencies: ['errors'] },
)
