import { isEmailAddress, isHttpsOrigin, isWebAddress } from './contact-details.ts'
import type { FieldError } from './decision.ts'
import { isCurrency } from './money.ts'
import { isTimeZone } from './zoned-time.ts'

/** How a refund is owed to a customer who cancels (product.md §12). */
export const CANCELLATION_KINDS = ['full', 'partial', 'none'] as const
export type CancellationKind = (typeof CANCELLATION_KINDS)[number]

export const CANCELLATION_KIND_LABELS: Readonly<Record<CancellationKind, string>> = {
  full: 'Full refund',
  partial: 'Partial refund',
  none: 'No refund',
}

interface TextField {
  readonly kind: 'text' | 'email' | 'time_zone' | 'currency' | 'color' | 'https_url' | 'url'
  readonly label: string
  readonly minLength?: number
  readonly maxLength: number
  readonly nullable: boolean
  /** `undefined` here: the value comes with the sign-up and can be changed, never unset. */
  readonly default: string | null | undefined
  readonly readOnly?: true
}
interface NumberField {
  readonly kind: 'integer' | 'number'
  readonly label: string
  readonly min: number
  readonly max: number
  /** Decimal places a `number` may have. */
  readonly decimals?: number
  readonly nullable: boolean
  readonly default: number | null
}
interface BooleanField {
  readonly kind: 'boolean'
  readonly label: string
  readonly default: boolean
}
interface ChoiceField {
  readonly kind: 'choice'
  readonly label: string
  readonly options: readonly string[]
  readonly default: string
}
interface IntegerListField {
  readonly kind: 'integer_list'
  readonly label: string
  readonly minItems: number
  readonly maxItems: number
  readonly min: number
  readonly max: number
  readonly default: readonly number[]
}
interface OriginListField {
  readonly kind: 'origin_list'
  readonly label: string
  readonly maxItems: number
  readonly default: readonly string[]
}
export type SettingField = TextField | NumberField | BooleanField | ChoiceField | IntegerListField | OriginListField

/**
 * Every setting of an organization with its default and its bounds: the one table of shapes.md. The API's schema, the
 * settings screen and {@link resolveSettings} are made from it. Lengths are in characters.
 */
