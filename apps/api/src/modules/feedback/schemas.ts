import { type Static, Type } from 'typebox'
import { FEEDBACK_COMMENT_MAX_LENGTH } from '../../domain/feedback.ts'
import { closed, instant, integer, lineOrEmpty, named, nullable, prose, shape, timeZone } from '../../wire/schema.ts'
import { reference } from '../requests/schemas.ts'

const comment = prose(FEEDBACK_COMMENT_MAX_LENGTH, { examples: ['Tina found it in ten minutes.'] })

export const FeedbackForm = named(
  'FeedbackForm',
  shape(
    {
      reference,
      organization: shape({
        name: lineOrEmpty(120),
        supportEmail: lineOrEmpty(254),
        supportPhone: nullable(lineOrEmpty(40)),
        logoUrl: nullable(lineOrEmpty(2048)),
        primaryColor: lineOrEmpty(7),
      }),
      trainer: shape({ firstName: lineOrEmpty(80) }),
      sessionType: shape({ name: lineOrEmpty(120) }),
      start: instant(),
      end: instant(),
      timeZone: timeZone({ description: 'The customer’s.' }),
    },
    {
      description: 'The session that a feedback link asks about.',
      examples: [
        {
          reference: 'R-7K3M9Q2X',
          organization: {
            name: 'Demo Support',
            supportEmail: 'support@demo.test',
            supportPhone: null,
            logoUrl: null,
            primaryColor: '#1f5fbf',
          },
          trainer: { firstName: 'Tina' },
          sessionType: { name: 'One-to-one help' },
          start: '2026-11-24T16:30:00.000Z',
          end: '2026-11-24T17:30:00.000Z',
          timeZone: 'America/Chicago',
        },
      ],
    },
  ),
)
export type FeedbackForm = Static<typeof FeedbackForm>

export const SubmitFeedbackBody = closed(
  { rating: integer(1, 5, { description: '1 = poor … 5 = excellent.' }), comment: Type.Optional(comment) },
  { examples: [{ rating: 5, comment: 'Tina found it in ten minutes.' }] },
)

export const Feedback = named(
  'Feedback',
  shape(
    { rating: integer(1, 5), comment: nullable(comment), createdAt: instant() },
    {
      description: 'A customer’s rating of a session.',
      examples: [{ rating: 5, comment: 'Tina found it in ten minutes.', createdAt: '2026-11-24T18:00:00.000Z' }],
    },
  ),
)
export type Feedback = Static<typeof Feedback>

export const feedbackShapes = [FeedbackForm, Feedback]
