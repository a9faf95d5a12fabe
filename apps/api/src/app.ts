import Fastify, {
  type FastifyInstance,
  type FastifyPluginAsync,
  type FastifyReply,
  type FastifyRequest,
  type FastifyServerOptions,
  type RouteOptions,
} from 'fastify'
import type { AppDeps } from './deps.ts'
import { availabilityRoutes } from './modules/availability/routes.ts'
import { availabilityShapes } from './modules/availability/schemas.ts'
import { bookingRoutes } from './modules/bookings/routes.ts'
import { bookingShapes } from './modules/bookings/schemas.ts'
import { claimRoutes } from './modules/claims/routes.ts'
import { feedbackRoutes } from './modules/feedback/routes.ts'
import { feedbackShapes } from './modules/feedback/schemas.ts'
import { formRoutes } from './modules/forms/routes.ts'
import { formShapes } from './modules/forms/schemas.ts'
import { identityRoutes } from './modules/identity/routes.ts'
import { identityShapes } from './modules/identity/schemas.ts'
import { eventStreamRoutes } from './modules/notifications/event-stream-routes.ts'
import { notificationRoutes } from './modules/notifications/routes.ts'
import { notificationShapes } from './modules/notifications/schemas.ts'
import { listEmbeddingOrigins } from './modules/organizations/list-embedding-origins.ts'
import { organizationRoutes } from './modules/organizations/routes.ts'
import { organizationShapes } from './modules/organizations/schemas.ts'
import { paymentListRoutes } from './modules/payments/payment-list-routes.ts'
import { paymentRoutes } from './modules/payments/routes.ts'
import { paymentShapes } from './modules/payments/schemas.ts'
import { stripeWebhookRoutes } from './modules/payments/stripe-webhook-routes.ts'
import { payoutRoutes } from './modules/payouts/routes.ts'
import { payoutShapes } from './modules/payouts/schemas.ts'
import { requestRoutes } from './modules/requests/routes.ts'
import { requestShapes } from './modules/requests/schemas.ts'
import { bookingCommandRoutes } from './modules/scheduling/booking-command-routes.ts'
import { customerRoutes } from './modules/scheduling/customer-routes.ts'
import { myScheduleRoutes } from './modules/scheduling/my-schedule-routes.ts'
import { schedulingRoutes } from './modules/scheduling/routes.ts'
import { schedulingShapes } from './modules/scheduling/schemas.ts'
import { sessionTypeRoutes } from './modules/session-types/routes.ts'
import { sessionTypeShapes } from './modules/session-types/schemas.ts'
import { authPlugin } from './plugins/auth.ts'
import { compressionPlugin } from './plugins/compression.ts'
import { answerClientError, answerError, errorsPlugin } from './plugins/errors.ts'
import { healthPlugin } from './plugins/health.ts'
import { metricsPlugin } from './plugins/metrics.ts'
import { openapiPlugin } from './plugins/openapi.ts'
import { rateLimitsPlugin } from './plugins/rate-limits.ts'
import { readersPlugin } from './plugins/readers.ts'
import { securityPlugin } from './plugins/security.ts'
import { signInPlugin } from './plugins/sign-in.ts'
import { wakeRelayPlugin } from './plugins/wake-relay.ts'
import { webPlugin } from './web/shells.ts'
import { Money } from './wire/money.ts'
import { Action, Problem } from './wire/problem.ts'
import { validatorsOf } from './wire/validators.ts'

/** Every shape that the contract knows by name, before any that points to it. */
const SHAPES = [
  Problem,
  Action,
  Money,
  ...identityShapes,
  ...organizationShapes,
  ...sessionTypeShapes,
  ...availabilityShapes,
  ...formShapes,
  ...requestShapes,
  ...bookingShapes,
  ...paymentShapes,
  ...schedulingShapes,
  ...payoutShapes,
  ...feedbackShapes,
  ...notificationShapes,
]

/** Largest body of any JSON operation: a form's answers at their longest are a fraction of it. */
const BODY_LIMIT_BYTES = 1024 * 1024

/** What a process may choose beside its deps. */
export interface AppOptions {
  logger?: FastifyServerOptions['logger']
  /** The pages of the inbox and the test vendors; never given in production. */
  standIns?: FastifyPluginAsync
}

/**
 * The whole HTTP application: the one that runs, that writes the contract and that every HTTP test asks
 * (architecture.md, law 5). Listening and closing are the caller's. Throws when a route names no audience.
 */
export async function buildApp(deps: AppDeps, options: AppOptions = {}): Promise<FastifyInstance> {
  const app: FastifyInstance = Fastify({
    logger: options.logger ?? false,
    trustProxy: deps.config.trustProxy,
    bodyLimit: BODY_LIMIT_BYTES,
    genReqId: () => deps.ids.next(),
    // A caller's own request id would be forged into our log.
    requestIdHeader: false,
    return503OnClosing: true,
    // The serializer tells apart what a choice of shapes holds, and must know the format that the contract adds.
    serializerOpts: { ajv: { formats: { 'time-zone': true } } },
    schemaController: { compilersFactory: { buildValidator: validatorsOf } },
    routerOptions: { maxParamLength: 200 },
    clientErrorHandler: answerClientError,
    // A path that cannot be decoded reaches no route.
    frameworkErrors: (error, request, reply) => answerError(error, request as FastifyRequest, reply as FastifyReply),
  })

  for (const shape of SHAPES) app.addSchema(shape)

  const routes: RouteOptions[] = []
  app.addHook('onRoute', (route) => {
    routes.push(route)
  })
  app.addHook('onReady', async () => {
    for (const { method, url, config } of routes) {
      // The CORS plugin's preflight answers with headers only.
      const isPreflight = method === 'OPTIONS' && url === '*'
      if (!isPreflight && !config?.audience?.length) throw new Error(`${method} ${url} names no audience`)
    }
  })

  // The product's own time, which is the database's: pages set their countdowns and "in 2 hours" by it.
  app.addHook('onSend', async (_request, reply) => {
    reply.header('date', deps.clock.now().toUTCString())
  })

  await app.register(errorsPlugin)
  await app.register(metricsPlugin, { deps })
  await app.register(securityPlugin, { production: deps.config.environment === 'production' })
  await app.register(compressionPlugin)
  await app.register(rateLimitsPlugin)
  await app.register(authPlugin, { deps })
  await app.register(signInPlugin)
  await app.register(readersPlugin)
  await app.register(wakeRelayPlugin, { deps })
  await app.register(openapiPlugin)
  await app.register(healthPlugin, { deps })

  const modules = [
    identityRoutes,
    organizationRoutes,
    sessionTypeRoutes,
    availabilityRoutes,
    formRoutes,
    requestRoutes,
    claimRoutes,
    bookingRoutes,
    paymentRoutes,
    stripeWebhookRoutes,
    paymentListRoutes,
    schedulingRoutes,
    bookingCommandRoutes,
    myScheduleRoutes,
    customerRoutes,
    payoutRoutes,
    feedbackRoutes,
    notificationRoutes,
    eventStreamRoutes,
  ]
  for (const routes of modules) await app.register(routes, { deps })

  if (options.standIns) await app.register(options.standIns)
  await app.register(webPlugin, {
    webRoot: deps.config.webRoot,
    embeddingOrigins: (slug) => listEmbeddingOrigins(deps.db, slug),
  })

  return app
}
