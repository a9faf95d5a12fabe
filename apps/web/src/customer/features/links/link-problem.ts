import type { Schemas } from '../../../lib/api.ts'
import { ApiProblem } from '../../../lib/problem.ts'

export const LINK_PROBLEMS = ['link_expired', 'link_replaced', 'link_used', 'request_closed', 'link_not_found'] as const
export type LinkProblem = (typeof LINK_PROBLEMS)[number]

export type Organization = NonNullable<Schemas['Problem']['organization']>

/** Why a link no longer opens what it was made for, or null when the error is about something else. */
export function linkProblem(error: unknown): LinkProblem | null {
  return error instanceof ApiProblem ? (LINK_PROBLEMS.find((code) => code === error.code) ?? null) : null
}

/** Whom the customer may turn to: a refused link names its organization, an unknown one cannot. */
export function organizationOf(error: unknown): Organization | null {
  return error instanceof ApiProblem ? (error.body.organization ?? null) : null
}
