import { describe, expect, it } from 'vitest'
import {
  contrastWithWhite,
  ORGANIZATION_SETTINGS,
  type OrganizationSettings,
  resolveSettings,
  SETTING_NAMES,
  type SettingField,
  settingErrors,
} from './organization-settings.ts'

const signUp = { name: 'Acme', supportEmail: 'help@acme.example' }

describe('an organization’s settings', () => {
  it('have the defaults of the contract', () => {
    expect(resolveSettings(signUp)).toEqual({
      ...signUp,
      supportPhone: null,
      timeZone: 'UTC',
      currency: 'USD',
      primaryColor: '#1f5fbf',
      logoUrl: null,
      privacyPolicyUrl: null,
      termsUrl: null,
      sessionDurationsMinutes: [15, 30, 45, 60, 90, 120],
      slotHoldMinutes: 60,
      slotStepMinutes: 30,
      bufferBeforeMinutes: 0,
      bufferAfterMinutes: 0,
      minimumNoticeMinutes: 120,
      bookingHorizonDays: 14,
      schedulingLinkLifetimeHours: 168,
      customerReminderDays: [2, 5],
      hideContactUntilClaimed: false,
      unclaimedRenotifyMinutes: 60,
      unclaimedFlagMinutes: 240,
      linkDeadlineHours: 24,
      releaseAtLinkDeadline: false,
      confirmAutomaticallyWhenPaid: false,
      paidReminderMinutes: 60,
      cancellationKind: 'full',
      cancellationWindowHours: 24,
      cancellationPartialPercent: 50,
      customerMayCancel: true,
      customerMayReschedule: true,
      rescheduleWindowHours: 24,
      payoutSharePercent: 70,
      noShowPayoutPercent: 100,
      autoCompleteAfterHours: null,
      sendRequestConfirmationEmail: true,
      sessionReminderMinutes: [1440, 60],
      notificationMailsPerFormPerHour: 500,
      calendarStaleMinutes: 30,
      zohoInvitesCustomer: false,
      embedAllowedOrigins: [],
      customerDataRetentionMonths: null,
    } satisfies OrganizationSettings)
  })

  it('keep what was set, null included where null means off', () => {
    const resolved = resolveSettings({
      ...signUp,
      linkDeadlineHours: null,
      slotHoldMinutes: 35,
      customerReminderDays: [],
    })
    expect(resolved.linkDeadlineHours).toBeNull()
    expect(resolved.slotHoldMinutes).toBe(35)
    expect(resolved.customerReminderDays).toEqual([])
  })

  it('fall back to the default where null means nothing, and ignore what they do not know', () => {
    const stored = JSON.parse('{"slotHoldMinutes": null, "gone": 1, "__proto__": {"currency": "EUR"}}')
    const resolved = resolveSettings({ ...signUp, ...stored })
    expect(resolved.slotHoldMinutes).toBe(60)
    expect(resolved.currency).toBe('USD')
    expect(Object.keys(resolved).toSorted()).toEqual(SETTING_NAMES.toSorted())
  })

  it('cannot be without a name and a support address', () => {
    expect(() => resolveSettings({ name: 'Acme' })).toThrow('An organization has no supportEmail')
  })

  it('have defaults that keep their own bounds', () => {
    const { logoUrl: _readOnly, ...writable } = resolveSettings(signUp)
    expect(settingErrors(writable)).toEqual([])
  })
})

