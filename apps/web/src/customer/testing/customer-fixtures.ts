import type { Schemas } from '../../lib/api.ts'

const HOUR = 3_600_000

export const ORGANIZATION = {
  name: 'Demo Support',
  supportEmail: 'support@demo.test',
  supportPhone: null,
  logoUrl: null,
  primaryColor: '#1f5fbf',
}

const POLICY = { kind: 'full', windowHours: 24, partialPercent: 50, rescheduleWindowHours: 24 } as const
const ALLOWED = { allowed: true, reason: null } as const
const REFUSED = { allowed: false, reason: 'invalid_state' } as const

/** An instant so many hours from the full hour before now. */
export function hoursFromNow(hours: number): string {
  return new Date(Math.floor(Date.now() / HOUR) * HOUR + hours * HOUR).toISOString()
}

/** An instant so many days ahead at a full hour UTC; 6 is noon in Kathmandu, so the hours after it are the same day. */
export function dayAt(days: number, hourUtc: number): string {
  const midnight = new Date()
  midnight.setUTCHours(0, 0, 0, 0)
  return new Date(midnight.getTime() + (days * 24 + hourUtc) * HOUR).toISOString()
}

export function schedulingOf(part: Partial<Schemas['Scheduling']> = {}): Schemas['Scheduling'] {
  return {
    reference: 'R-7K3M9Q2X',
    organization: { ...ORGANIZATION, timeZone: 'America/Chicago', privacyPolicyUrl: null, termsUrl: null },
    trainer: { firstName: 'Tina' },
    sessionType: { name: 'One-to-one help', description: '' },
    durations: [{ durationMinutes: 30 }, { durationMinutes: 60 }],
    cancellationPolicy: POLICY,
    slotHoldMinutes: 60,
    customerTimeZone: 'America/Chicago',
    expiresAt: hoursFromNow(100),
    booking: null,
    ...part,
  }
}

export function slotOf(start: string, minutes: number, amount = minutes * 150): Schemas['Slots']['slots'][number] {
  return {
    start,
    end: new Date(Date.parse(start) + minutes * 60_000).toISOString(),
    price: { amount, currency: 'USD' },
  }
}

export function slotsOf(slots: Schemas['Slots']['slots'], part: Partial<Schemas['Slots']> = {}): Schemas['Slots'] {
  return {
    timeZone: 'UTC',
    computedAt: new Date().toISOString(),
    horizonEnd: hoursFromNow(13 * 24),
    nextAvailable: slots[0]?.start ?? null,
    notice: null,
    slots,
    ...part,
  }
}

export function bookingOf(part: Partial<Schemas['CustomerBooking']> = {}): Schemas['CustomerBooking'] {
  return {
    id: '01990000-0000-7000-8000-000000000001',
    reference: 'R-7K3M9Q2X',
    status: 'pending_payment',
    statusLabel: 'Pending Payment',
    paymentStatus: 'unpaid',
    start: hoursFromNow(48),
    end: hoursFromNow(49),
    durationMinutes: 60,
    timeZone: 'America/Chicago',
    organization: ORGANIZATION,
    trainer: { firstName: 'Tina' },
    sessionType: { name: 'One-to-one help' },
    price: { amount: 9000, currency: 'USD' },
    refunded: { amount: 0, currency: 'USD' },
    sentBack: null,
    holdExpiresAt: hoursFromNow(2),
    checkoutUrl: 'http://localhost:3000/test-checkout/1',
    delivery: { method: 'zoho_assist', label: 'Zoho Assist', details: null },
    cancellationPolicy: POLICY,
    actions: { pay: ALLOWED, chooseAnother: ALLOWED, cancel: REFUSED, reschedule: REFUSED },
    ...part,
  }
}

const NOTHING_TO_PAY = {
  holdExpiresAt: null,
  checkoutUrl: null,
  actions: { pay: REFUSED, chooseAnother: REFUSED, cancel: REFUSED, reschedule: REFUSED },
} as const

export const PAID = { ...NOTHING_TO_PAY, paymentStatus: 'paid' } as const
export const CONFIRMED = { ...PAID, status: 'confirmed', statusLabel: 'Confirmed' } as const
export const EXPIRED = { ...NOTHING_TO_PAY, status: 'expired', statusLabel: 'Expired' } as const

type FormField = Schemas['PublicForm']['sections'][number]['fields'][number]

export function fieldOf(part: Partial<FormField> & Pick<FormField, 'key' | 'type' | 'label'>): FormField {
  return { helpText: null, required: false, options: [], limits: {}, visibleWhen: null, ...part }
}

export function formOf(fields: FormField[]): Schemas['PublicForm'] {
  return {
    organization: {
      slug: 'demo',
      ...ORGANIZATION,
      timeZone: 'America/Chicago',
      privacyPolicyUrl: 'https://example.com/privacy',
      termsUrl: null,
    },
    slug: 'support',
    version: 3,
    title: 'Get help from a trainer',
    introduction: null,
    honeypotField: 'website',
    sections: [{ key: 'about', title: 'Your question', description: null, fields }],
  }
}
