import type { AnswerDrafts } from './answers.ts'

export type RequestDraft = { customer: { name: string; email: string; phone: string }; answers: AnswerDrafts }

export const EMPTY_DRAFT: RequestDraft = { customer: { name: '', email: '', phone: '' }, answers: {} }

function storageKey(organizationSlug: string, formSlug: string): string {
  return `ordinatus-form-${organizationSlug}/${formSlug}`
}

/**
 * What was typed into this form in this tab and not sent yet; empty without it.
 * Session storage: it survives a reload and is gone with the tab, since others may use the same device.
 */
export function readDraft(organizationSlug: string, formSlug: string): RequestDraft {
  try {
    const kept: unknown = JSON.parse(sessionStorage.getItem(storageKey(organizationSlug, formSlug)) ?? 'null')
    if (typeof kept !== 'object' || kept === null || !('customer' in kept) || !('answers' in kept)) return EMPTY_DRAFT
    return {
      customer: { ...EMPTY_DRAFT.customer, ...(kept.customer as Partial<RequestDraft['customer']>) },
      answers: kept.answers as AnswerDrafts,
    }
  } catch {
    return EMPTY_DRAFT
  }
}

/** Keeps what is typed; null forgets it. */
export function keepDraft(organizationSlug: string, formSlug: string, draft: RequestDraft | null): void {
  try {
    const key = storageKey(organizationSlug, formSlug)
    if (draft) sessionStorage.setItem(key, JSON.stringify(draft))
    else sessionStorage.removeItem(key)
  } catch {
    // Storage may be forbidden, for instance in an embedded page: the page itself still holds it.
  }
}
