import { type Static, Type } from 'typebox'
import { FIELD_KEY_MAX_LENGTH, FIELD_TYPES } from '../../domain/intake-form.ts'
import { CONDITION_OPERATORS } from '../../domain/routing.ts'
import {
  calendarDate,
  flag,
  integer,
  lineOrEmpty,
  listOf,
  named,
  nullable,
  oneOf,
  prose,
  shape,
  slug,
  textAsTyped,
  timeZone,
} from '../../wire/schema.ts'

const ANSWER_LENGTH_MAX = 20_000
const OPTIONS_MAX = 200

const fieldKey = lineOrEmpty(FIELD_KEY_MAX_LENGTH, { examples: ['topic'] })

/** One answer, by the type of its field: text and dates and a choice's option value, several option values, yes or no, a number. */
export const AnswerValue = named(
  'AnswerValue',
  Type.Unsafe<string | string[] | boolean | number>({
    anyOf: [textAsTyped(ANSWER_LENGTH_MAX), listOf(textAsTyped(500), OPTIONS_MAX), Type.Boolean(), Type.Number()],
    description:
      'Text, email, phone, URL and single choice: text. Date: `YYYY-MM-DD`. Multiple choice: a list of option values. Yes/no: true or false. Number: a number.',
    examples: ['wordpress', ['theme', 'plugins'], true, 3],
  }),
)
export type AnswerValue = Static<typeof AnswerValue>

/** Answers by field key, as a customer sends them. */
export const Answers = Type.Unsafe<Record<string, AnswerValue>>({
  type: 'object',
  maxProperties: 200,
  propertyNames: { type: 'string', maxLength: FIELD_KEY_MAX_LENGTH },
  additionalProperties: { $ref: `${AnswerValue.$id}#` },
  description: 'By field key. An unknown key is refused; answers of hidden fields are dropped.',
  examples: [{ topic: 'wordpress', description: 'The contact form stopped sending mail.' }],
})

const FormField = shape({
  key: fieldKey,
  type: oneOf(FIELD_TYPES),
  label: lineOrEmpty(200),
  helpText: nullable(prose(1000)),
  required: flag(),
  options: listOf(shape({ value: lineOrEmpty(200), label: lineOrEmpty(200) }), OPTIONS_MAX, {
    description: 'What can be chosen; empty for fields that are no choice.',
  }),
  limits: shape(
    {
      minLength: Type.Optional(integer(0, ANSWER_LENGTH_MAX)),
      maxLength: Type.Optional(integer(1, ANSWER_LENGTH_MAX)),
      min: Type.Optional(Type.Number()),
      max: Type.Optional(Type.Number()),
      minSelections: Type.Optional(integer(0, OPTIONS_MAX)),
      maxSelections: Type.Optional(integer(1, OPTIONS_MAX)),
      firstDate: Type.Optional(calendarDate()),
      lastDate: Type.Optional(calendarDate()),
    },
    { description: 'Without a limit of its own, short text takes 200 characters and long text 5000.' },
  ),
  visibleWhen: nullable(
    shape({
      fieldKey,
      operator: oneOf(CONDITION_OPERATORS),
      value: nullable(Type.Unsafe<AnswerValue>({ $ref: `${AnswerValue.$id}#` }), {
        description: 'Null with `is_empty`.',
      }),
    }),
    { description: 'The field is asked only while this holds; null: always.' },
  ),
})

export const PublicForm = named(
  'PublicForm',
  shape(
    {
      organization: shape({
        slug: lineOrEmpty(63),
        name: lineOrEmpty(120),
        logoUrl: nullable(lineOrEmpty(2048)),
        primaryColor: lineOrEmpty(7),
        supportEmail: lineOrEmpty(254),
        supportPhone: nullable(lineOrEmpty(40)),
        timeZone: timeZone(),
        privacyPolicyUrl: nullable(lineOrEmpty(2048)),
        termsUrl: nullable(lineOrEmpty(2048)),
      }),
      slug: lineOrEmpty(63),
      version: integer(1, 1_000_000),
      title: lineOrEmpty(200),
      introduction: nullable(prose(5000)),
      honeypotField: lineOrEmpty(40, {
        description: 'A field that people never see: send it back empty or not at all.',
      }),
      sections: listOf(
        shape({
          key: fieldKey,
          title: lineOrEmpty(200),
          description: nullable(prose(5000)),
          fields: listOf(FormField, 200),
        }),
        50,
      ),
    },
    {
      description: 'A published intake form, ready to be shown. Name, email and phone are asked beside its fields.',
      examples: [
        {
          organization: {
            slug: 'demo',
            name: 'Demo Support',
            logoUrl: null,
            primaryColor: '#1f5fbf',
            supportEmail: 'support@demo.test',
            supportPhone: null,
            timeZone: 'America/Chicago',
            privacyPolicyUrl: null,
            termsUrl: null,
          },
          slug: 'support',
          version: 3,
          title: 'Get help from a trainer',
          introduction: null,
          honeypotField: 'website',
          sections: [
            {
              key: 'about',
              title: 'Your question',
              description: null,
              fields: [
                {
                  key: 'topic',
                  type: 'single_choice',
                  label: 'What is it about?',
                  helpText: null,
                  required: true,
                  options: [
                    { value: 'wordpress', label: 'WordPress' },
                    { value: 'zoho', label: 'Zoho' },
                  ],
                  limits: {},
                  visibleWhen: null,
                },
              ],
            },
          ],
        },
      ],
    },
  ),
)
export type PublicForm = Static<typeof PublicForm>

export const PublicFormParams = Type.Object({
  org: slug({ description: 'The organization’s slug.' }),
  formSlug: slug({ description: 'The form’s slug.', examples: ['support'] }),
})

export const formShapes = [AnswerValue, PublicForm]