export const ORGANIZATION_SETTINGS = {
  name: { kind: 'text', label: 'Name', minLength: 1, maxLength: 120, nullable: false, default: undefined },
  supportEmail: { kind: 'email', label: 'Support email', maxLength: 254, nullable: false, default: undefined },
  supportPhone: { kind: 'text', label: 'Support phone', maxLength: 40, nullable: true, default: null },
  timeZone: { kind: 'time_zone', label: 'Time zone', maxLength: 64, nullable: false, default: 'UTC' },
  currency: { kind: 'currency', label: 'Currency', maxLength: 3, nullable: false, default: 'USD' },
  primaryColor: { kind: 'color', label: 'Primary color', maxLength: 7, nullable: false, default: '#1f5fbf' },
  logoUrl: { kind: 'url', label: 'Logo', maxLength: 2000, nullable: true, default: null, readOnly: true },
  privacyPolicyUrl: { kind: 'https_url', label: 'Privacy policy', maxLength: 2000, nullable: true, default: null },
  termsUrl: { kind: 'https_url', label: 'Terms', maxLength: 2000, nullable: true, default: null },
  sessionDurationsMinutes: {
    kind: 'integer_list',
    label: 'Session lengths',
    minItems: 1,
    maxItems: 20,
    min: 5,
    max: 480,
    default: [15, 30, 45, 60, 90, 120],
  },
  slotHoldMinutes: { kind: 'integer', label: 'Slot Hold Duration', min: 35, max: 1435, nullable: false, default: 60 },
  slotStepMinutes: {
    kind: 'integer',
    label: 'Distance between start times',
    min: 5,
    max: 240,
    nullable: false,
    default: 30,
  },
  bufferBeforeMinutes: {
    kind: 'integer',
    label: 'Gap before a session',
    min: 0,
    max: 240,
    nullable: false,
    default: 0,
  },
  bufferAfterMinutes: { kind: 'integer', label: 'Gap after a session', min: 0, max: 240, nullable: false, default: 0 },
  minimumNoticeMinutes: { kind: 'integer', label: 'Minimum notice', min: 0, max: 43200, nullable: false, default: 120 },
  bookingHorizonDays: { kind: 'integer', label: 'Booking horizon', min: 1, max: 90, nullable: false, default: 14 },
  schedulingLinkLifetimeHours: {
    kind: 'integer',
    label: 'Scheduling link lifetime',
    min: 1,
    max: 2160,
    nullable: false,
    default: 168,
  },
  customerReminderDays: {
    kind: 'integer_list',
    label: 'Reminders to a silent customer',
    minItems: 0,
    maxItems: 5,
    min: 1,
    max: 30,
    default: [2, 5],
  },
  hideContactUntilClaimed: { kind: 'boolean', label: 'Hide contact details until claimed', default: false },
  unclaimedRenotifyMinutes: {
    kind: 'integer',
    label: 'Mail trainers again when unclaimed',
    min: 5,
    max: 10080,
    nullable: true,
    default: 60,
  },
  unclaimedFlagMinutes: {
    kind: 'integer',
    label: 'Flag when unclaimed',
    min: 5,
    max: 20160,
    nullable: true,
    default: 240,
  },
  linkDeadlineHours: {
    kind: 'integer',
    label: 'Deadline for sending the link',
    min: 1,
    max: 336,
    nullable: true,
    default: 24,
  },
  releaseAtLinkDeadline: { kind: 'boolean', label: 'Release at the link deadline', default: false },
  confirmAutomaticallyWhenPaid: { kind: 'boolean', label: 'Confirm automatically when paid', default: false },
  paidReminderMinutes: {
    kind: 'integer',
    label: 'Remind the trainer to confirm',
    min: 15,
    max: 1440,
    nullable: false,
    default: 60,
  },
  cancellationKind: {
    kind: 'choice',
    label: 'Refund when a customer cancels',
    options: CANCELLATION_KINDS,
    default: 'full',
  },
  cancellationWindowHours: {
    kind: 'integer',
    label: 'Notice for a refund',
    min: 0,
    max: 720,
    nullable: false,
    default: 24,
  },
  cancellationPartialPercent: {
    kind: 'integer',
    label: 'Part refunded, in percent',
    min: 1,
    max: 99,
    nullable: false,
    default: 50,
  },
  customerMayCancel: { kind: 'boolean', label: 'Customers may cancel', default: true },
  customerMayReschedule: { kind: 'boolean', label: 'Customers may reschedule', default: true },
  rescheduleWindowHours: {
    kind: 'integer',
    label: 'Notice for moving',
    min: 0,
    max: 720,
    nullable: false,
    default: 24,
  },
  payoutSharePercent: {
    kind: 'number',
    label: 'Trainer share, in percent',
    min: 0,
    max: 100,
    decimals: 2,
    nullable: false,
    default: 70,
  },
  noShowPayoutPercent: {
    kind: 'integer',
    label: 'Part of the share after a no-show, in percent',
    min: 0,
    max: 100,
    nullable: false,
    default: 100,
  },
  autoCompleteAfterHours: {
    kind: 'integer',
    label: 'Complete ended sessions automatically',
    min: 1,
    max: 168,
    nullable: true,
    default: null,
  },
  sendRequestConfirmationEmail: { kind: 'boolean', label: 'Send “We received your request”', default: true },
  sessionReminderMinutes: {
    kind: 'integer_list',
    label: 'Reminders before a session',
    minItems: 0,
    maxItems: 4,
    min: 10,
    max: 10080,
    default: [1440, 60],
  },
  notificationMailsPerFormPerHour: {
    kind: 'integer',
    label: 'Notification emails per form and hour',
    min: 10,
    max: 10000,
    nullable: false,
    default: 500,
  },
  calendarStaleMinutes: {
    kind: 'integer',
    label: 'A calendar reading counts as unknown after',
    min: 5,
    max: 1440,
    nullable: false,
    default: 30,
  },
  zohoInvitesCustomer: { kind: 'boolean', label: 'Zoho Assist invites the customer itself', default: false },
  embedAllowedOrigins: { kind: 'origin_list', label: 'Sites that may embed forms', maxItems: 50, default: [] },
  customerDataRetentionMonths: {
    kind: 'integer',
    label: 'Erase closed requests after',
    min: 1,
    max: 120,
    nullable: true,
    default: null,
  },
} as const satisfies Record<string, SettingField>

export type SettingName = keyof typeof ORGANIZATION_SETTINGS
export const SETTING_NAMES = Object.keys(ORGANIZATION_SETTINGS) as SettingName[]

type Nullable<Field, Value> = Field extends { readonly nullable: true } ? Value | null : Value
type SettingValue<Field> = Field extends { readonly kind: 'boolean' }
  ? boolean
  : Field extends { readonly kind: 'choice'; readonly options: readonly (infer Option)[] }
    ? Option
    : Field extends { readonly kind: 'integer_list' }
      ? readonly number[]
      : Field extends { readonly kind: 'origin_list' }
        ? readonly string[]
        : Field extends { readonly kind: 'integer' | 'number' }
          ? Nullable<Field, number>
          : Nullable<Field, string>

/** An organization's settings, complete: what was never set has its default. */
export type OrganizationSettings = {
  readonly [Name in SettingName]: SettingValue<(typeof ORGANIZATION_SETTINGS)[Name]>
}

/**
 * An organization's settings with every default filled in.
 *
 * `stored` holds what differs from the defaults, and always `name` and `supportEmail`, which have none: without them this
 * throws. Own, known keys only are read; a value that is `undefined`, or null where null means nothing, gives the
 * default. Values are not judged again: {@link settingErrors} did that when they were written.
 */
