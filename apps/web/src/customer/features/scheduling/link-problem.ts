import { ApiProblem } from '../../../lib/problem.ts'

export const LINK_PROBLEMS = ['link_expired', 'link_replaced', 'link_used', 'request_closed', 'link_not_found'] as const
export type LinkProblem = (typeof LINK_PROBLEMS)[number]

export type Organization = {
  name: string
  supportEmail: string
  supportPhone: string | null
  logoUrl: string | null
  primaryColor: string
}

/** Why a link no longer opens what it was made for, or null when the error is about something else. */
export function linkProblem(error: unknown): LinkProblem | null {
  return error instanceof ApiProblem ? (LINK_PROBLEMS.find((code) => code === error.code) ?? null) : null
}

/** Whom the customer may turn to: a refused link names its organization, an unknown one cannot. */
export function organizationOf(error: unknown): Organization | null {
  const named = error instanceof ApiProblem ? error.body.organization : null
  if (typeof named !== 'object' || named === null) return null
  const { name, supportEmail, supportPhone, logoUrl, primaryColor } = named as Record<string, unknown>
  if (typeof name !== 'string' || typeof supportEmail !== 'string') return null
  return {
    name,
    supportEmail,
    supportPhone: typeof supportPhone === 'string' ? supportPhone : null,
    logoUrl: typeof logoUrl === 'string' ? logoUrl : null,
    primaryColor: typeof primaryColor === 'string' ? primaryColor : '',
  }
}
