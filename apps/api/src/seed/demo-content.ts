import type { Role } from '../domain/caller.ts'
import type { DeliveryMethod } from '../domain/delivery.ts'
import type { FormSection } from '../domain/intake-form.ts'
import type { FormAnswers, Routing } from '../domain/routing.ts'

/** Who can sign in to the demo, all with {@link DEMO_PASSWORD}; the note is printed when `npm start` is ready. */
export const DEMO_PEOPLE = [
  {
    key: 'admin',
    email: 'admin@demo.test',
    firstName: 'Alex',
    lastName: 'Morgan',
    role: 'org_admin',
    canTrain: false,
    skills: [],
    note: 'Organizational Admin',
  },
  {
    key: 'tina',
    email: 'tina@demo.test',
    firstName: 'Tina',
    lastName: 'Alvarez',
    role: 'trainer',
    canTrain: false,
    skills: ['wordpress', 'zoho'],
    note: 'Trainer: wordpress, zoho',
  },
  {
    key: 'tom',
    email: 'tom@demo.test',
    firstName: 'Tom',
    lastName: 'Becker',
    role: 'trainer',
    canTrain: false,
    skills: ['wordpress', 'quickbooks'],
    note: 'Trainer: wordpress, quickbooks',
  },
  {
    key: 'ada',
    email: 'ada@demo.test',
    firstName: 'Ada',
    lastName: 'Okafor',
    role: 'org_admin',
    canTrain: true,
    skills: ['wordpress', 'zoho', 'quickbooks'],
    note: 'Organizational Admin who also trains',
  },
] as const satisfies readonly {
  key: string
  email: string
  firstName: string
  lastName: string
  role: Role
  canTrain: boolean
  skills: readonly string[]
  note: string
}[]

export type DemoPerson = (typeof DEMO_PEOPLE)[number]['key']

export const DEMO_PASSWORD = 'demo-password'
export const DEMO_TIME_ZONE = 'America/Chicago'

export const DEMO_ORGANIZATION = {
  slug: 'demo',
  name: 'Demo Support',
  supportEmail: 'support@demo.test',
  supportPhone: '+1 312 555 0100',
  timeZone: DEMO_TIME_ZONE,
} as const

export const DEMO_FORM_SLUG = 'support'

/** What the demo sells. The first is what the form assigns. Prices in cents of US dollars by minutes. */
export const DEMO_SESSION_TYPES = [
  {
    name: 'Remote support',
    description: 'We look at the problem together on your screen.',
    prices: { 30: 4500, 60: 8000 },
    deliveryMethod: 'zoho_assist',
    deliveryDetails: null,
  },
  {
    name: 'Deep dive',
    description: 'A longer session for migrations, clean-ups and training.',
    prices: { 90: 11500, 120: 15000 },
    deliveryMethod: 'zoho_assist',
    deliveryDetails: null,
  },
  {
    name: 'Phone consultation',
    description: 'A short call to find out what you need.',
    prices: { 15: 0 },
    deliveryMethod: 'phone',
    deliveryDetails: 'Your trainer calls you on the number you gave.',
  },
] as const satisfies readonly {
  name: string
  description: string
  prices: Readonly<Record<number, number>>
  deliveryMethod: DeliveryMethod
  deliveryDetails: string | null
}[]

export const DEMO_FORM = {
  title: 'Get help from an expert',
  introduction: 'Tell us what you are stuck with. The right trainer will send you a link to choose a time.',
  sections: [
    {
      key: 'problem',
      title: 'What do you need help with?',
      description: null,
      fields: [
        {
          key: 'topic',
          type: 'single_choice',
          label: 'Topic area',
          helpText: null,
          required: true,
          options: [
            { value: 'wordpress', label: 'WordPress' },
            { value: 'zoho', label: 'Zoho' },
            { value: 'quickbooks', label: 'QuickBooks' },
            { value: 'other', label: 'Something else' },
          ],
          limits: {},
          visibleWhen: null,
        },
        {
          key: 'timeframe',
          type: 'single_choice',
          label: 'Preferred timeframe',
          helpText: 'You choose the exact time later.',
          required: false,
          options: [
            { value: 'today', label: 'As soon as possible' },
            { value: 'this_week', label: 'This week' },
            { value: 'flexible', label: 'I am flexible' },
          ],
          limits: {},
          visibleWhen: null,
        },
        {
          key: 'description',
          type: 'long_text',
          label: 'Describe the issue',
          helpText: 'What happens, what should happen, and what you have tried.',
          required: true,
          options: [],
          limits: { maxLength: 2000 },
          visibleWhen: null,
        },
        {
          key: 'website_address',
          type: 'url',
          label: 'Address of your website',
          helpText: null,
          required: false,
          options: [],
          limits: {},
          visibleWhen: { fieldKey: 'topic', operator: 'equals', value: 'wordpress' },
        },
      ],
    },
  ] as FormSection[],
} as const