export function resolveSettings(stored: Partial<OrganizationSettings>): OrganizationSettings {
  const resolved: Record<string, unknown> = {}
  for (const name of SETTING_NAMES) {
    const field: SettingField = ORGANIZATION_SETTINGS[name]
    const value: unknown = Object.hasOwn(stored, name) ? stored[name] : undefined
    const isNullable = 'nullable' in field && field.nullable
    const settled = value === undefined || (value === null && !isNullable) ? field.default : value
    if (settled === undefined) throw new TypeError(`An organization has no ${name}`)
    resolved[name] = settled
  }
  return resolved as OrganizationSettings
}

/** White text on the primary color must keep this contrast (WCAG 2.2, 1.4.3). */
export const PRIMARY_COLOR_CONTRAST = 4.5

/** The contrast between white and a color `#rrggbb`, 1 to 21, as WCAG 2 figures it. */
export function contrastWithWhite(color: string): number {
  const [red = 0, green = 0, blue = 0] = [1, 3, 5].map((at) => {
    const part = Number.parseInt(color.slice(at, at + 2), 16) / 255
    return part <= 0.04045 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4
  })
  return 1.05 / (0.2126 * red + 0.7152 * green + 0.0722 * blue + 0.05)
}

/**
 * What is wrong with a change of settings, field by field, each in words that say what to do; empty when it may be saved.
 *
 * Judges what is sent and nothing else; an unknown field and one that can only be read are errors. Bounds are inclusive.
 */
export function settingErrors(changes: Readonly<Record<string, unknown>>): FieldError[] {
  return Object.keys(changes).flatMap((name) => {
    const message = Object.hasOwn(ORGANIZATION_SETTINGS, name)
      ? settingProblem(ORGANIZATION_SETTINGS[name as SettingName], changes[name])
      : 'Remove this field: there is no such setting'
    return message === null ? [] : [{ pointer: `/${name.replace(/~/g, '~0').replace(/\//g, '~1')}`, message }]
  })
}

function settingProblem(field: SettingField, value: unknown): string | null {
  if ('readOnly' in field && field.readOnly) return 'Remove this field: it cannot be set here'
  if (value === null && 'nullable' in field && field.nullable) return null
  switch (field.kind) {
    case 'boolean':
      return typeof value === 'boolean' ? null : 'Send true or false'
    case 'choice':
      return typeof value === 'string' && field.options.includes(value)
        ? null
        : `Send one of ${field.options.join(', ')}`
    case 'integer':
    case 'number':
      return numberProblem(field, value)
    case 'integer_list':
      return integerListProblem(field, value)
    case 'origin_list':
      return originListProblem(field, value)
    default:
      return textProblem(field, value)
  }
}

function numberProblem(field: NumberField, value: unknown): string | null {
  if (typeof value !== 'number' || !Number.isFinite(value)) return 'Send a number'
  if (field.kind === 'integer' && !Number.isInteger(value)) return 'Send a whole number'
  if (value < field.min || value > field.max) return `Send a number from ${field.min} to ${field.max}`
  const decimals = field.decimals ?? 0
  return Number(value.toFixed(decimals)) === value ? null : `Use at most ${decimals} decimals`
}

function integerListProblem(field: IntegerListField, value: unknown): string | null {
  if (!Array.isArray(value)) return 'Send a list of whole numbers'
  if (value.length < field.minItems || value.length > field.maxItems) {
    return `Send ${field.minItems} to ${field.maxItems} values`
  }
  const isInBounds = (item: unknown) => Number.isInteger(item) && Number(item) >= field.min && Number(item) <= field.max
  if (!value.every(isInBounds)) return `Use whole numbers from ${field.min} to ${field.max}`
  return new Set(value).size === value.length ? null : 'Send each value once'
}

function originListProblem(field: OriginListField, value: unknown): string | null {
  if (!Array.isArray(value) || value.length > field.maxItems) return `Send a list of at most ${field.maxItems} origins`
  const isOrigin = (item: unknown) => typeof item === 'string' && isHttpsOrigin(item)
  return value.every(isOrigin) ? null : 'Write each origin like https://example.com, without a path'
}

function textProblem(field: TextField, value: unknown): string | null {
  if (typeof value !== 'string') return 'Send a text'
  if (value.trim().length < (field.minLength ?? 1)) return 'Enter a text'
  if (value.length > field.maxLength) return `Use at most ${field.maxLength} characters`
  switch (field.kind) {
    case 'text':
      // These go into mail headers.
      return /\p{Cc}/u.test(value) ? 'Use one line without control characters' : null
    case 'email':
      return isEmailAddress(value) ? null : 'Enter an email address like help@example.com'
    case 'time_zone':
      return isTimeZone(value) ? null : 'Choose a time zone like Europe/Berlin'
    case 'currency':
      return isCurrency(value) ? null : 'Choose a currency code like USD'
    case 'color':
      if (!/^#[0-9a-f]{6}$/i.test(value)) return 'Enter a color like #1f5fbf'
      return contrastWithWhite(value) >= PRIMARY_COLOR_CONTRAST
        ? null
        : 'Choose a darker color: white text must stay readable'
    case 'https_url':
      return isWebAddress(value, { httpsOnly: true }) ? null : 'Enter an address that starts with https://'
    case 'url':
      return isWebAddress(value) ? null : 'Enter a web address'
  }
}
