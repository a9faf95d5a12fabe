import type { Schemas } from '../lib/api.ts'

type Me = Schemas['Me']
type TrainingRequest = Schemas['Request']
type Booking = Schemas['Booking']
type Action = Schemas['Action']

export const YES: Action = { allowed: true, reason: null }
export const NO: Action = { allowed: false, reason: 'invalid_state' }

const HOUR = 3_600_000

/** An instant so many hours from now, as the API writes it. */
export function inHours(hours: number, now: number = Date.now()): string {
  return new Date(now + hours * HOUR).toISOString()
}

let count = 0

/** A fresh id in the shape of the API's. */
export function anId(): string {
  count += 1
  return `01939b2c-7d3e-7a10-8f4c-${String(count).padStart(12, '0')}`
}

export const TINA_ID = '01939b2c-7d3e-7a10-8f4c-00000000a001'

export function aMe(over: Partial<Me> = {}): Me {
  return {
    id: TINA_ID,
    firstName: 'Tina',
    lastName: 'Novak',
    name: 'Tina Novak',
    email: 'tina@demo.test',
    emailVerified: true,
    timeZone: 'America/Chicago',
    notificationPreferences: {
      newRequest: true,
      paymentReceived: true,
      bookingConfirmed: false,
      bookingChanged: true,
      sessionReminder: true,
      newLinkRequested: true,
      attention: true,
    },
    memberships: [aMembership()],
    ...over,
  }
}

export function aMembership(over: Partial<Schemas['Membership']> = {}): Schemas['Membership'] {
  return {
    organization: { id: '01939b2c-7d3e-7a10-8f4c-00000000b001', slug: 'demo', name: 'Demo Support' },
    role: 'trainer',
    roleLabel: 'Trainer',
    canTrain: false,
    skills: ['wordpress', 'zoho'],
    ...over,
  }
}

export function aSignIn(me: Me = aMe()): Schemas['SignIn'] {
  const { id, firstName, lastName, name, email, emailVerified, timeZone, memberships } = me
  return {
    accessToken: 'access-token',
    tokenType: 'Bearer',
    expiresIn: 900,
    user: { id, firstName, lastName, name, email, emailVerified, timeZone },
    memberships,
  }
}

/** An unclaimed request that its reader may claim. */
export function aRequest(over: Partial<TrainingRequest> = {}): TrainingRequest {
  return {
    id: anId(),
    reference: 'R-7K3M9Q2X',
    status: 'trainers_notified',
    statusLabel: 'Eligible Trainers Notified',
    attention: null,
    createdAt: inHours(-3),
    customer: { name: 'Sam Carter', email: 'sam@example.test', phone: '+1 312 555 0142', timeZone: 'America/New_York' },
    answers: [
      { key: 'topic', label: 'What is it about?', value: 'wordpress', displayValue: 'WordPress' },
      {
        key: 'issue',
        label: 'What would you like help with?',
        value: '',
        displayValue:
          'Since the last update our contact form sends nothing any more. I have checked the spam folder and the plugin settings, and I am at the end of what I know.\n\nIt would be lovely to understand what happened, not only to have it repaired.',
      },
      { key: 'when', label: 'When would suit you?', value: 'mornings', displayValue: 'Weekday mornings' },
    ],
    sessionType: {
      id: '01939b2c-7d3e-7a10-8f4c-00000000c001',
      name: 'Website help',
      durations: [{ durationMinutes: 30 }, { durationMinutes: 60 }],
    },
    sessionTypeOptions: [],
    requiredSkills: ['wordpress'],
    priority: 'normal',
    category: null,
    claimedBy: null,
    claimedAt: null,
    schedulingLink: null,
    booking: null,
    version: 2,
    actions: { claim: YES, release: NO, assign: NO, changeSessionType: NO, sendSchedulingLink: NO, cancel: NO },
    history: [
      {
        at: inHours(-3),
        actor: { kind: 'customer', id: null, name: null },
        from: null,
        to: 'new',
        occasionLabel: 'Request submitted',
        reason: 'Request submitted',
        trainer: null,
      },
      {
        at: inHours(-3),
        actor: { kind: 'system', id: null, name: null },
        from: 'new',
        to: 'trainers_notified',
        occasionLabel: 'Eligible trainers notified',
        reason: 'Eligible trainers notified',
        trainer: null,
      },
    ],
    ...over,
  }
}

