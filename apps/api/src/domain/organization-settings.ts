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

/** What a database row keeps: the two values that come with the sign-up, and whatever else has been changed since. */
export type StoredSettings = Pick<OrganizationSettings, 'name' | 'supportEmail'> & Partial<OrganizationSettings>

/**
 * An organization's settings with every default filled in.
 *
 * Reads own, known keys only; a value that is `undefined`, or null where null means nothing, gives the default. Values
 * are not judged again: {@link settingErrors} did that when they were written.
 */
export function resolveSettings(stored: StoredSettings): OrganizationSettings {
  const resolved: Record<string, unknown> = {}
  for (const name of SETTING_NAMES) {
    const field: SettingField = ORGANIZATION_SETTINGS[name]
    const value: unknown = Object.hasOwn(stored, name) ? stored[name] : undefined
    const isNullable = 'nullable' in field && field.nullable
    resolved[name] = value === undefined || (value === null && !isNullable) ? field.default : value
  }
  return resolved as OrganizationSettings
}
