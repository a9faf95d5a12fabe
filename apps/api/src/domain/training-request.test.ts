import { describe, expect, it } from 'vitest'
import type { BookingState } from './booking.ts'
import { type ApiKeyCaller, type Caller, CUSTOMER, SYSTEM, type UserCaller } from './caller.ts'
import { ALREADY_HOLDS } from './decision.ts'
import { requestActions } from './request-actions.ts'
import {
  decideAssign,
  decideAssignee,
  decideCancelRequest,
  decideChangeSessionType,
  decideRelease,
  decideSendSchedulingLink,
  decideStep,
  HISTORY_OCCASION_LABELS,
  HISTORY_OCCASIONS,
  isClosed,
  isUnclaimed,
  REQUEST_STATUS_LABELS,
  REQUEST_STATUSES,
  type RequestState,
  type RequestStatus,
  releaseOccasion,
  STEP_OCCASIONS,
  type StepOccasion,
  stepAllowed,
  stepSources,
} from './training-request.ts'

const now = new Date('2026-05-01T10:00:00Z')

function member(userId: string, changes: Partial<UserCaller> = {}): UserCaller {
  return { kind: 'user', userId, role: 'trainer', canTrain: false, skills: ['zoho'], active: true, ...changes }
}
const tina = member('tina')
const tom = member('tom')
const admin = member('admin', { role: 'org_admin', skills: [] })
const ada = member('ada', { role: 'org_admin', canTrain: true })
const key: ApiKeyCaller = { kind: 'api_key', keyId: 'key', scopes: ['requests:write'] }
const readKey: ApiKeyCaller = { kind: 'api_key', keyId: 'key', scopes: ['requests:read'] }

function state(status: RequestStatus, claimedBy: string | null = 'tina'): RequestState {
  const isOpen = status === 'new' || status === 'trainers_notified'
  return { status, claimedBy: isOpen ? null : claimedBy, requiredSkills: ['zoho'] }
}
function booking(changes: Partial<BookingState> = {}): BookingState {
  return {
    status: 'pending_payment',
    paymentStatus: 'unpaid',
    trainerId: 'tina',
    startAt: new Date('2026-05-02T10:00:00Z'),
    endAt: new Date('2026-05-02T11:00:00Z'),
    holdExpiresAt: new Date('2026-05-01T11:00:00Z'),
    completedAt: null,
    ...changes,
  }
}
const free = { isPriced: false, isProviderConfigured: false }
const priced = { isPriced: true, isProviderConfigured: true }

/** Written out again from product.md §2, so that a slip in the table shows. */
const MOVES: readonly [StepOccasion, readonly RequestStatus[], RequestStatus][] = [
  ['trainers_notified', ['new'], 'trainers_notified'],
  ['claimed', ['new', 'trainers_notified'], 'claimed'],
  ['assigned', ['new', 'trainers_notified', 'claimed', 'customer_scheduling', 'expired'], 'claimed'],
  ['released', ['claimed', 'customer_scheduling', 'expired'], 'trainers_notified'],
  ['taken_back', ['claimed', 'customer_scheduling', 'expired'], 'trainers_notified'],
  ['link_sent', ['claimed', 'customer_scheduling', 'expired', 'pending_payment'], 'customer_scheduling'],
  ['slot_taken', ['customer_scheduling', 'expired', 'pending_payment'], 'pending_payment'],
  ['slot_changed', ['customer_scheduling', 'expired', 'pending_payment'], 'pending_payment'],
  ['late_payment_honoured', ['expired'], 'pending_payment'],
  ['free_slot_taken', ['customer_scheduling', 'expired', 'pending_payment'], 'confirmed'],
  ['payment_verified', ['pending_payment'], 'confirmed'],
  ['hold_ran_out', ['pending_payment'], 'expired'],
  ['delayed_payment_failed', ['pending_payment'], 'expired'],
  ['rescheduled', ['confirmed'], 'confirmed'],
  ['customer_picks_again', ['confirmed', 'pending_payment'], 'customer_scheduling'],
  ['marked_complete', ['confirmed'], 'completed'],
  ['marked_no_show', ['confirmed'], 'completed'],
  [
    'request_canceled',
    ['new', 'trainers_notified', 'claimed', 'customer_scheduling', 'pending_payment', 'confirmed', 'expired'],
    'canceled',
  ],
  [
    'booking_canceled',
    ['new', 'trainers_notified', 'claimed', 'customer_scheduling', 'pending_payment', 'confirmed', 'expired'],
    'canceled',
  ],
]