/** The same after its reader has claimed it: the link is next. */
export function aClaimedRequest(over: Partial<TrainingRequest> = {}): TrainingRequest {
  const unclaimed = aRequest()
  return {
    ...unclaimed,
    status: 'claimed',
    statusLabel: 'Claimed by Trainer',
    claimedBy: { id: TINA_ID, name: 'Tina Novak' },
    claimedAt: inHours(-1),
    sessionTypeOptions: [
      { id: unclaimed.sessionType.id, name: 'Website help' },
      { id: '01939b2c-7d3e-7a10-8f4c-00000000c002', name: 'QuickBooks coaching' },
    ],
    version: 3,
    actions: { claim: NO, release: YES, assign: NO, changeSessionType: YES, sendSchedulingLink: YES, cancel: YES },
    history: [
      ...unclaimed.history,
      {
        at: inHours(-1),
        actor: { kind: 'user', id: TINA_ID, name: 'Tina Novak' },
        from: 'trainers_notified',
        to: 'claimed',
        occasionLabel: 'Claimed',
        reason: 'Claimed',
        trainer: null,
      },
    ],
    ...over,
  }
}

/** A confirmed session two hours from now. */
export function aBooking(over: Partial<Booking> = {}): Booking {
  const price = { amount: 7500, currency: 'USD' }
  return {
    id: anId(),
    requestId: anId(),
    reference: 'R-4H8T2W6N',
    status: 'confirmed',
    statusLabel: 'Confirmed',
    paymentStatus: 'paid',
    paymentStatusLabel: 'Paid',
    start: inHours(2),
    end: inHours(3),
    durationMinutes: 60,
    customerTimeZone: 'America/New_York',
    customer: { name: 'Mara Lindqvist', email: 'mara@example.test', phone: null },
    trainer: { id: TINA_ID, name: 'Tina Novak' },
    sessionType: { id: '01939b2c-7d3e-7a10-8f4c-00000000c001', name: 'Website help' },
    price,
    paid: price,
    refunded: { amount: 0, currency: 'USD' },
    holdExpiresAt: null,
    cancellationPolicy: { kind: 'full', windowHours: 24, partialPercent: 50, rescheduleWindowHours: 24 },
    delivery: {
      method: 'zoho_assist',
      label: 'Zoho Assist',
      state: 'ready',
      technicianUrl: 'http://localhost:3000/test-session/1?as=technician',
      details: null,
    },
    sideEffects: [],
    refunds: [],
    disputes: [],
    payout: null,
    feedback: null,
    createdAt: inHours(-20),
    paidAt: inHours(-20),
    confirmedAt: inHours(-19),
    completedAt: null,
    canceledAt: null,
    canceledBy: null,
    cancelReason: null,
    version: 3,
    actions: { confirmPayment: NO, complete: NO, cancel: NO, reschedule: NO, markNoShow: NO, refund: NO },
    ...over,
  }
}

/** A session that is paid and waits for Confirm Payment. */
export function aPaidBooking(over: Partial<Booking> = {}): Booking {
  const booking = aBooking()
  return {
    ...booking,
    reference: 'R-9P5D3C7V',
    status: 'pending_payment',
    statusLabel: 'Pending Payment',
    paymentStatusLabel: 'Paid, awaiting you',
    confirmedAt: null,
    delivery: { method: 'zoho_assist', label: 'Zoho Assist', state: 'none', details: null },
    actions: { ...booking.actions, confirmPayment: YES },
    ...over,
  }
}

export function aRule(over: Partial<Schemas['AvailabilityRule']> = {}): Schemas['AvailabilityRule'] {
  return {
    id: anId(),
    scheduleType: 'weekday_daytime',
    scheduleTypeLabel: 'Weekday Daytime',
    daysOfWeek: [1, 2, 3, 4, 5],
    startTime: '09:00',
    endTime: '17:00',
    durationsMinutes: [],
    firstDate: null,
    lastDate: null,
    warnings: [],
    createdAt: inHours(-500),
    updatedAt: inHours(-500),
    ...over,
  }
}

export function aMember(over: Partial<Schemas['Member']> = {}): Schemas['Member'] {
  return {
    userId: TINA_ID,
    name: 'Tina Novak',
    email: 'tina@demo.test',
    role: 'trainer',
    canTrain: false,
    skills: ['wordpress', 'zoho'],
    payoutSharePercent: null,
    status: 'active',
    ...over,
  }
}