/** Each topic asks for the skill of its name; anything else is open to every trainer. */
export function demoRouting(sessionTypeId: string): Routing {
  return {
    rules: ['wordpress', 'zoho', 'quickbooks'].map((topic) => ({
      conditions: [{ fieldKey: 'topic', operator: 'equals' as const, value: topic }],
      output: { requiredSkills: [topic], sessionTypeId, priority: 'normal' as const, category: topic },
    })),
    defaultOutput: { requiredSkills: [], sessionTypeId, priority: 'normal', category: null },
  }
}

export interface DemoRequest {
  customer: { name: string; email: string; phone?: string; timeZone: string }
  answers: FormAnswers
}

/** The customers of the demo, by what has become of their request. */
export const DEMO_REQUESTS = {
  completed: {
    customer: {
      name: 'Priya Shah',
      email: 'priya@customer.test',
      phone: '+1 646 555 0119',
      timeZone: 'America/New_York',
    },
    answers: {
      topic: 'zoho',
      timeframe: 'this_week',
      description: 'Our deals no longer move to the next stage on their own since we renamed the pipeline.',
    },
  },
  ended: {
    customer: {
      name: 'Marcus Lee',
      email: 'marcus@customer.test',
      phone: '+1 415 555 0188',
      timeZone: 'America/Los_Angeles',
    },
    answers: {
      topic: 'wordpress',
      timeframe: 'this_week',
      description: 'After an update the menu is gone on phones. On a laptop it looks fine.',
      website_address: 'https://leebakery.example',
    },
  },
  confirmed: {
    customer: { name: 'Hannah Novak', email: 'hannah@customer.test', timeZone: 'Europe/Prague' },
    answers: {
      topic: 'wordpress',
      timeframe: 'flexible',
      description: 'I want to move my shop to another host without losing orders.',
      website_address: 'https://novakprints.example',
    },
  },
  paid: {
    customer: {
      name: 'Diego Ramos',
      email: 'diego@customer.test',
      phone: '+1 305 555 0141',
      timeZone: 'America/New_York',
    },
    answers: {
      topic: 'zoho',
      timeframe: 'this_week',
      description: 'Invoices show the wrong tax for customers in other states.',
    },
  },
  linkSent: {
    customer: {
      name: 'Grace Kim',
      email: 'grace@customer.test',
      phone: '+1 206 555 0177',
      timeZone: 'America/Los_Angeles',
    },
    answers: {
      topic: 'zoho',
      timeframe: 'flexible',
      description: 'We need a form on our site that creates leads in Zoho.',
    },
  },
  claimed: {
    customer: { name: 'Oliver Grant', email: 'oliver@customer.test', timeZone: 'Europe/London' },
    answers: {
      topic: 'wordpress',
      timeframe: 'today',
      description: 'The contact form says “sent”, but no mail arrives.',
      website_address: 'https://grantjoinery.example',
    },
  },
  freshWordpress: {
    customer: { name: 'Sofia Rossi', email: 'sofia@customer.test', phone: '+39 06 5550 0133', timeZone: 'Europe/Rome' },
    answers: {
      topic: 'wordpress',
      timeframe: 'this_week',
      description: 'The home page takes ten seconds to load since I added a gallery.',
      website_address: 'https://rossigelato.example',
    },
  },
  freshZoho: {
    customer: { name: 'Ben Carter', email: 'ben@customer.test', timeZone: 'America/Denver' },
    answers: {
      topic: 'zoho',
      timeframe: 'flexible',
      description: 'How do I give a new colleague access to only one department?',
    },
  },
  freshQuickbooks: {
    customer: {
      name: 'Lena Fischer',
      email: 'lena@customer.test',
      phone: '+1 512 555 0162',
      timeZone: 'America/Chicago',
    },
    answers: { topic: 'quickbooks', timeframe: 'today', description: 'The bank feed imports every payment twice.' },
  },
  freshOther: {
    customer: { name: 'Amir Haddad', email: 'amir@customer.test', timeZone: 'America/New_York' },
    answers: {
      topic: 'other',
      timeframe: 'flexible',
      description: 'Which tool would you take to book rooms in a small hotel?',
    },
  },
} as const satisfies Record<string, DemoRequest>