describe('a change of settings', () => {
  const message = (name: string, value: unknown) => settingErrors({ [name]: value })[0]?.message ?? null
  const fields: [string, SettingField][] = Object.entries(ORGANIZATION_SETTINGS)

  it.each(
    fields.flatMap(([name, field]) => (field.kind === 'integer' || field.kind === 'number' ? [{ name, field }] : [])),
  )('of $name takes its bounds and nothing beyond', ({ name, field }) => {
    expect(message(name, field.min)).toBeNull()
    expect(message(name, field.max)).toBeNull()
    expect(message(name, field.min - 1)).not.toBeNull()
    expect(message(name, field.max + 1)).not.toBeNull()
    expect(message(name, String(field.min))).toBe('Send a number')
    expect(message(name, Number.NaN)).toBe('Send a number')
    expect(message(name, null) === null).toBe(field.nullable)
  })

  it.each(fields.flatMap(([name, field]) => (field.kind === 'integer_list' ? [{ name, field }] : [])))(
    'of $name takes its number of values within their bounds, each once',
    ({ name, field }) => {
      const values = (count: number) => Array.from({ length: count }, (_, index) => field.min + index)
      expect(message(name, values(field.maxItems))).toBeNull()
      expect(message(name, values(field.maxItems + 1))).not.toBeNull()
      expect(message(name, []) === null).toBe(field.minItems === 0)
      expect(message(name, [field.max])).toBeNull()
      expect(message(name, [field.max + 1])).not.toBeNull()
      expect(message(name, [field.min - 1])).not.toBeNull()
      expect(message(name, [field.min + 0.5])).not.toBeNull()
      expect(message(name, [field.min, field.min])).toBe('Send each value once')
      expect(message(name, '5')).toBe('Send a list of whole numbers')
    },
  )

  it.each([
    ['name', 'x'.repeat(120), null],
    ['name', 'x'.repeat(121), 'Use at most 120 characters'],
    ['name', '  ', 'Enter a text'],
    ['name', null, 'Send a text'],
    ['name', 'Acme\r\nBcc: x@example.com', 'Use one line without control characters'],
    ['supportEmail', 'help', 'Enter an email address like help@example.com'],
    ['supportPhone', null, null],
    ['timeZone', 'Europe/Berlin', null],
    ['timeZone', 'Berlin', 'Choose a time zone like Europe/Berlin'],
    ['currency', 'JPY', null],
    ['currency', 'usd', 'Choose a currency code like USD'],
    ['primaryColor', '#767676', null],
    ['primaryColor', '#777777', 'Choose a darker color: white text must stay readable'],
    ['primaryColor', 'red', 'Enter a color like #1f5fbf'],
    ['termsUrl', 'https://acme.example/terms', null],
    ['termsUrl', 'http://acme.example/terms', 'Enter an address that starts with https://'],
    ['logoUrl', 'https://acme.example/logo.png', 'Remove this field: it cannot be set here'],
    ['customerMayCancel', 'true', 'Send true or false'],
    ['cancellationKind', 'partial', null],
    ['cancellationKind', 'some', 'Send one of full, partial, none'],
    ['payoutSharePercent', 33.33, null],
    ['payoutSharePercent', 33.333, 'Use at most 2 decimals'],
    ['slotHoldMinutes', 60.5, 'Send a whole number'],
    ['embedAllowedOrigins', ['https://acme.example', 'https://a.example:8443'], null],
    ['embedAllowedOrigins', ['https://acme.example/'], 'Write each origin like https://example.com, without a path'],
    ['embedAllowedOrigins', ['http://acme.example'], 'Write each origin like https://example.com, without a path'],
    ['embedAllowedOrigins', Array(51).fill('https://acme.example'), 'Send a list of at most 50 origins'],
    ['colour', 'red', 'Remove this field: there is no such setting'],
    ['constructor', 1, 'Remove this field: there is no such setting'],
  ])('of %s to %j: %s', (name, value, expected) => {
    expect(message(name, value)).toBe(expected)
  })

  it('points at every wrong field, and judges only what was sent', () => {
    expect(settingErrors({ slotHoldMinutes: 34, name: 'Acme', 'a/b': 1 })).toEqual([
      { pointer: '/slotHoldMinutes', message: 'Send a number from 35 to 1435' },
      { pointer: '/a~1b', message: 'Remove this field: there is no such setting' },
    ])
    expect(settingErrors({})).toEqual([])
  })

  it('knows the contrast of black, white and the default', () => {
    expect(contrastWithWhite('#000000')).toBeCloseTo(21)
    expect(contrastWithWhite('#ffffff')).toBeCloseTo(1)
    expect(contrastWithWhite('#1f5fbf')).toBeGreaterThan(4.5)
  })
})
