import { createHash, timingSafeEqual } from 'node:crypto'
import type { FastifyInstance, FastifyRequest } from 'fastify'
import fastifyPlugin from 'fastify-plugin'
import { collectDefaultMetrics, Gauge, Histogram, Registry } from 'prom-client'
import type { AppDeps } from '../deps.ts'
import { AppError } from '../errors/app-error.ts'
import { type Workload, workloadOf } from '../views/workload.ts'

/** For so long, in milliseconds, the numbers that the database is asked for are given again: several collectors may ask. */
const WORKLOAD_KEPT = 5_000
/** How long they are waited for, in milliseconds, before the answer goes without them. */
const WORKLOAD_TIMEOUT = 2_000
/** Seconds. Around the promises of quality.md: most answers within 0.1 s to 0.5 s; those that ask a vendor take longer. */
const DURATION_BUCKETS = [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30]
/** In place of a path that leads to no route: it may hold anything. */
const NO_ROUTE = '(none)'

/**
 * `GET /metrics`: what the process and the installation are at, as Prometheus reads it. In production only for whoever
 * sends `METRICS_TOKEN`, and without one the address does not exist. Labels hold route patterns, never a path that
 * somebody asked for: some paths are secrets.
 */
export const metricsPlugin = fastifyPlugin<{ deps: AppDeps }>(
  async (app: FastifyInstance, { deps }) => {
    const { metricsToken, environment, databasePoolSize } = deps.config
    const isServed = metricsToken !== null || environment !== 'production'
    // One for each app, so that several in a process do not count each other's calls.
    const registry = new Registry()
    const duration = new Histogram({
      name: 'http_request_duration_seconds',
      help: 'How long answers took, by route pattern.',
      labelNames: ['method', 'route', 'status'],
      buckets: DURATION_BUCKETS,
      registers: [registry],
    })
    if (isServed)
      app.addHook('onResponse', async (request, reply) => {
        const route = request.routeOptions.url ?? NO_ROUTE
        duration.observe({ method: request.method, route, status: reply.statusCode }, reply.elapsedTime / 1000)
      })

    const show = workloadGauges(registry, databasePoolSize)
    let kept: { at: number; workload: Promise<Workload | null> } | null = null
    function workload(): Promise<Workload | null> {
      const at = deps.clock.unmoved().getTime()
      if (kept === null || at - kept.at >= WORKLOAD_KEPT)
        kept = { at, workload: withinTimeout(workloadOf(deps)).catch(() => null) }
      return kept.workload
    }
    let isObserving = false

    app.get(
      '/metrics',
      { config: { audience: ['public'] }, schema: { hide: true }, logLevel: 'warn' },
      async (request, reply) => {
        if (!isServed) throw new AppError('not_found')
        if (metricsToken !== null && !isSent(request, metricsToken)) throw new AppError('unauthenticated')
        // From the first look on: whoever never looks pays for no observer.
        if (!isObserving) collectDefaultMetrics({ register: registry })
        isObserving = true
        show(await workload())
        return reply
          .type(registry.contentType)
          .header('cache-control', 'no-store')
          .send(await registry.metrics())
      },
    )
  },
  { name: 'metrics' },
)

/** Compared by digest, so that neither length nor time tells how near a guess was. */
function isSent(request: FastifyRequest, token: string): boolean {
  const sent = /^Bearer (\S+)$/i.exec(request.headers.authorization ?? '')?.[1]
  const digest = (text: string) => createHash('sha256').update(text).digest()
  return sent !== undefined && timingSafeEqual(digest(sent), digest(token))
}

function withinTimeout<T>(work: Promise<T>): Promise<T> {
  const timeout = new Promise<never>((_resolve, reject) => {
    setTimeout(() => reject(new Error('the database did not answer in time')), WORKLOAD_TIMEOUT).unref()
  })
  return Promise.race([work, timeout])
}

/** The numbers that the database knows. While it cannot be asked they are missing, which is not the same as zero. */
function workloadGauges(registry: Registry, poolSize: number): (workload: Workload | null) => void {
  const gauge = <Label extends string>(name: string, help: string, labelNames: Label[] = []) =>
    new Gauge({ name: `ordinatus_${name}`, help, labelNames, registers: [registry] })
  const isUp = gauge('database_up', 'Whether the database answered: 1 or 0.')
  const jobs = gauge('jobs', 'Jobs by state; "failed" ones gave up and wait for somebody.', ['state'])
  const events = gauge('events_unrelayed', 'Events that wait for the relay.')
  const holds = gauge('holds', 'Times that customers hold until they have paid.')
  const unsettled = gauge(
    'unsettled_payments',
    'Captured payments neither booked nor refunded: anything but 0 is wrong.',
  )
  const connections = gauge('database_connections', 'Connections of all processes, by state.', ['state'])
  gauge('database_pool_size', 'The most connections that the pool of this process opens.').set(poolSize)
  return (workload) => {
    isUp.set(workload === null ? 0 : 1)
    for (const one of [events, holds, unsettled]) one.remove()
    for (const one of [jobs, connections]) one.reset()
    if (workload === null) return
    for (const [state, count] of Object.entries(workload.jobs)) jobs.set({ state }, count)
    events.set(workload.unrelayedEvents)
    holds.set(workload.holds)
    unsettled.set(workload.unsettledPayments)
    for (const { state, count } of workload.connections) connections.set({ state }, count)
  }
}
