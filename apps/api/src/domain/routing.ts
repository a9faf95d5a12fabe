import { type Caller, isEligible } from './caller.ts'
import { normalizeSkills } from './skills.ts'
import type { RequestPriority } from './training-request.ts'

/** One answer: text (choices by option value, dates as YYYY-MM-DD), several choices, yes or no, or a number. */
export type AnswerValue = string | number | boolean | readonly string[]

/** Answers by field key. */
export type FormAnswers = Readonly<Record<string, AnswerValue>>

export const CONDITION_OPERATORS = ['equals', 'not_equals', 'contains', 'one_of', 'is_empty'] as const
export type ConditionOperator = (typeof CONDITION_OPERATORS)[number]

export const CONDITION_OPERATOR_LABELS: Readonly<Record<ConditionOperator, string>> = {
  equals: 'is',
  not_equals: 'is not',
  contains: 'contains',
  one_of: 'is one of',
  is_empty: 'is not answered',
}

/** A test of one answer. `value` is a list for `one_of`, and null for `is_empty`. */
export interface Condition {
  readonly fieldKey: string
  readonly operator: ConditionOperator
  readonly value: AnswerValue | null
}

export interface RoutingOutput {
  readonly requiredSkills: readonly string[]
  /** Null in a rule: the default's session type. */
  readonly sessionTypeId: string | null
  readonly priority: RequestPriority
  readonly category: string | null
}

export interface RoutingRule {
  /** All of them must hold; without any the rule fits every request. */
  readonly conditions: readonly Condition[]
  readonly output: RoutingOutput
}

/** A form version's rules in their order, and what holds when none of them fits. */
export interface Routing {
  readonly rules: readonly RoutingRule[]
  readonly defaultOutput: RoutingOutput
}

/** Whether a question was left open: no answer, nothing but spaces, or nothing chosen. `false` and 0 are answers. */
export function isEmptyAnswer(answer: AnswerValue | null | undefined): boolean {
  if (answer === undefined || answer === null) return true
  if (typeof answer === 'string') return answer.trim() === ''
  return Array.isArray(answer) && answer.length === 0
}

/** Texts are compared without regard to case and spaces around them, numbers and yes/no by what they mean. */
function comparable(value: string | number | boolean): string {
  return typeof value === 'string' ? value.normalize('NFKC').trim().toLowerCase() : String(value)
}

function isSameAnswer(answer: string | number | boolean, value: string | number | boolean): boolean {
  if (typeof answer === 'number' && typeof value === 'string') return value.trim() !== '' && Number(value) === answer
  return comparable(answer) === comparable(value)
}

function listOf(value: AnswerValue | null): readonly (string | number | boolean)[] {
  if (value === null) return []
  return typeof value === 'object' ? value : [value]
}

function equals(answer: AnswerValue, value: AnswerValue | null): boolean {
  const answers = listOf(answer)
  const wanted = listOf(value)
  return (
    answers.length > 0 &&
    answers.every((one) => wanted.some((other) => isSameAnswer(one, other))) &&
    wanted.every((one) => answers.some((other) => isSameAnswer(other, one)))
  )
}

function contains(answer: AnswerValue, value: AnswerValue | null): boolean {
  const wanted = listOf(value)
  if (wanted.length === 0 || typeof answer === 'boolean') return false
  if (typeof answer === 'object') return wanted.every((one) => answer.some((chosen) => isSameAnswer(chosen, one)))
  return wanted.every((one) => comparable(one) !== '' && comparable(answer).includes(comparable(one)))
}

/**
 * Whether one condition holds for these answers.
 *
 * `equals`: the answer is this (of several choices: exactly these); `not_equals`: it is not, an open question included;
 * `contains`: the text has this in it, or these are among the choices; `one_of`: the answer, or one of several choices,
 * is in the list; `is_empty`: the question is open. An open question holds for `not_equals` and `is_empty` only.
 */
export function conditionHolds(condition: Condition, answers: FormAnswers): boolean {
  const answer = Object.hasOwn(answers, condition.fieldKey) ? answers[condition.fieldKey] : undefined
  if (condition.operator === 'is_empty') return isEmptyAnswer(answer)
  if (answer === undefined || isEmptyAnswer(answer)) return condition.operator === 'not_equals'
  switch (condition.operator) {
    case 'equals':
      return equals(answer, condition.value)
    case 'not_equals':
      return !equals(answer, condition.value)
    case 'contains':
      return contains(answer, condition.value)
    case 'one_of':
      return listOf(condition.value).some((one) => listOf(answer).some((given) => isSameAnswer(given, one)))
  }
}

/**
 * What a form's rules make of these answers: whom the request needs, what is sold, how urgent it is.
 *
 * The first rule all of whose conditions hold wins; if none does, the default. `ruleIndex` counts from 0, null is the
 * default. Skills come normalised; a rule that names no session type takes the default's.
 */
export function routeAnswers(
  routing: Routing,
  answers: FormAnswers,
): { readonly ruleIndex: number | null; readonly output: RoutingOutput } {
  const index = routing.rules.findIndex((rule) =>
    rule.conditions.every((condition) => conditionHolds(condition, answers)),
  )
  const output = routing.rules[index]?.output ?? routing.defaultOutput
  return {
    ruleIndex: index === -1 ? null : index,
    output: {
      ...output,
      requiredSkills: normalizeSkills(output.requiredSkills),
      sessionTypeId: output.sessionTypeId ?? routing.defaultOutput.sessionTypeId,
    },
  }
}

/** The members who could claim a request that asks for these skills: active trainers with every one of them. */
export function eligibleTrainers<Member extends Caller>(
  members: readonly Member[],
  requiredSkills: readonly string[],
): Member[] {
  return members.filter((member) => isEligible(member, requiredSkills))
}
