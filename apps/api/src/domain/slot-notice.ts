/** Why a booking page has nothing to choose, the cause that somebody must mend first before the one that time heals. */
export const SLOT_NOTICES = ['payments_not_configured', 'no_price', 'calendar_unreadable', 'no_open_slots'] as const
export type SlotNotice = (typeof SLOT_NOTICES)[number]
