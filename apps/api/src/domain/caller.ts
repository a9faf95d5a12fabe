import { type ApiKeyScope, isScopeGranted } from './api-key-scopes.ts'
import { ALLOWED, type Decision, refused } from './decision.ts'
import { hasAllSkills } from './skills.ts'

export const ROLES = ['trainer', 'org_admin'] as const
export type Role = (typeof ROLES)[number]

export const ROLE_LABELS: Readonly<Record<Role, string>> = {
  trainer: 'Trainer',
  org_admin: 'Organizational Admin',
}

export const MEMBERSHIP_STATUSES = ['invited', 'active', 'inactive'] as const
export type MembershipStatus = (typeof MEMBERSHIP_STATUSES)[number]

export const MEMBERSHIP_STATUS_LABELS: Readonly<Record<MembershipStatus, string>> = {
  invited: 'Invited',
  active: 'Active',
  inactive: 'Inactive',
}

/** Who can be named in a history row. */
export const ACTOR_KINDS = ['user', 'customer', 'system', 'api_key'] as const
export type ActorKind = (typeof ACTOR_KINDS)[number]

/** Who did it, as history and events keep it; `id` is a user's or a key's id, null for customer and system. */
export interface Actor {
  readonly kind: ActorKind
  readonly id: string | null
}

/** A person in one organization, as their membership stands at this moment. */
export interface UserCaller {
  readonly kind: 'user'
  readonly userId: string
  readonly role: Role
  readonly canTrain: boolean
  readonly skills: readonly string[]
  readonly active: boolean
}

export interface ApiKeyCaller {
  readonly kind: 'api_key'
  readonly keyId: string
  readonly scopes: readonly ApiKeyScope[]
}

/** The person who asked: their link has already named the one request or booking they may touch. */
export interface CustomerCaller {
  readonly kind: 'customer'
}

/** The product's own jobs: sweeps, deadlines, automatic confirmation. */
export interface SystemCaller {
  readonly kind: 'system'
}

export type Caller = UserCaller | ApiKeyCaller | CustomerCaller | SystemCaller

export const SYSTEM: SystemCaller = Object.freeze({ kind: 'system' })
export const CUSTOMER: CustomerCaller = Object.freeze({ kind: 'customer' })

/** Who a history row or an event names when this caller acts. */
export function actorOf(caller: Caller): Actor {
  switch (caller.kind) {
    case 'user':
      return { kind: 'user', id: caller.userId }
    case 'api_key':
      return { kind: 'api_key', id: caller.keyId }
    case 'customer':
      return { kind: 'customer', id: null }
    case 'system':
      return { kind: 'system', id: null }
  }
}

/** Whether this caller can run sessions here: an active trainer, or an active admin who may train as well. */
export function isTrainer(caller: Caller): caller is UserCaller {
  return caller.kind === 'user' && caller.active && (caller.role === 'trainer' || caller.canTrain)
}

/** Whether this caller runs the organization: an active Organizational Admin, or an API key, which acts as one. */
export function isOrgAdmin(caller: Caller): boolean {
  return caller.kind === 'api_key' || (caller.kind === 'user' && caller.active && caller.role === 'org_admin')
}

/** Whether a member could claim a request that asks for these skills: an active trainer with every one of them. */
export function isEligible(caller: Caller, requiredSkills: readonly string[]): boolean {
  return isTrainer(caller) && hasAllSkills(requiredSkills, caller.skills)
}

/** Whether this caller is the trainer who holds the request or booking. */
export function isOwner(caller: Caller, trainerId: string | null): boolean {
  return trainerId !== null && isTrainer(caller) && caller.userId === trainerId
}

/**
 * May this caller run this piece of work? Its own trainer may, an admin may, the product's own jobs may.
 *
 * Refuses `insufficient_scope` for an API key made for something else and `not_found` for everyone else: another
 * trainer's work does not exist for them (product.md §15). The customer's own commands are judged elsewhere.
 */
export function decideManage(
  caller: Caller,
  trainerId: string | null,
  scope: ApiKeyScope,
): Decision<'not_found' | 'insufficient_scope'> {
  if (caller.kind === 'system') return ALLOWED
  if (caller.kind === 'api_key') return isScopeGranted(caller.scopes, scope) ? ALLOWED : refused('insufficient_scope')
  return isOrgAdmin(caller) || isOwner(caller, trainerId) ? ALLOWED : refused('not_found')
}

/**
 * May this caller decide for the organization about this piece of work: assign it, refund it, settle what is stuck?
 *
 * Its own trainer, who can see it, is told `org_admin_required`; whoever cannot see it gets `not_found`; a key made for
 * something else gets `insufficient_scope` (product.md §15).
 */
export function decideAdminister(
  caller: Caller,
  trainerId: string | null,
  scope: ApiKeyScope,
): Decision<'not_found' | 'org_admin_required' | 'insufficient_scope'> {
  if (isOrgAdmin(caller)) return decideManage(caller, trainerId, scope)
  if (caller.kind === 'system') return ALLOWED
  return refused(isOwner(caller, trainerId) ? 'org_admin_required' : 'not_found')
}

/**
 * May this member see what a trainer's schedule comes to in the organization: what customers would be offered, and why a
 * time is not? Trainers their own (others, without the role: `trainer_role_required`); admins every trainer's
 * (a trainer who asks about another: `org_admin_required`).
 */
export function decideReadSchedule(
  caller: UserCaller,
  trainerId: string,
): Decision<'trainer_role_required' | 'org_admin_required'> {
  if (caller.userId === trainerId) return isTrainer(caller) ? ALLOWED : refused('trainer_role_required')
  return isOrgAdmin(caller) ? ALLOWED : refused('org_admin_required')
}

/**
 * How much of a request its reader sees: everything; everything but the customer's name, email and phone; or only that
 * another trainer has it.
 */
export const REQUEST_VIEWS = ['full', 'contact_hidden', 'claimed_by_another'] as const
export type RequestView = (typeof REQUEST_VIEWS)[number]

export type ReadRequestDecision =
  | { readonly allowed: true; readonly view: RequestView }
  | { readonly allowed: false; readonly reason: 'not_found' | 'insufficient_scope' }

/**
 * May this person open this request, and how much of it do they see?
 *
 * Its own trainer and admins see it whole; a trainer whose skills fit sees it while nobody holds it (without contact
 * details where the organization hides them until claimed) and, once another trainer holds it, only that this is so.
 * Everyone else: `not_found` (product.md §4, §15). Repositories repeat this in their WHERE so that lists agree.
 */
export function decideReadRequest(
  caller: Caller,
  trainingRequest: { readonly claimedBy: string | null; readonly requiredSkills: readonly string[] },
  organization: { readonly hideContactUntilClaimed: boolean },
): ReadRequestDecision {
  if (caller.kind === 'api_key' && !isScopeGranted(caller.scopes, 'requests:read')) {
    return refused('insufficient_scope')
  }
  if (caller.kind === 'system' || isOrgAdmin(caller) || isOwner(caller, trainingRequest.claimedBy)) {
    return { allowed: true, view: 'full' }
  }
  if (!isEligible(caller, trainingRequest.requiredSkills)) return refused('not_found')
  if (trainingRequest.claimedBy !== null) return { allowed: true, view: 'claimed_by_another' }
  return { allowed: true, view: organization.hideContactUntilClaimed ? 'contact_hidden' : 'full' }
}
