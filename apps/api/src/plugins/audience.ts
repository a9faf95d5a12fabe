import type { ApiKeyScope } from '../domain/api-key-scopes.ts'
import type { ProblemCode } from '../errors/catalog.ts'

/**
 * Who may call a route. `public`: anyone. The four tokens: whoever holds that link. `user`: any signed-in person.
 * `member`: any active member of `{org}`; `trainer` and `orgAdmin` narrow it. An API key is named with its scope.
 */
export const AUDIENCES = [
  'public',
  'schedulingToken',
  'manageToken',
  'feedbackToken',
  'returnToken',
  'user',
  'member',
  'trainer',
  'orgAdmin',
] as const
export type NamedAudience = (typeof AUDIENCES)[number]
export type Audience = NamedAudience | { readonly apiKey: ApiKeyScope }

/** What a route says about itself beside its schemas. */
export interface RouteContract {
  /** One or several; the caller must be one of them. */
  audience?: readonly Audience[]
  /** The problem codes of its own rules; those that follow from audience, parameters and body are added by themselves. */
  problems?: readonly ProblemCode[]
}

declare module 'fastify' {
  interface FastifyContextConfig extends RouteContract {}
}

/** Whether one of a route's audiences is a person with an account. */
export function isPersonAudience(audience: Audience): boolean {
  return audience === 'user' || audience === 'member' || audience === 'trainer' || audience === 'orgAdmin'
}

/** Whether one of a route's audiences is the holder of a link. */
export function isTokenAudience(audience: Audience): boolean {
  return (
    audience === 'schedulingToken' ||
    audience === 'manageToken' ||
    audience === 'feedbackToken' ||
    audience === 'returnToken'
  )
}

/** Whether one of a route's audiences is an API key. */
export function isApiKeyAudience(audience: Audience): audience is { readonly apiKey: ApiKeyScope } {
  return typeof audience === 'object'
}
