import { type Static, type TBoolean, type TOptional, Type } from 'typebox'
import { ROLES } from '../../domain/caller.ts'
import {
  NOTIFICATION_PREFERENCE_KEYS,
  NOTIFICATION_PREFERENCES,
  type NotificationPreference,
} from '../../domain/notification-preferences.ts'
import {
  closed,
  email,
  flag,
  id,
  integer,
  line,
  lineOrEmpty,
  listOf,
  named,
  oneOf,
  ref,
  shape,
  slug,
  timeZone,
} from '../../wire/schema.ts'

/** NIST SP 800-63B §5.1.1.2 asks for 8 at least; the upper end keeps hashing bounded. */
const PASSWORD_LENGTH_MIN = 10
const PASSWORD_LENGTH_MAX = 200

const skills = listOf(lineOrEmpty(60), 200, {
  description: 'Normalised: lower case, single spaces.',
  examples: [['wordpress', 'zoho']],
})

export const Membership = named(
  'Membership',
  shape(
    {
      organization: shape({ id: id(), slug: lineOrEmpty(63), name: lineOrEmpty(120) }),
      role: oneOf(ROLES),
      roleLabel: lineOrEmpty(60, { description: 'The role as the screens call it.' }),
      canTrain: flag({
        description: 'Whether this Organizational Admin may also claim requests. False for trainers: they may anyway.',
      }),
      skills,
    },
    {
      description: 'A person’s place in one organization.',
      examples: [
        {
          organization: { id: '01939b2c-0000-7000-8000-000000000001', slug: 'demo', name: 'Demo Support' },
          role: 'trainer',
          roleLabel: 'Trainer',
          canTrain: false,
          skills: ['wordpress', 'zoho'],
        },
      ],
    },
  ),
)

const personFields = {
  id: id(),
  firstName: lineOrEmpty(80),
  lastName: lineOrEmpty(80),
  name: lineOrEmpty(161, { description: 'First and last name together.' }),
  email: email(),
  emailVerified: flag(),
  timeZone: timeZone({ description: 'All the person’s wall-clock times are in this zone.' }),
}

export const SignedInUser = named('SignedInUser', shape(personFields, { description: 'The person who signed in.' }))

const preferenceFields = Object.fromEntries(
  NOTIFICATION_PREFERENCE_KEYS.map((key) => [key, flag({ description: NOTIFICATION_PREFERENCES[key].label })]),
) as Record<NotificationPreference, TBoolean>

const preferenceChanges = Object.fromEntries(
  NOTIFICATION_PREFERENCE_KEYS.map((key) => [
    key,
    Type.Optional(flag({ description: NOTIFICATION_PREFERENCES[key].label })),
  ]),
) as Record<NotificationPreference, TOptional<TBoolean>>

export const Me = named(
  'Me',
  shape(
    {
      ...personFields,
      notificationPreferences: shape(preferenceFields, {
        description: 'Which mails this person gets, in every organization.',
      }),
      memberships: listOf(ref(Membership), 100),
    },
    { description: 'The signed-in person: who they are, what they are mailed, where they belong.' },
  ),
)

export const SignIn = named(
  'SignIn',
  shape(
    {
      accessToken: Type.String({
        maxLength: 4096,
        description: 'Send it as `Authorization: Bearer …`. Keep it in memory only.',
      }),
      tokenType: oneOf(['Bearer'] as const),
      expiresIn: integer(1, 3600, { description: 'Seconds until the access token expires.', examples: [900] }),
      user: ref(SignedInUser),
      memberships: listOf(ref(Membership), 100),
    },
    { description: 'An access token and whose it is. The refresh token travels in an HttpOnly cookie beside it.' },
  ),
)
export type SignIn = Static<typeof SignIn>
export type Me = Static<typeof Me>
export type Membership = Static<typeof Membership>

export const SignUpBody = closed(
  {
    firstName: line(80),
    lastName: line(80),
    email: email(),
    password: Type.String({ minLength: PASSWORD_LENGTH_MIN, maxLength: PASSWORD_LENGTH_MAX }),
    organizationName: line(120),
    organizationSlug: slug({ description: 'The organization’s part of every address. Reserved words are refused.' }),
    timeZone: Type.Optional(
      timeZone({ description: 'The browser’s zone, for the person and the organization. UTC when absent.' }),
    ),
  },
  {
    examples: [
      {
        firstName: 'Ada',
        lastName: 'Miller',
        email: 'ada@example.com',
        password: 'correct horse battery',
        organizationName: 'Miller Support',
        organizationSlug: 'miller-support',
        timeZone: 'America/Chicago',
      },
    ],
  },
)

export const LogInBody = closed(
  {
    email: line(254),
    password: Type.String({ minLength: 1, maxLength: PASSWORD_LENGTH_MAX }),
  },
  { examples: [{ email: 'tina@demo.test', password: 'demo-password' }] },
)

export const UpdateMeBody = closed(
  {
    firstName: Type.Optional(line(80)),
    lastName: Type.Optional(line(80)),
    timeZone: Type.Optional(
      timeZone({ description: 'Availability follows at once; booked sessions keep their instants.' }),
    ),
    notificationPreferences: Type.Optional(closed(preferenceChanges, { description: 'Merged key by key.' })),
  },
  { examples: [{ timeZone: 'America/New_York', notificationPreferences: { bookingConfirmed: true } }] },
)

export const identityShapes = [Membership, SignedInUser, Me, SignIn]
