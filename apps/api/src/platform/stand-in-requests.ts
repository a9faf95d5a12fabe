import type { FastifyInstance } from 'fastify'
import { AppError } from '../errors/app-error.ts'

/** Answers 404 to an address that holds U+0000, which PostgreSQL cannot look for. */
export function refuseUnstorable(app: FastifyInstance): void {
  app.addHook('onRequest', async (request) => {
    if (request.url.includes('%00')) throw new AppError('not_found')
  })
}

/** Lets the forms of a stand-in's pages come in; only within the plugin that asks for it. */
export function acceptForms(app: FastifyInstance): void {
  app.addContentTypeParser(
    'application/x-www-form-urlencoded',
    { parseAs: 'string', bodyLimit: 10_000 },
    async (_request: unknown, body: string | Buffer) => Object.fromEntries(new URLSearchParams(String(body))),
  )
}

/**
 * Keeps other sites' pages, open in the same browser, from reading a stand-in or working it: the API's permission for all
 * origins is taken back here, and a change that another origin asks for is refused with 403 `origin_not_allowed`.
 */
export function sameSiteOnly(app: FastifyInstance): void {
  app.addHook('onRequest', async (request, reply) => {
    for (const name of ['access-control-allow-origin', 'access-control-expose-headers']) reply.removeHeader(name)
    if (request.method === 'GET' || request.method === 'HEAD') return
    const { origin } = request.headers
    const site = request.headers['sec-fetch-site']
    // Browsers say the relation themselves, where they trust the address; else the origin tells.
    const isForeign =
      site === undefined
        ? origin !== undefined && hostOf(origin) !== request.host
        : site !== 'same-origin' && site !== 'none'
    if (isForeign) throw new AppError('origin_not_allowed')
  })
}

/** Null for `null`, which a sandboxed page sends. */
function hostOf(origin: string): string | null {
  try {
    return new URL(origin).host
  } catch {
    return null
  }
}
