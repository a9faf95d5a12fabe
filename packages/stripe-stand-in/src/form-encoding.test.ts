import { expect, test } from 'vitest'
import { decodeForm, UnreadableForm } from './form-encoding.ts'

test('brackets are groups, and numbered groups are lists', () => {
  expect(decodeForm('a[b][0][c]=1&a[b][1][c]=2&d=x%20y&e[]=1&e[]=2')).toEqual({
    a: { b: [{ c: '1' }, { c: '2' }] },
    d: 'x y',
    e: ['1', '2'],
  })
})

test('brackets may come encoded, and an encoded bracket in a value stays', () => {
  expect(decodeForm('a%5Bb%5D=%5Bc%5D')).toEqual({ a: { b: '[c]' } })
})

test('numbers that do not begin at 0 and follow one another are names', () => {
  expect(decodeForm('a[1]=x')).toEqual({ a: { '1': 'x' } })
  expect(decodeForm('a[0]=x&a[2]=y')).toEqual({ a: { '0': 'x', '2': 'y' } })
})

test.each(['a[b=1', 'a[b]c=1', '[a]=1', '=1', 'a=1&a[b]=2', 'a[b]=1&a[b][c]=2'])('%s cannot be read', (text) => {
  expect(() => decodeForm(text)).toThrow(UnreadableForm)
})

test('a name that means more to JavaScript than to Stripe is a name', () => {
  expect(Object.keys(decodeForm('__proto__[x]=1&a=2'))).toContain('a')
  expect(({} as { x?: string }).x).toBeUndefined()
})
