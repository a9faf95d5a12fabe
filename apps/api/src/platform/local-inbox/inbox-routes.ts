import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import { AppError } from '../../errors/app-error.ts'
import type { TestCalendar } from '../calendars/test-calendar.ts'
import { sendPage } from '../stand-in-page.ts'
import { acceptForms, refuseUnstorable, sameSiteOnly } from '../stand-in-requests.ts'
import type { SystemClock } from '../system-clock.ts'
import {
  bodyDocument,
  calendarPage,
  clockPage,
  MESSAGE_VIEWS,
  type MessageView,
  mailPage,
  noSuchMailPage,
} from './inbox-pages.ts'
import type { InboxFilter, InboxStore } from './inbox-store.ts'

export interface LocalInboxRoutesOptions {
  store: InboxStore
  clock: Pick<SystemClock, 'now' | 'unmoved' | 'moveTo' | 'movedBy'>
  /** Does what became due by moving the clock; the answer waits for it. */
  onClockMoved: () => Promise<void>
  /** Null where the test calendar is not in use. */
  calendar: TestCalendar | null
  /** Whether somebody has connected a test calendar under this id. */
  hasCalendar: (userId: string) => Promise<boolean>
}

const text = (maxLength: number) => ({ type: 'string', maxLength })
const object = (properties: Record<string, unknown>, required: string[] = []) => ({
  type: 'object',
  additionalProperties: false,
  required,
  properties,
})

const config = { audience: ['public' as const] }

/** Where the product's clock may stand: rules look years ahead and back, and the database holds no year 0 or 10000. */
const CLOCK_FIRST = new Date('1970-01-01T00:00:00Z')
const CLOCK_END = new Date('3000-01-01T00:00:00Z')

/**
 * The local inbox in the browser (`/inbox`) and for programs (`/inbox/api/…`), with the product's clock and the test
 * calendars. For development only: it shows every link that was mailed.
 *
 * `GET /inbox/api/messages?to=&subject=&after=` (newest first, at most 500), `DELETE` empties. `GET`, `PUT
 * /inbox/api/clock` `{now: instant | null}` → `{now, unmoved, moved}`. `GET /inbox/api/calendar-events?userId=&bookingId=`,
 * `POST` `{userId, startAt, endAt, kind?, title?}` adds something of the trainer's own, `DELETE …/{id}` removes an event;
 * `PUT /inbox/api/calendars/{userId}` `{readable}` lets a connected calendar play dead.
 */
