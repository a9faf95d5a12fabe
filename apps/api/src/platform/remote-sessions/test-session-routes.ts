import type { FastifyInstance } from 'fastify'
import { html, sendPage } from '../stand-in-page.ts'
import { refuseUnstorable, sameSiteOnly } from '../stand-in-requests.ts'
import type { TestSessions } from './test-sessions.ts'

/** The page behind each of a test session's two links: says whose link it is and shares nobody's screen. */
export async function testSessionRoutes(app: FastifyInstance, options: { sessions: TestSessions }): Promise<void> {
  sameSiteOnly(app)
  refuseUnstorable(app)
  app.get<{ Params: { sessionKey: string } }>(
    '/test-session/:sessionKey',
    { config: { audience: ['public'] }, schema: { hide: true } },
    async (request, reply) => {
      const session = await options.sessions.view(request.params.sessionKey)
      const [status, title, content] =
        session === null
          ? ([404, 'No such session', html`<p>Open the link in your booking again.</p>`] as const)
          : session.removed
            ? ([410, 'This session was removed', html`<p>Its booking was changed or canceled.</p>`] as const)
            : ([
                200,
                session.title,
                html`<p>You joined as the ${session.role === 'technician' ? 'trainer' : 'customer'}. In a real session you would now
            ${session.role === 'technician' ? 'see the customer’s screen' : 'share your screen with the trainer'}.</p>
            <dl class="facts"><dt>From</dt><dd>${wallTime(session.startAt, session.timeZone)}</dd>
            <dt>To</dt><dd>${wallTime(session.endAt, session.timeZone)}</dd></dl>`,
              ] as const)
      const body = html`<header class="test-mark">Test session – no screen is shared</header>
        <main class="narrow"><div class="card"><h1>${title}</h1>${content}</div></main>`
      return sendPage(reply, { title: `${title} · Test session`, body, status })
    },
  )
}

function wallTime(at: Date, timeZone: string): string {
  return new Intl.DateTimeFormat('en-US', { dateStyle: 'medium', timeStyle: 'long', timeZone }).format(at)
}
