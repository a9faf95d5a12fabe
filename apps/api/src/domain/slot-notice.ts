/** Why a booking page has nothing to choose, the cause that somebody must mend first before the one that time heals. */
export const SLOT_NOTICES = ['payments_not_configured', 'no_price', 'calendar_unreadable', 'no_open_slots'] as const
export type SlotNotice = (typeof SLOT_NOTICES)[number]

/** What the customer reads for each: honest, and never about the trainer's private matters. */
export const SLOT_NOTICE_MESSAGES: Readonly<Record<SlotNotice, string>> = {
  payments_not_configured: 'Online payment is not set up yet. Please contact us; we will find a way.',
  no_price: 'This session has no price yet. Please contact us; we will mend that.',
  calendar_unreadable: 'Your trainer’s calendar cannot be read right now, so we show no times. Please try again later.',
  no_open_slots: 'There are no open times at the moment. Ask your trainer for times, and they will hear of it.',
}
