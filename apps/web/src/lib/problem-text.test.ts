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

test('a refusal has words and the id for support', () => {
  expect(problemText(new ApiProblem(BODY))).toEqual({ ...PROBLEM_TEXT.not_found, requestId: 'req-1' })
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
