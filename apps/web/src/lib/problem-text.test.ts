import { expect, test } from 'vitest'
import { ApiProblem, NoAnswer } from './problem.ts'
import { PROBLEM_TEXT, problemText } from './problem-text.ts'

const BODY = {
  type: '/problems/not_found',
  title: 'Not found',
  status: 404,
  detail: 'Not found',
  instance: '/',
  code: 'not_found',
  requestId: 'req-1',
} as const

test.each([
  [401, 'invalid_credentials'],
  [404, 'not_found'],
  [409, 'slot_unavailable'],
  [422, 'validation_failed'],
  [429, 'rate_limited'],
] as const)('a refusal that a person can mend has words and no id for support: %i %s', (status, code) => {
  expect(problemText(new ApiProblem({ ...BODY, status, code }))).toEqual({ ...PROBLEM_TEXT[code], requestId: null })
})

test.each([
  [400, 'malformed_request'],
  [500, 'internal_error'],
  [503, 'service_unavailable'],
] as const)('a failure of ours has words and the id for support: %i %s', (status, code) => {
  expect(problemText(new ApiProblem({ ...BODY, status, code }))).toEqual({ ...PROBLEM_TEXT[code], requestId: 'req-1' })
})

test('what is wrong with all of it stands where no field can be marked', () => {
  const refused = (errors: { pointer: string; message: string }[]) =>
    problemText(new ApiProblem({ ...BODY, status: 422, code: 'validation_failed', errors }))
  const full = { pointer: '', message: 'There are 500 blackouts already. Remove one first.' }
  expect(refused([full])).toMatchObject({ advice: full.message })
  expect(refused([{ pointer: '/startDate', message: 'Is required.' }])).toMatchObject({
    advice: PROBLEM_TEXT.validation_failed.advice,
  })
})

test('the guide’s message stands word for word', () => {
  expect(PROBLEM_TEXT.request_already_claimed.title).toBe('This request has already been claimed by another trainer.')
})

test('no answer is no refusal', () => {
  expect(problemText(new NoAnswer(new TypeError('offline'))).title).toBe('No connection')
})

test('no words blame, shout or leave one without a next step', () => {
  for (const { title, advice } of Object.values(PROBLEM_TEXT)) {
    expect(`${title} ${advice}`).not.toMatch(/!|invalid|illegal|your fault/i)
    expect(advice.length).toBeGreaterThan(10)
  }
})