export async function localInboxRoutes(app: FastifyInstance, options: LocalInboxRoutesOptions): Promise<void> {
  const { store, clock, onClockMoved, calendar, hasCalendar } = options
  acceptForms(app)
  sameSiteOnly(app)
  refuseUnstorable(app)

  app.get<{ Querystring: { to?: string; subject?: string; after?: string } }>(
    '/inbox/api/messages',
    { config, schema: { hide: true, querystring: object({ to: text(320), subject: text(1000), after: text(64) }) } },
    async (request) => {
      const { to, subject, after } = request.query
      const filter: InboxFilter = {
        ...(to === undefined ? {} : { to }),
        ...(subject === undefined ? {} : { subject }),
        ...(after === undefined ? {} : { after: instantOf(after, '/after', 'invalid_query') }),
      }
      return store.list(filter)
    },
  )

  app.delete('/inbox/api/messages', { config, schema: { hide: true } }, async (_request, reply) => {
    await store.empty()
    return reply.code(204).send()
  })

  app.get('/inbox/api/version', { config, schema: { hide: true }, logLevel: 'silent' }, async () => ({
    version: await store.version(),
  }))

  const clockState = () => ({
    now: clock.now().toISOString(),
    unmoved: clock.unmoved().toISOString(),
    moved: clock.movedBy !== 0,
  })

  async function moveClock(to: Date | null): Promise<void> {
    if (to !== null && (to < CLOCK_FIRST || to >= CLOCK_END))
      throw invalid('/now', 'Must be a time from 1970 to 2999.', 'validation_failed')
    clock.moveTo(to)
    await onClockMoved()
  }

  app.get('/inbox/api/clock', { config, schema: { hide: true } }, async () => clockState())

  app.put<{ Body: { now: string | null } }>(
    '/inbox/api/clock',
    { config, schema: { hide: true, body: object({ now: { type: ['string', 'null'], maxLength: 64 } }, ['now']) } },
    async (request) => {
      const { now } = request.body
      await moveClock(now === null ? null : instantOf(now, '/now', 'validation_failed'))
      return clockState()
    },
  )

  if (calendar) {
    app.get<{ Querystring: { userId?: string; bookingId?: string } }>(
      '/inbox/api/calendar-events',
      { config, schema: { hide: true, querystring: object({ userId: text(64), bookingId: text(64) }) } },
      async (request) => calendar.events(request.query),
    )

    app.post<{
      Body: { userId: string; startAt: string; endAt: string; kind?: 'busy' | 'out_of_office'; title?: string }
    }>(
      '/inbox/api/calendar-events',
      {
        config,
        schema: {
          hide: true,
          body: object(
            {
              userId: text(64),
              startAt: text(64),
              endAt: text(64),
              kind: { type: 'string', enum: ['busy', 'out_of_office'] },
              title: text(200),
            },
            ['userId', 'startAt', 'endAt'],
          ),
        },
      },
      async (request, reply) => {
        const startAt = instantOf(request.body.startAt, '/startAt', 'validation_failed')
        const endAt = instantOf(request.body.endAt, '/endAt', 'validation_failed')
        if (endAt <= startAt) throw invalid('/endAt', 'Must be later than the start.', 'validation_failed')
        return reply.code(201).send(await calendar.addBusy({ ...request.body, startAt, endAt }))
      },
    )

    app.delete<{ Params: { eventId: string } }>(
      '/inbox/api/calendar-events/:eventId',
      { config, schema: { hide: true } },
      async (request, reply) => {
        await calendar.deleteEvent(request.params.eventId)
        return reply.code(204).send()
      },
    )

    app.put<{ Params: { userId: string }; Body: { readable: boolean } }>(
      '/inbox/api/calendars/:userId',
      { config, schema: { hide: true, body: object({ readable: { type: 'boolean' } }, ['readable']) } },
      async (request) => {
        if (!(await hasCalendar(request.params.userId))) throw new AppError('not_found')
        await calendar.setReadable(request.params.userId, request.body.readable)
        return { userId: request.params.userId, readable: request.body.readable }
      },
    )
  }

  app.get<{ Querystring: { search?: string } }>(
    '/inbox',
    { config, schema: { hide: true } },
    async (request, reply) => {
      const search = searchOf(request)
      return sendPage(reply, mailPage({ ...(await listed(search)), search, open: null }))
    },
  )

  app.get<{ Params: { messageId: string }; Querystring: { search?: string; view?: string } }>(
    '/inbox/messages/:messageId',
    { config, schema: { hide: true } },
    async (request, reply) => {
      const message = await store.find(request.params.messageId)
      if (!message) return sendPage(reply, noSuchMailPage())
      const search = searchOf(request)
      const asked = MESSAGE_VIEWS.find((view) => view === request.query.view)
      const view: MessageView = asked ?? (message.html === null ? 'text' : 'html')
      return sendPage(reply, mailPage({ ...(await listed(search)), search, open: { message, view } }))
    },
  )

  app.get<{ Params: { messageId: string } }>(
    '/inbox/messages/:messageId/html',
    { config, schema: { hide: true } },
    async (request, reply) => {
      const message = await store.find(request.params.messageId)
      if (!message || message.html === null) return sendPage(reply, noSuchMailPage())
      return sandboxed(reply).type('text/html; charset=utf-8').send(bodyDocument(message))
    },
  )

  app.get<{ Params: { messageId: string; index: string } }>(
    '/inbox/messages/:messageId/attachments/:index',
    { config, schema: { hide: true } },
    async (request, reply) => {
      const message = await store.find(request.params.messageId)
      const part = message?.attachments[Number(request.params.index)]
      if (!part) return sendPage(reply, noSuchMailPage())
      const name = encodeURIComponent(part.filename).replace(/['()*]/g, (sign) => `%${sign.charCodeAt(0).toString(16)}`)
      const isPlain = /^[\w.+-]+\/[\w.+-]+(; method=[A-Z]+)?$/.test(part.contentType)
      return sandboxed(reply)
        .header('content-disposition', `attachment; filename*=UTF-8''${name}`)
        .type(isPlain ? part.contentType : 'application/octet-stream')
        .send(Buffer.from(part.contentBase64, 'base64'))
    },
  )

  app.post('/inbox/empty', { config, schema: { hide: true } }, async (_request, reply) => {
    await store.empty()
    return reply.redirect('/inbox', 303)
  })

  app.get('/inbox/calendar', { config, schema: { hide: true } }, async (_request, reply) =>
    sendPage(reply, calendarPage((await calendar?.events()) ?? [])),
  )

  app.get('/inbox/clock', { config, schema: { hide: true } }, async (_request, reply) =>
    sendPage(reply, clockPage({ now: clock.now(), unmoved: clock.unmoved(), movedBy: clock.movedBy })),
  )

  app.post<{ Body: Record<string, string> | undefined }>(
    '/inbox/clock',
    { config, schema: { hide: true } },
    async (request, reply) => {
      const { now, by, back } = request.body ?? {}
      if (back !== undefined) await moveClock(null)
      else if (by !== undefined) await moveClock(later(clock.now(), by))
      // The field says a wall time without a zone; the page says that it means UTC.
      else await moveClock(instantOf(`${now ?? ''}Z`, '/now', 'validation_failed'))
      return reply.redirect('/inbox/clock', 303)
    },
  )

  async function listed(search: string) {
    const version = await store.version()
    return { summaries: await store.summaries(search ? { search } : {}), version }
  }
}

/**
 * What came by mail is never trusted: no script, no form, no origin of ours, nothing loaded from elsewhere. Links may open
 * tabs of their own, which are outside the sandbox.
 */
function sandboxed(reply: FastifyReply): FastifyReply {
  return reply
    .header(
      'content-security-policy',
      [
        'sandbox allow-popups allow-popups-to-escape-sandbox allow-top-navigation-by-user-activation',
        "default-src 'none'",
        "img-src 'self' data:",
        "style-src 'unsafe-inline'",
        "base-uri 'none'",
        "form-action 'none'",
        "frame-ancestors 'self'",
      ].join('; '),
    )
    .header('x-frame-options', 'SAMEORIGIN')
    .header('x-content-type-options', 'nosniff')
    .header('referrer-policy', 'no-referrer')
    .header('cache-control', 'no-store')
}

function searchOf(request: FastifyRequest): string {
  const { search } = request.query as { search?: unknown }
  return typeof search === 'string' ? search.slice(0, 200) : ''
}

function later(from: Date, seconds: string): Date {
  if (!/^\d{1,8}$/.test(seconds)) throw invalid('/by', 'Must be a number of seconds.', 'validation_failed')
  return new Date(from.getTime() + Number(seconds) * 1000)
}

const INSTANT = /^\d{4}-\d\d-\d\dT\d\d:\d\d(:\d\d(\.\d{1,9})?)?(Z|[+-]\d\d:\d\d)$/

function instantOf(written: string, pointer: string, code: 'invalid_query' | 'validation_failed'): Date {
  const at = new Date(written)
  if (!INSTANT.test(written) || Number.isNaN(at.getTime())) {
    throw invalid(pointer, 'Must be an instant such as 2026-11-24T15:00:00Z.', code)
  }
  return at
}

function invalid(pointer: string, message: string, code: 'invalid_query' | 'validation_failed'): AppError {
  return new AppError(code, { errors: [{ pointer, message }] })
}
