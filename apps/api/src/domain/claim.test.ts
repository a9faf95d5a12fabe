import { describe, expect, it } from 'vitest'
import { CUSTOMER, SYSTEM, type UserCaller } from './caller.ts'
import { ALREADY_CLAIMED_MESSAGE, decideClaim } from './claim.ts'
import { ALREADY_HOLDS } from './decision.ts'
import { REQUEST_STATUSES, type RequestState, type RequestStatus } from './training-request.ts'

function member(userId: string, changes: Partial<UserCaller> = {}): UserCaller {
  return { kind: 'user', userId, role: 'trainer', canTrain: false, skills: ['zoho'], active: true, ...changes }
}
const tina = member('tina')
const unskilled = member('una', { skills: [] })
const admin = member('admin', { role: 'org_admin' })
const ada = member('ada', { role: 'org_admin', canTrain: true })
const unskilledAda = member('ada', { role: 'org_admin', canTrain: true, skills: [] })

function answerOf(caller: Parameters<typeof decideClaim>[0], request: RequestState, claimant?: UserCaller): string {
  const decision = decideClaim(caller, request, claimant)
  if (decision === ALREADY_HOLDS) return 'already'
  return decision.allowed ? 'allowed' : decision.reason
}
function request(status: RequestStatus, claimedBy: string | null): RequestState {
  return { status, claimedBy, requiredSkills: ['Zoho '] }
}

describe('claiming', () => {
  it('has the loser’s message word for word', () => {
    expect(ALREADY_CLAIMED_MESSAGE).toBe('This request has already been claimed by another trainer.')
  })

  it.each(['new', 'trainers_notified'] as const)('is open to the eligible while a request is %s', (status) => {
    expect(answerOf(tina, request(status, null))).toBe('allowed')
    expect(answerOf(ada, request(status, null))).toBe('allowed')
    expect(answerOf(unskilled, request(status, null))).toBe('not_found')
    expect(answerOf(unskilledAda, request(status, null))).toBe('not_eligible')
    expect(answerOf(admin, request(status, null))).toBe('trainer_role_required')
    expect(answerOf(member('tina', { active: false }), request(status, null))).toBe('not_found')
    expect(answerOf(CUSTOMER, request(status, null))).toBe('not_found')
    expect(answerOf(SYSTEM, request(status, null))).toBe('not_found')
  })

  const held = REQUEST_STATUSES.filter((status) => !['new', 'trainers_notified', 'canceled'].includes(status))
  it.each(held)('of one that is %s: its trainer has it already, everybody else is too late', (status) => {
    expect(answerOf(tina, request(status, 'tina'))).toBe('already')
    expect(answerOf(member('tina', { skills: [] }), request(status, 'tina'))).toBe('already')
    expect(answerOf(tina, request(status, 'tom'))).toBe('request_already_claimed')
    expect(answerOf(ada, request(status, 'tom'))).toBe('request_already_claimed')
    expect(answerOf(unskilledAda, request(status, 'tom'))).toBe('not_eligible')
    expect(answerOf(unskilled, request(status, 'tom'))).toBe('not_found')
    expect(answerOf(admin, request(status, 'tom'))).toBe('trainer_role_required')
  })

  it.each([[null], ['tina'], ['tom']])(
    'of a canceled one (held by %s) is refused to those who could see it',
    (owner) => {
      expect(answerOf(tina, request('canceled', owner))).toBe('invalid_state')
      expect(answerOf(ada, request('canceled', owner))).toBe('invalid_state')
      expect(answerOf(unskilled, request('canceled', owner))).toBe('not_found')
      expect(answerOf(admin, request('canceled', owner))).toBe('trainer_role_required')
    },
  )

  it('needs no skill where none is required', () => {
    expect(answerOf(unskilled, { ...request('new', null), requiredSkills: [] })).toBe('allowed')
  })

  it('needs every required skill', () => {
    const both = { ...request('new', null), requiredSkills: ['zoho', 'wordpress'] }
    expect(answerOf(tina, both)).toBe('not_found')
    expect(answerOf(member('tina', { skills: ['WordPress', 'ZOHO'] }), both)).toBe('allowed')
  })

  it('by an API key is the named trainer’s claim, with an admin’s refusals', () => {
    const key = { kind: 'api_key', keyId: 'key', scopes: ['requests:write'] } as const
    expect(answerOf(key, request('new', null))).toBe('trainer_role_required')
    expect(answerOf(key, request('new', null), tina)).toBe('allowed')
    expect(answerOf(key, request('new', null), admin)).toBe('trainer_role_required')
    expect(answerOf(key, request('new', null), unskilled)).toBe('not_eligible')
    expect(answerOf(key, request('claimed', 'tom'), tina)).toBe('request_already_claimed')
    expect(answerOf(key, request('claimed', 'tina'), tina)).toBe('already')
  })

  it('ignores a named trainer when a person asks for themselves', () => {
    expect(answerOf(unskilled, request('new', null), tina)).toBe('not_found')
  })
})
