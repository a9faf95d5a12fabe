import { type Static, type TSchema, Type } from 'typebox'
import { API_KEY_SCOPES } from '../../domain/api-key-scopes.ts'
import { MEMBERSHIP_STATUSES, ROLES } from '../../domain/caller.ts'
import { INTEGRATION_KINDS, INTEGRATION_MODES, SHOWN_INTEGRATION_STATUSES } from '../../domain/integration.ts'
import { CURRENCY_CODES } from '../../domain/money.ts'
import {
  ORGANIZATION_SETTINGS,
  SETTING_NAMES,
  type SettingField,
  type SettingName,
  type OrganizationSettings as Settings,
} from '../../domain/organization-settings.ts'
import { pageOf, pageQuery } from '../../wire/page.ts'
import {
  closed,
  color,
  email,
  flag,
  httpsOrigin,
  httpsUrl,
  id,
  instant,
  integer,
  line,
  lineOrEmpty,
  listOf,
  named,
  nullable,
  oneOf,
  ref,
  shape,
  slug,
  timeZone,
  url,
} from '../../wire/schema.ts'

export const OrgParams = Type.Object({ org: slug({ description: 'The organization’s slug.' }) })

/** The schema of one row of the settings table in domain/organization-settings.ts. */
function settingSchema(field: SettingField): TSchema {
  const words = { description: field.label }
  const orNull = (plain: TSchema) => ('nullable' in field && field.nullable ? nullable(plain) : plain)
  switch (field.kind) {
    case 'text':
      return orNull(line(field.maxLength, words))
    case 'email':
      return email(words)
    case 'time_zone':
      return timeZone(words)
    case 'currency':
      return oneOf(CURRENCY_CODES, words)
    case 'color':
      return color(words)
    case 'https_url':
      return orNull(httpsUrl(words))
    case 'url':
      return orNull(lineOrEmpty(2048, words))
    case 'integer':
      return orNull(integer(field.min, field.max, words))
    case 'number':
      return orNull(Type.Number({ minimum: field.min, maximum: field.max, ...words }))
    case 'boolean':
      return flag(words)
    case 'choice':
      return oneOf(field.options, words)
    case 'integer_list':
      return listOf(integer(field.min, field.max), field.maxItems, {
        minItems: field.minItems,
        uniqueItems: true,
        ...words,
      })
    case 'origin_list':
      return listOf(httpsOrigin(), field.maxItems, { uniqueItems: true, ...words })
  }
}

const SETTING_ROWS: readonly (readonly [SettingName, SettingField])[] = SETTING_NAMES.map((name) => [
  name,
  ORGANIZATION_SETTINGS[name],
])

export const OrganizationSettings = named(
  'OrganizationSettings',
  Type.Unsafe<Settings>(
    Type.Object(Object.fromEntries(SETTING_ROWS.map(([name, field]) => [name, settingSchema(field)])), {
      description: 'How the organization works. One flat object; every field steers what it names.',
    }),
  ),
)

type ReadOnlySetting = {
  [Name in SettingName]: (typeof ORGANIZATION_SETTINGS)[Name] extends { readOnly: true } ? Name : never
}[SettingName]

/** What `updateSettings` may send: any of the settings but those that are read only. */
export type SettingsChanges = Partial<Omit<Settings, ReadOnlySetting>>

export const UpdateSettingsBody = Type.Unsafe<SettingsChanges>(
  Type.Object(
    Object.fromEntries(
      SETTING_ROWS.filter(([, field]) => !('readOnly' in field)).map(([name, field]) => [
        name,
        Type.Optional(settingSchema(field)),
      ]),
    ),
    { additionalProperties: false, examples: [{ slotHoldMinutes: 60, confirmAutomaticallyWhenPaid: true }] },
  ),
)

export const Member = named(
  'Member',
  shape(
    {
      userId: id(),
      name: lineOrEmpty(161),
      email: email(),
      role: oneOf(ROLES),
      canTrain: flag(),
      skills: listOf(lineOrEmpty(60), 200),
      payoutSharePercent: nullable(Type.Number({ minimum: 0, maximum: 100 }), {
        description: 'This trainer’s own share of what is paid; null: the organization’s.',
      }),
      status: oneOf(MEMBERSHIP_STATUSES),
    },
    { description: 'A person of the organization.' },
  ),
)
export type Member = Static<typeof Member>

export const ListMembersQuery = closed({
  status: Type.Optional(oneOf(MEMBERSHIP_STATUSES)),
  trainers: Type.Optional(flag({ description: '`true`: only people who may run sessions. `false`: only the others.' })),
  ...pageQuery,
})
export const MemberPage = pageOf(ref(Member), 'Members by name.')

