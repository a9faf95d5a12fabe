import { describe, expect, it } from 'vitest'
import { availabilityRuleErrors } from './availability-rule.ts'
import { blackoutErrors } from './blackout.ts'

const day = { startDate: '2026-12-24', endDate: '2026-12-24', startTime: null, endTime: null }

describe('A blackout', () => {
  it('may be one whole day, and may not end before it starts', () => {
    expect(blackoutErrors(day)).toEqual([])
    expect(blackoutErrors({ ...day, endDate: '2026-12-23' })).toMatchObject([{ pointer: '/endDate' }])
  })

  it('has both times or neither', () => {
    expect(blackoutErrors({ ...day, startTime: '09:00', endTime: '10:00' })).toEqual([])
    expect(blackoutErrors({ ...day, startTime: '09:00' })).toMatchObject([{ pointer: '/endTime' }])
    expect(blackoutErrors({ ...day, endTime: '09:00' })).toMatchObject([{ pointer: '/startTime' }])
  })

  it('on one day ends after it starts; over several days any two times will do', () => {
    expect(blackoutErrors({ ...day, startTime: '09:00', endTime: '09:01' })).toEqual([])
    expect(blackoutErrors({ ...day, startTime: '09:00', endTime: '24:00' })).toEqual([])
    expect(blackoutErrors({ ...day, startTime: '09:00', endTime: '09:00' })).toMatchObject([{ pointer: '/endTime' }])
    expect(blackoutErrors({ ...day, endDate: '2026-12-25', startTime: '18:00', endTime: '08:00' })).toEqual([])
  })
})

describe('A weekly rule', () => {
  it('may start and end on one date, and may not end before it starts', () => {
    expect(availabilityRuleErrors({ firstDate: '2026-12-01', lastDate: '2026-12-01' })).toEqual([])
    expect(availabilityRuleErrors({ firstDate: '2026-12-02', lastDate: '2026-12-01' })).toMatchObject([
      { pointer: '/lastDate' },
    ])
    expect(availabilityRuleErrors({ firstDate: null, lastDate: '2026-12-01' })).toEqual([])
  })
})
