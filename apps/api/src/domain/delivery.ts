/** How a session is run (product.md §1). */
export const DELIVERY_METHODS = ['zoho_assist', 'zoom', 'google_meet', 'teams', 'phone', 'manual_link'] as const
export type DeliveryMethod = (typeof DELIVERY_METHODS)[number]

/** The words on screen for each method (product.md §17). */
export const DELIVERY_METHOD_LABELS: Record<DeliveryMethod, string> = {
  zoho_assist: 'Zoho Assist',
  zoom: 'Zoom',
  google_meet: 'Google Meet',
  teams: 'Teams',
  phone: 'Phone',
  manual_link: 'Manual link',
}

/** How far the session's link has come; `hidden` after a cancellation, `unknown` when a vendor's answer was lost. */
export const DELIVERY_STATES = ['none', 'pending', 'ready', 'failed', 'unknown', 'hidden'] as const
export type DeliveryState = (typeof DELIVERY_STATES)[number]

/** What a booking sets off outside the product. */
export const SIDE_EFFECT_KINDS = [
  'customer_email',
  'trainer_email',
  'calendar_event',
  'remote_session',
  'webhook',
  'feedback_email',
] as const
export type SideEffectKind = (typeof SIDE_EFFECT_KINDS)[number]

export const SIDE_EFFECT_STATES = ['queued', 'running', 'done', 'retrying', 'failed', 'unknown', 'skipped'] as const
export type SideEffectState = (typeof SIDE_EFFECT_STATES)[number]

/** True for the methods whose link Ordinatus makes itself at a remote session vendor; the rest show what was entered. */
export function isRemoteSessionMethod(method: DeliveryMethod): boolean {
  return method === 'zoho_assist'
}