const apiKeyFields = {
  id: id(),
  name: lineOrEmpty(120),
  prefix: lineOrEmpty(40, {
    description: 'The key’s first characters, to tell it from others.',
    examples: ['ord_7Kx2'],
  }),
  scopes: listOf(oneOf(API_KEY_SCOPES), API_KEY_SCOPES.length),
  createdBy: shape({ id: id(), name: lineOrEmpty(161) }),
  createdAt: instant(),
  lastUsedAt: nullable(instant()),
  revokedAt: nullable(instant()),
}

export const ApiKey = named('ApiKey', shape(apiKeyFields, { description: 'An integrator’s key, without its secret.' }))
export type ApiKey = Static<typeof ApiKey>

export const CreatedApiKey = named(
  'CreatedApiKey',
  shape(
    {
      ...apiKeyFields,
      key: Type.String({
        maxLength: 200,
        description: 'The secret. Shown here once; only its hash is kept.',
        examples: ['ord_7Kx2Qm9…'],
      }),
    },
    { description: 'A new key with its secret.' },
  ),
)
export type CreatedApiKey = Static<typeof CreatedApiKey>

export const CreateApiKeyBody = closed(
  {
    name: line(120),
    scopes: listOf(oneOf(API_KEY_SCOPES), API_KEY_SCOPES.length, { minItems: 1, uniqueItems: true }),
  },
  { examples: [{ name: 'Website', scopes: ['requests:write'] }] },
)

export const ApiKeyParams = Type.Object({ org: slug(), apiKeyId: id() })
export const ApiKeyPage = pageOf(ref(ApiKey), 'Keys, newest first.')

export const Integration = named(
  'Integration',
  shape(
    {
      kind: oneOf(INTEGRATION_KINDS),
      status: oneOf(SHOWN_INTEGRATION_STATUSES, {
        description:
          '`connected`: the organization takes money in an account of its own. `deployment`: in the account of whoever runs this installation. `not_connected`: it cannot take money.',
      }),
      mode: nullable(oneOf(INTEGRATION_MODES), { description: '`live`: real money moves.' }),
      accountName: nullable(lineOrEmpty(300), { description: 'What Stripe calls the account.' }),
      secretKeyMasked: nullable(lineOrEmpty(40), { examples: ['sk_test_…1234'] }),
      webhookUrl: nullable(url(), {
        description: 'The address for the webhook endpoint at Stripe; null until an account is connected.',
        examples: ['https://sessions.example.com/v1/webhooks/stripe/01939b2c-7d3e-7a10-8f4c-2b9d6e1a5c07'],
      }),
      webhookEvents: listOf(lineOrEmpty(100), 50, {
        description: 'The events that the webhook endpoint has to send.',
        examples: [['checkout.session.completed']],
      }),
      webhookSecretMasked: nullable(lineOrEmpty(40), {
        description: 'Null until it was entered: payments are then found by asking Stripe every few minutes only.',
        examples: ['whsec_…9aBc'],
      }),
      previousWebhookSecretUntil: nullable(instant(), {
        description: 'Until then webhooks signed with the secret before are taken too; null when there is none.',
      }),
      connectedAt: nullable(instant()),
      lastError: nullable(lineOrEmpty(500), {
        description: 'Why Stripe refuses the key, or which of the kept keys cannot be opened; null while they work.',
      }),
    },
    { description: 'Where the organization takes money. Keys are never answered, only their last four characters.' },
  ),
)
export type Integration = Static<typeof Integration>

export const IntegrationList = shape(
  { data: listOf(ref(Integration), 10) },
  { description: 'One entry for each kind of integration.' },
)

export const ConnectStripeBody = closed(
  {
    secretKey: Type.Optional(
      Type.String({
        minLength: 1,
        maxLength: 255,
        pattern: '^[!-~]+$',
        description: 'Stripe’s secret or restricted key. Tried at Stripe before it is kept. Left out: it stays.',
        examples: ['sk_test_your_key'],
        writeOnly: true,
      }),
    ),
    webhookSecret: Type.Optional(
      Type.String({
        minLength: 1,
        maxLength: 255,
        pattern: '^[!-~]+$',
        description:
          'The signing secret of the webhook endpoint. The one before counts for 24 hours more. Left out: it stays.',
        examples: ['whsec_your_secret'],
        writeOnly: true,
      }),
    ),
  },
  { minProperties: 1 },
)

export const organizationShapes = [OrganizationSettings, Member, ApiKey, CreatedApiKey, Integration]
