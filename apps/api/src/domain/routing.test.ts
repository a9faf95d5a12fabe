import { describe, expect, it } from 'vitest'
import type { UserCaller } from './caller.ts'
import {
  type Condition,
  conditionHolds,
  eligibleTrainers,
  type FormAnswers,
  isEmptyAnswer,
  type Routing,
  routeAnswers,
} from './routing.ts'

const answers: FormAnswers = {
  topic: 'Zoho CRM',
  products: ['crm', 'books'],
  urgent: false,
  seats: 5,
  blank: '  ',
  none: [],
}

describe('a condition', () => {
  it.each([
    ['topic', 'equals', 'zoho crm ', true],
    ['topic', 'equals', 'zoho', false],
    ['topic', 'equals', '', false],
    ['topic', 'not_equals', 'zoho', true],
    ['topic', 'not_equals', 'ZOHO CRM', false],
    ['topic', 'contains', 'crm', true],
    ['topic', 'contains', 'books', false],
    ['topic', 'contains', '', false],
    ['topic', 'one_of', ['books', 'zoho crm'], true],
    ['topic', 'one_of', ['books'], false],
    ['topic', 'one_of', [], false],
    ['topic', 'is_empty', null, false],
    ['products', 'equals', ['books', 'crm'], true],
    ['products', 'equals', ['crm'], false],
    ['products', 'equals', 'crm', false],
    ['products', 'not_equals', 'crm', true],
    ['products', 'contains', 'crm', true],
    ['products', 'contains', ['crm', 'books'], true],
    ['products', 'contains', ['crm', 'desk'], false],
    ['products', 'contains', 'cr', false],
    ['products', 'one_of', ['desk', 'books'], true],
    ['products', 'one_of', ['desk'], false],
    ['urgent', 'equals', false, true],
    ['urgent', 'equals', 'false', true],
    ['urgent', 'equals', true, false],
    ['urgent', 'contains', 'als', false],
    ['urgent', 'is_empty', null, false],
    ['seats', 'equals', 5, true],
    ['seats', 'equals', '5.0', true],
    ['seats', 'equals', ' ', false],
    ['seats', 'one_of', [4, 5], true],
    ['blank', 'is_empty', null, true],
    ['blank', 'equals', '  ', false],
    ['none', 'is_empty', null, true],
    ['missing', 'is_empty', null, true],
    ['missing', 'equals', 'x', false],
    ['missing', 'contains', 'x', false],
    ['missing', 'one_of', ['x'], false],
    ['missing', 'not_equals', 'x', true],
    ['constructor', 'is_empty', null, true],
    ['__proto__', 'is_empty', null, true],
  ] as [string, Condition['operator'], Condition['value'], boolean][])(
    '%s %s %j is %s',
    (fieldKey, operator, value, expected) => {
      expect(conditionHolds({ fieldKey, operator, value }, answers)).toBe(expected)
    },
  )

  it('takes no for an answer, and 0', () => {
    expect([isEmptyAnswer(false), isEmptyAnswer(0), isEmptyAnswer(undefined)]).toEqual([false, false, true])
  })
})

describe('routing', () => {
  const output = { requiredSkills: [], sessionTypeId: null, priority: 'normal', category: null } as const
  const routing: Routing = {
    rules: [
      {
        conditions: [
          { fieldKey: 'topic', operator: 'contains', value: 'zoho' },
          { fieldKey: 'urgent', operator: 'equals', value: true },
        ],
        output: { ...output, priority: 'high' },
      },
      {
        conditions: [{ fieldKey: 'topic', operator: 'contains', value: 'zoho' }],
        output: { ...output, requiredSkills: [' ZOHO ', 'zoho', ''], category: 'crm' },
      },
      {
        conditions: [{ fieldKey: 'topic', operator: 'contains', value: 'crm' }],
        output: { ...output, sessionTypeId: 'long' },
      },
    ],
    defaultOutput: { ...output, sessionTypeId: 'standard', priority: 'low' },
  }

  it('takes the first rule all of whose conditions hold', () => {
    expect(routeAnswers(routing, answers)).toEqual({
      ruleIndex: 1,
      output: { requiredSkills: ['zoho'], sessionTypeId: 'standard', priority: 'normal', category: 'crm' },
    })
    expect(routeAnswers(routing, { topic: 'zoho', urgent: true }).ruleIndex).toBe(0)
    expect(routeAnswers(routing, { topic: 'Some CRM' })).toMatchObject({
      ruleIndex: 2,
      output: { sessionTypeId: 'long' },
    })
  })

  it('ends with the default', () => {
    expect(routeAnswers(routing, {})).toEqual({ ruleIndex: null, output: routing.defaultOutput })
  })

  it('takes a rule without conditions for every request', () => {
    const always = { ...routing, rules: [{ conditions: [], output: { ...output, category: 'all' } }] }
    expect(routeAnswers(always, {})).toMatchObject({ ruleIndex: 0, output: { category: 'all' } })
  })
})

describe('who is eligible', () => {
  const member = (userId: string, changes: Partial<UserCaller>): UserCaller => ({
    kind: 'user',
    userId,
    role: 'trainer',
    canTrain: false,
    skills: ['zoho'],
    active: true,
    ...changes,
  })
  const members = [
    member('tina', { skills: ['zoho', 'wordpress'] }),
    member('tom', {}),
    member('ada', { role: 'org_admin', canTrain: true, skills: ['WordPress', 'Zoho'] }),
    member('admin', { role: 'org_admin', skills: ['zoho', 'wordpress'] }),
    member('gone', { active: false, skills: ['zoho', 'wordpress'] }),
  ]
  const ids = (skills: string[]) => eligibleTrainers(members, skills).map((one) => one.userId)

  it('is every active trainer with all the skills', () => {
    expect(ids(['zoho', 'wordpress'])).toEqual(['tina', 'ada'])
    expect(ids(['zoho'])).toEqual(['tina', 'tom', 'ada'])
    expect(ids(['excel'])).toEqual([])
  })

  it('is every active trainer when no skill is required', () => {
    expect(ids([])).toEqual(['tina', 'tom', 'ada'])
  })
})