describe('the table of moves', () => {
  it('knows every occasion that this test knows, and no other', () => {
    expect(STEP_OCCASIONS.toSorted()).toEqual(MOVES.map(([occasion]) => occasion).toSorted())
  })

  it.each(MOVES)('allows %s from %j to %s and between no other two statuses', (occasion, sources, target) => {
    for (const from of REQUEST_STATUSES) {
      for (const to of REQUEST_STATUSES) {
        expect([from, to, stepAllowed(from, to, occasion)]).toEqual([from, to, sources.includes(from) && to === target])
      }
    }
    expect(stepSources(occasion).toSorted()).toEqual(sources.toSorted())
  })

  it('lets nothing leave Completed or Canceled', () => {
    for (const occasion of STEP_OCCASIONS) {
      expect(stepSources(occasion)).not.toContain('completed')
      expect(stepSources(occasion)).not.toContain('canceled')
    }
  })

  it.each(
    MOVES.flatMap(([occasion, sources]) =>
      REQUEST_STATUSES.map((from) => ({ occasion, from, isListed: sources.includes(from) })),
    ),
  )('decides $occasion from $from', ({ occasion, from, isListed }) => {
    expect(decideStep(from, occasion, null)).toEqual(
      isListed ? { allowed: true } : { allowed: false, reason: 'invalid_state' },
    )
  })

  const onlyUnpaid: StepOccasion[] = ['link_sent', 'slot_taken', 'slot_changed', 'free_slot_taken', 'hold_ran_out']
  it.each(
    (['unpaid', 'failed', 'processing', 'paid'] as const).flatMap((paymentStatus) =>
      STEP_OCCASIONS.filter((occasion) => stepSources(occasion).includes('pending_payment')).map((occasion) => ({
        occasion,
        paymentStatus,
      })),
    ),
  )('judges $occasion from Pending Payment while the payment is $paymentStatus', ({ occasion, paymentStatus }) => {
    const hasMoney = paymentStatus === 'processing' || paymentStatus === 'paid'
    expect(decideStep('pending_payment', occasion, booking({ paymentStatus }))).toEqual(
      hasMoney && onlyUnpaid.includes(occasion)
        ? { allowed: false, reason: 'payment_already_received' }
        : { allowed: true },
    )
  })

  it('reads the money only in Pending Payment: an expired request may be scheduled again whatever was paid before', () => {
    expect(decideStep('expired', 'slot_taken', booking({ status: 'canceled', paymentStatus: 'paid' }))).toEqual({
      allowed: true,
    })
  })
})

describe('labels', () => {
  it('are the words of the guide', () => {
    expect(REQUEST_STATUSES.map((status) => REQUEST_STATUS_LABELS[status])).toEqual([
      'New',
      'Eligible Trainers Notified',
      'Claimed by Trainer',
      'Customer Scheduling',
      'Pending Payment',
      'Confirmed',
      'Completed',
      'Canceled',
      'Expired',
    ])
  })

  it('name every reason that history can give', () => {
    expect(Object.keys(HISTORY_OCCASION_LABELS).toSorted()).toEqual([...HISTORY_OCCASIONS].toSorted())
  })

  it('tell unclaimed and closed statuses from the rest', () => {
    expect(REQUEST_STATUSES.filter(isUnclaimed)).toEqual(['new', 'trainers_notified'])
    expect(REQUEST_STATUSES.filter(isClosed)).toEqual(['completed', 'canceled'])
  })
})