export function aSessionType(over: Partial<Schemas['SessionType']> = {}): Schemas['SessionType'] {
  return {
    id: '01939b2c-7d3e-7a10-8f4c-00000000c001',
    name: 'Website help',
    description: '',
    durationsMinutes: [30, 60],
    deliveryMethod: 'zoho_assist',
    status: 'active',
    ...over,
  }
}

/** What a customer may choose from: these starts, of half an hour each. */
export function someSlots(starts: string[], over: Partial<Schemas['Slots']> = {}): Schemas['Slots'] {
  return {
    timeZone: 'America/Chicago',
    computedAt: inHours(0),
    horizonEnd: inHours(14 * 24),
    nextAvailable: starts[0] ?? null,
    notice: null,
    slots: starts.map((start) => ({
      start,
      end: new Date(Date.parse(start) + HOUR / 2).toISOString(),
      price: { amount: 4500, currency: 'USD' },
    })),
    ...over,
  }
}

/** A payment of ninety dollars that has arrived. */
export function aPayment(over: Partial<Schemas['Payment']> = {}): Schemas['Payment'] {
  const amount = { amount: 9000, currency: 'USD' }
  return {
    id: anId(),
    status: 'paid',
    statusLabel: 'Paid',
    at: inHours(-20),
    createdAt: inHours(-21),
    paidAt: inHours(-20),
    booking: {
      id: anId(),
      requestId: anId(),
      reference: 'R-4H8T2W6N',
      status: 'confirmed',
      statusLabel: 'Confirmed',
      start: inHours(2),
    },
    customer: { name: 'Mara Lindqvist', email: 'mara@example.test' },
    trainer: { id: TINA_ID, name: 'Tina Novak' },
    sessionType: { id: '01939b2c-7d3e-7a10-8f4c-00000000c001', name: 'Website help' },
    amount,
    refunded: { amount: 0, currency: 'USD' },
    net: amount,
    provider: 'test_checkout',
    providerLabel: 'Test checkout',
    providerCheckoutId: 'cs_test_1',
    providerPaymentId: 'pi_1',
    providerUrl: null,
    refunds: [],
    dispute: null,
    ...over,
  }
}

/** The settings of an organization that has changed none. */
export function someSettings(over: Partial<Schemas['OrganizationSettings']> = {}): Schemas['OrganizationSettings'] {
  return {
    name: 'Demo Support',
    supportEmail: 'support@demo.test',
    supportPhone: null,
    timeZone: 'America/Chicago',
    currency: 'USD',
    primaryColor: '#1f5fbf',
    logoUrl: null,
    privacyPolicyUrl: null,
    termsUrl: null,
    sessionDurationsMinutes: [15, 30, 45, 60, 90, 120],
    slotHoldMinutes: 60,
    slotStepMinutes: 30,
    bufferBeforeMinutes: 0,
    bufferAfterMinutes: 0,
    minimumNoticeMinutes: 120,
    bookingHorizonDays: 14,
    schedulingLinkLifetimeHours: 168,
    customerReminderDays: [2, 5],
    hideContactUntilClaimed: false,
    unclaimedRenotifyMinutes: 60,
    unclaimedFlagMinutes: 240,
    linkDeadlineHours: 24,
    releaseAtLinkDeadline: false,
    confirmAutomaticallyWhenPaid: false,
    paidReminderMinutes: 60,
    cancellationKind: 'full',
    cancellationWindowHours: 24,
    cancellationPartialPercent: 50,
    customerMayCancel: true,
    customerMayReschedule: true,
    rescheduleWindowHours: 24,
    payoutSharePercent: 70,
    noShowPayoutPercent: 100,
    autoCompleteAfterHours: null,
    sendRequestConfirmationEmail: true,
    sessionReminderMinutes: [1440, 60],
    notificationMailsPerFormPerHour: 500,
    calendarStaleMinutes: 30,
    zohoInvitesCustomer: false,
    embedAllowedOrigins: [],
    customerDataRetentionMonths: null,
    ...over,
  }
}

/** One page that is the whole list. */
export function aPage<Row>(data: Row[]): { data: Row[]; nextCursor: null } {
  return { data, nextCursor: null }
}
