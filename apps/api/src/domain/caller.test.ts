import { describe, expect, it } from 'vitest'
import { API_KEY_SCOPES, isScopeGranted } from './api-key-scopes.ts'
import {
  actorOf,
  type Caller,
  CUSTOMER,
  decideAdminister,
  decideManage,
  decideReadRequest,
  decideReadSchedule,
  isEligible,
  isOrgAdmin,
  isOwner,
  isTrainer,
  ROLE_LABELS,
  SYSTEM,
  type UserCaller,
} from './caller.ts'

function member(userId: string, changes: Partial<UserCaller> = {}): UserCaller {
  return { kind: 'user', userId, role: 'trainer', canTrain: false, skills: ['zoho'], active: true, ...changes }
}
const tina = member('tina')
const unskilled = member('una', { skills: [] })
const admin = member('admin', { role: 'org_admin' })
const ada = member('ada', { role: 'org_admin', canTrain: true })
const key = { kind: 'api_key', keyId: 'key', scopes: ['requests:read'] } as const

describe('who a caller is', () => {
  it.each([
    ['a trainer', tina, true, false],
    ['an admin', admin, false, true],
    ['an admin who trains', ada, true, true],
    ['a deactivated trainer', { ...tina, active: false }, false, false],
    ['a deactivated admin who trains', { ...ada, active: false }, false, false],
    ['an API key', key, false, true],
    ['the customer', CUSTOMER, false, false],
    ['the product', SYSTEM, false, false],
  ] as [string, Caller, boolean, boolean][])('%s: trainer %s, admin %s', (_who, caller, trains, administers) => {
    expect(isTrainer(caller)).toBe(trains)
    expect(isOrgAdmin(caller)).toBe(administers)
    expect(isEligible(caller, ['zoho'])).toBe(trains)
    expect(isEligible(caller, ['zoho', 'excel'])).toBe(false)
  })

  it('goes into history by kind and id', () => {
    expect([tina, key, CUSTOMER, SYSTEM].map(actorOf)).toEqual([
      { kind: 'user', id: 'tina' },
      { kind: 'api_key', id: 'key' },
      { kind: 'customer', id: null },
      { kind: 'system', id: null },
    ])
  })

  it('has the guide’s names for roles', () => {
    expect(ROLE_LABELS).toEqual({ trainer: 'Trainer', org_admin: 'Organizational Admin' })
  })

  it('owns what carries their id, and nobody owns what carries none', () => {
    expect(isOwner(tina, 'tina')).toBe(true)
    expect(isOwner(tina, 'tom')).toBe(false)
    expect(isOwner(tina, null)).toBe(false)
    expect(isOwner({ ...tina, active: false }, 'tina')).toBe(false)
  })
})

describe('managing and administering a piece of work', () => {
  it.each([
    ['its trainer', tina, 'allowed', 'org_admin_required'],
    ['another trainer', unskilled, 'not_found', 'not_found'],
    ['an admin', admin, 'allowed', 'allowed'],
    ['a key without the scope', key, 'insufficient_scope', 'insufficient_scope'],
    ['a key with it', { ...key, scopes: ['bookings:write'] }, 'allowed', 'allowed'],
    ['the customer', CUSTOMER, 'not_found', 'not_found'],
    ['the product', SYSTEM, 'allowed', 'allowed'],
  ] as [string, Caller, string, string][])('%s: %s, %s', (_who, caller, manage, administer) => {
    const managed = decideManage(caller, 'tina', 'bookings:write')
    expect(managed.allowed ? 'allowed' : managed.reason).toBe(manage)
    const administered = decideAdminister(caller, 'tina', 'bookings:write')
    expect(administered.allowed ? 'allowed' : administered.reason).toBe(administer)
  })

  it('lets an admin who is also its trainer administer', () => {
    expect(decideAdminister(ada, 'ada', 'bookings:write').allowed).toBe(true)
  })
})

describe('seeing what a schedule comes to', () => {
  it.each([
    ['a trainer their own', tina, 'tina', null],
    ['a trainer another’s', tina, 'una', 'org_admin_required'],
    ['an admin who trains their own', ada, 'ada', null],
    ['an admin a trainer’s', admin, 'tina', null],
    ['an admin without the role their own', admin, 'admin', 'trainer_role_required'],
    ['a deactivated admin a trainer’s', { ...admin, active: false }, 'tina', 'org_admin_required'],
  ] as const)('%s', (_name, caller, trainerId, reason) => {
    expect(decideReadSchedule(caller, trainerId)).toEqual(
      reason === null ? { allowed: true } : { allowed: false, reason },
    )
  })
})

describe('reading a request', () => {
  const open = { hideContactUntilClaimed: false }
  const hidden = { hideContactUntilClaimed: true }
  function view(caller: Caller, claimedBy: string | null, organization = open): string {
    const decision = decideReadRequest(caller, { claimedBy, requiredSkills: ['zoho'] }, organization)
    return decision.allowed ? decision.view : decision.reason
  }

  it.each([
    ['its trainer', tina, 'not applicable', 'full'],
    ['an eligible trainer', member('tom'), 'full', 'claimed_by_another'],
    ['a trainer without the skill', unskilled, 'not_found', 'not_found'],
    ['a deactivated trainer', member('tom', { active: false }), 'not_found', 'not_found'],
    ['an admin', admin, 'full', 'full'],
    ['an admin who trains', ada, 'full', 'full'],
    ['a key that reads', key, 'full', 'full'],
    ['a key for something else', { ...key, scopes: ['bookings:write'] }, 'insufficient_scope', 'insufficient_scope'],
    ['the customer', CUSTOMER, 'not_found', 'not_found'],
    ['the product', SYSTEM, 'full', 'full'],
  ] as [string, Caller, string, string][])(
    '%s: unclaimed %s, claimed by Tina %s',
    (_who, caller, unclaimed, claimed) => {
      if (unclaimed !== 'not applicable') expect(view(caller, null)).toBe(unclaimed)
      expect(view(caller, 'tina')).toBe(claimed)
    },
  )

  it('shows its trainer everything even after they lost the skill', () => {
    expect(view(member('tina', { skills: [] }), 'tina')).toBe('full')
  })

  it('hides contact details until claimed from trainers, not from admins, where the organization says so', () => {
    expect(view(member('tom'), null, hidden)).toBe('contact_hidden')
    expect(view(ada, null, hidden)).toBe('full')
    expect(view(tina, 'tina', hidden)).toBe('full')
  })
})

describe('scopes of API keys', () => {
  it('grant themselves and the reading of what they write', () => {
    for (const scope of API_KEY_SCOPES) expect(isScopeGranted([scope], scope)).toBe(true)
    expect(isScopeGranted(['requests:write'], 'requests:read')).toBe(true)
    expect(isScopeGranted(['payments:write'], 'bookings:read')).toBe(true)
  })

  it('grant nothing more', () => {
    expect(isScopeGranted(['requests:read'], 'requests:write')).toBe(false)
    expect(isScopeGranted(['requests:write'], 'bookings:read')).toBe(false)
    expect(isScopeGranted(['bookings:write'], 'payments:write')).toBe(false)
    expect(isScopeGranted([], 'requests:read')).toBe(false)
  })
})