type Answer = 'allowed' | 'already' | string
function answer(decision: { allowed: boolean; reason?: string }): Answer {
  if (decision === ALREADY_HOLDS) return 'already'
  return decision.allowed ? 'allowed' : (decision.reason ?? '')
}

/** Who may manage: the first refusal of every command, whatever the status. */
const STRANGERS: readonly [string, Caller, string][] = [
  ['another trainer', tom, 'not_found'],
  ['a deactivated owner', member('tina', { active: false }), 'not_found'],
  ['a deactivated admin', member('admin', { role: 'org_admin', active: false }), 'not_found'],
  ['the customer', CUSTOMER, 'not_found'],
  ['a key that only reads', readKey, 'insufficient_scope'],
]
const MANAGERS: readonly [string, Caller][] = [
  ['its trainer', tina],
  ['an admin', admin],
  ['an admin who trains', ada],
  ['a key that writes', key],
  ['the product itself', SYSTEM],
]

describe.each(REQUEST_STATUSES.map((status) => [status]))('a request that is %s', (status) => {
  const isUnbooked = status === 'claimed' || status === 'customer_scheduling' || status === 'expired'

  it.each(MANAGERS)('can be released, retyped, linked and canceled by %s where the status allows', (who, caller) => {
    // While nobody holds it, no trainer is "its trainer".
    const sees = who !== 'its trainer' || !isUnclaimed(status)
    const release = isUnbooked ? 'allowed' : 'invalid_state'
    expect(answer(decideRelease(caller, state(status), null, now))).toBe(sees ? release : 'not_found')
    expect(answer(decideChangeSessionType(caller, state(status), null, now))).toBe(sees ? release : 'not_found')
    const link = isUnbooked || status === 'pending_payment' ? 'allowed' : 'invalid_state'
    expect(answer(decideSendSchedulingLink(caller, state(status), null, priced))).toBe(sees ? link : 'not_found')
    const cancel = status === 'canceled' ? 'already' : status === 'completed' ? 'invalid_state' : 'allowed'
    expect(answer(decideCancelRequest(caller, state(status)))).toBe(sees ? cancel : 'not_found')
  })

  it.each(STRANGERS)('is out of reach for %s', (_who, caller, reason) => {
    expect(answer(decideRelease(caller, state(status), null, now))).toBe(reason)
    expect(answer(decideChangeSessionType(caller, state(status), null, now))).toBe(reason)
    expect(answer(decideSendSchedulingLink(caller, state(status), null, priced))).toBe(reason)
    expect(answer(decideCancelRequest(caller, state(status)))).toBe(reason)
    expect(answer(decideAssign(caller, state(status), null, now))).toBe(reason)
  })

  it('can be assigned by admins and keys, and its own trainer is told that only they may', () => {
    const assignable = isUnbooked || isUnclaimed(status) ? 'allowed' : 'invalid_state'
    for (const caller of [admin, ada, key, SYSTEM]) {
      expect(answer(decideAssign(caller, state(status), null, now))).toBe(assignable)
    }
    expect(answer(decideAssign(tina, state(status), null, now))).toBe(
      isUnclaimed(status) ? 'not_found' : 'org_admin_required',
    )
  })
})

describe('a live booking', () => {
  it.each([
    ['a running hold', booking(), 'invalid_state'],
    ['a payment under way', booking({ paymentStatus: 'processing', holdExpiresAt: null }), 'invalid_state'],
    ['a confirmed session', booking({ status: 'confirmed', paymentStatus: 'paid' }), 'invalid_state'],
    ['a lapsed hold', booking({ holdExpiresAt: now }), 'allowed'],
    ['an expired booking', booking({ status: 'expired' }), 'allowed'],
    ['a canceled booking', booking({ status: 'canceled' }), 'allowed'],
  ])('%s: release, assignment and a change of type answer %s', (_what, existing, expected) => {
    expect(answer(decideRelease(tina, state('expired'), existing, now))).toBe(expected)
    expect(answer(decideAssign(admin, state('expired'), existing, now))).toBe(expected)
    expect(answer(decideChangeSessionType(tina, state('expired'), existing, now))).toBe(expected)
  })
})

