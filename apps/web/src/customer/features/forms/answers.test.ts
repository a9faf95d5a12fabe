import { describe, expect, test } from 'vitest'
import { answerOf, answerProblems, answersToSend, visibleSections } from './answers.ts'
import type { FormField, PublicForm } from './public-form.ts'

function field(part: Partial<FormField> & Pick<FormField, 'key' | 'type'>): FormField {
  return { label: part.key, helpText: null, required: false, options: [], limits: {}, visibleWhen: null, ...part }
}

function formOf(...fields: FormField[]): PublicForm {
  return {
    organization: {
      slug: 'demo',
      name: 'Demo',
      logoUrl: null,
      primaryColor: '#1f5fbf',
      supportEmail: 'help@demo.test',
      supportPhone: null,
      timeZone: 'America/Chicago',
      privacyPolicyUrl: null,
      termsUrl: null,
    },
    slug: 'support',
    version: 1,
    title: 'Support',
    introduction: null,
    honeypotField: 'website',
    sections: [{ key: 'main', title: 'Main', description: null, fields }],
  }
}

const keysShown = (form: PublicForm, drafts: Record<string, string | string[]>) =>
  visibleSections(form, drafts).flatMap((section) => section.fields.map((each) => each.key))

describe('which fields are shown', () => {
  const product = field({ key: 'product', type: 'single_choice' })
  const plugins = field({
    key: 'plugins',
    type: 'multiple_choice',
    visibleWhen: { fieldKey: 'product', operator: 'equals', value: 'wordpress' },
  })
  const shop = field({
    key: 'shop',
    type: 'url',
    visibleWhen: { fieldKey: 'plugins', operator: 'contains', value: 'woo' },
  })
  const form = formOf(product, plugins, shop)

  test('a field waits for the answer it depends on', () => {
    expect(keysShown(form, {})).toEqual(['product'])
    expect(keysShown(form, { product: 'zoho' })).toEqual(['product'])
    expect(keysShown(form, { product: 'wordpress' })).toEqual(['product', 'plugins'])
    expect(keysShown(form, { product: 'wordpress', plugins: ['seo', 'woo'] })).toEqual(['product', 'plugins', 'shop'])
  })

  test('the answer of a hidden field counts for nothing and is not sent', () => {
    const drafts = { product: 'zoho', plugins: ['woo'], shop: 'example.com' }
    expect(keysShown(form, drafts)).toEqual(['product'])
    expect(answersToSend(form, drafts)).toEqual({ product: 'zoho' })
  })

  test.each([
    ['not_equals', 'zoho', {}, true],
    ['not_equals', 'zoho', { product: 'zoho' }, false],
    ['one_of', ['zoho', 'wordpress'], { product: 'wordpress' }, true],
    ['one_of', ['zoho'], { product: 'wordpress' }, false],
    ['equals', ' ZOHO ', { product: 'zoho' }, true],
    ['is_empty', null, {}, true],
    ['is_empty', null, { product: 'zoho' }, false],
  ] as const)('%s %s with %o is %s', (operator, value, drafts, isShown) => {
    const dependent = field({
      key: 'more',
      type: 'short_text',
      visibleWhen: { fieldKey: 'product', operator, value } as FormField['visibleWhen'],
    })
    expect(keysShown(formOf(product, dependent), drafts).includes('more')).toBe(isShown)
  })
})

test('drafts become answers of the field’s own kind', () => {
  expect(answerOf(field({ key: 'a', type: 'yes_no' }), 'no')).toBe(false)
  expect(answerOf(field({ key: 'a', type: 'number' }), ' 2,5 ')).toBe(2.5)
  expect(answerOf(field({ key: 'a', type: 'url' }), 'example.com')).toBe('https://example.com')
  expect(answerOf(field({ key: 'a', type: 'short_text' }), '   ')).toBeUndefined()
  expect(answerOf(field({ key: 'a', type: 'multiple_choice' }), [])).toBeUndefined()
})

describe('limits, at the edge and beyond', () => {
  test.each([
    [field({ key: 'a', type: 'short_text', required: true }), '', 'Please fill this in.'],
    [field({ key: 'a', type: 'short_text' }), '', undefined],
    [field({ key: 'a', type: 'short_text', limits: { maxLength: 3 } }), '🙂🙂🙂', undefined],
    [
      field({ key: 'a', type: 'short_text', limits: { maxLength: 3 } }),
      '🙂🙂🙂🙂',
      'Please write at most 3 characters.',
    ],
    [field({ key: 'a', type: 'long_text', limits: { minLength: 3 } }), '🙂🙂', 'Please write at least 3 characters.'],
    [field({ key: 'a', type: 'long_text', limits: { minLength: 3 } }), 'ab', 'Please write at least 3 characters.'],
    [field({ key: 'a', type: 'number', limits: { min: 1, max: 5 } }), '5', undefined],
    [field({ key: 'a', type: 'number', limits: { min: 1, max: 5 } }), '6', 'Please enter 5 or less.'],
    [field({ key: 'a', type: 'number', limits: { min: 1, max: 5 } }), '0', 'Please enter 1 or more.'],
    [field({ key: 'a', type: 'date', limits: { firstDate: '2026-11-24' } }), '2026-11-24', undefined],
    [
      field({ key: 'a', type: 'date', limits: { firstDate: '2026-11-24' } }),
      '2026-11-23',
      'Please choose Tue, Nov 24, 2026 or later.',
    ],
    [
      field({ key: 'a', type: 'multiple_choice', limits: { maxSelections: 1 } }),
      ['x', 'y'],
      'Please choose at most 1.',
    ],
  ])('case %#', (each, draft, message) => {
    expect(answerProblems(formOf(each), { a: draft })).toEqual(message ? [{ pointer: '/answers/a', message }] : [])
  })

  test.each(['short_text', 'long_text', 'email', 'phone', 'url'] as const)(
    'a %s without a limit in the form is for the API to judge',
    (type) => {
      expect(answerProblems(formOf(field({ key: 'a', type })), { a: 'x'.repeat(20_000) })).toEqual([])
    },
  )

  test('an odd key is escaped in its pointer', () => {
    expect(answerProblems(formOf(field({ key: 'a/b~c', type: 'short_text', required: true })), {})[0]?.pointer).toBe(
      '/answers/a~1b~0c',
    )
  })
})