describe('sending the scheduling link', () => {
  it.each([
    ['unpaid', 'allowed'],
    ['failed', 'allowed'],
    ['processing', 'payment_already_received'],
    ['paid', 'payment_already_received'],
  ] as const)('in mid-checkout with a payment that is %s: %s', (paymentStatus, expected) => {
    expect(answer(decideSendSchedulingLink(tina, state('pending_payment'), booking({ paymentStatus }), priced))).toBe(
      expected,
    )
  })

  it('is refused when the session costs something and nobody can take the money', () => {
    const missing = { isPriced: true, isProviderConfigured: false }
    expect(answer(decideSendSchedulingLink(tina, state('claimed'), null, missing))).toBe('payments_not_configured')
    expect(answer(decideSendSchedulingLink(tina, state('claimed'), null, free))).toBe('allowed')
  })

  it('names the wrong status before the missing provider', () => {
    const missing = { isPriced: true, isProviderConfigured: false }
    expect(answer(decideSendSchedulingLink(tina, state('confirmed'), null, missing))).toBe('invalid_state')
  })
})

describe('choosing whom to assign', () => {
  it('takes any active trainer, is content with the present one, and refuses everybody else', () => {
    const claimed = state('claimed')
    expect(decideAssignee({ userId: 'tom', isActiveTrainer: true }, claimed)).toEqual({ allowed: true })
    expect(decideAssignee({ userId: 'tina', isActiveTrainer: true }, claimed)).toBe(ALREADY_HOLDS)
    expect(answer(decideAssignee({ userId: 'tom', isActiveTrainer: false }, claimed))).toBe('validation_failed')
    expect(answer(decideAssignee(null, claimed))).toBe('validation_failed')
  })
})

describe('who released it', () => {
  it('is its trainer, or somebody who took it back', () => {
    expect(releaseOccasion(tina, 'tina')).toBe('released')
    expect(releaseOccasion(admin, 'tina')).toBe('taken_back')
    expect(releaseOccasion(SYSTEM, 'tina')).toBe('taken_back')
    expect(releaseOccasion(key, 'tina')).toBe('taken_back')
  })
})

describe('the actions that screens are told', () => {
  it('offer an eligible trainer the claim and nothing else', () => {
    expect(requestActions(tom, state('trainers_notified'), null, priced, now)).toEqual({
      claim: { allowed: true, reason: null },
      release: { allowed: false, reason: 'not_found' },
      assign: { allowed: false, reason: 'not_found' },
      changeSessionType: { allowed: false, reason: 'not_found' },
      sendSchedulingLink: { allowed: false, reason: 'not_found' },
      cancel: { allowed: false, reason: 'not_found' },
    })
  })

  it('offer its trainer everything but the claim they have and the assignment that is an admin’s', () => {
    expect(requestActions(tina, state('claimed'), null, priced, now)).toEqual({
      claim: { allowed: false, reason: 'invalid_state' },
      release: { allowed: true, reason: null },
      assign: { allowed: false, reason: 'org_admin_required' },
      changeSessionType: { allowed: true, reason: null },
      sendSchedulingLink: { allowed: true, reason: null },
      cancel: { allowed: true, reason: null },
    })
  })

  it('never offer a claim to an admin who does not train', () => {
    for (const status of REQUEST_STATUSES) {
      expect(requestActions(admin, state(status), null, priced, now).claim).toEqual({
        allowed: false,
        reason: 'trainer_role_required',
      })
    }
  })

  it('offer nothing on a canceled request', () => {
    for (const [, caller] of MANAGERS) {
      const actions = Object.values(requestActions(caller, state('canceled'), null, priced, now))
      expect(actions.every((action) => !action.allowed)).toBe(true)
    }
  })
})
