import { type Static, Type } from 'typebox'
import { ATTENTION_REASONS } from '../../domain/attention.ts'
import { BOOKING_STATUSES, PAYMENT_STATUSES } from '../../domain/booking.ts'
import { ACTOR_KINDS } from '../../domain/caller.ts'
import { EMAIL_MAX_LENGTH, NAME_MAX_LENGTH, PHONE_MAX_LENGTH } from '../../domain/contact-details.ts'
import { FIELD_KEY_MAX_LENGTH } from '../../domain/intake-form.ts'
import { REFERENCE_PATTERN } from '../../domain/reference.ts'
import { LINK_STATES } from '../../domain/scheduling-token.ts'
import { REQUEST_LISTS, REQUEST_PRIORITIES, REQUEST_STATUSES } from '../../domain/training-request.ts'
import { pageOf, pageQuery } from '../../wire/page.ts'
import { Action } from '../../wire/problem.ts'
import {
  closed,
  email,
  id,
  instant,
  integer,
  line,
  lineOrEmpty,
  listOf,
  named,
  nullable,
  oneOf,
  phone,
  prose,
  ref,
  shape,
  slug,
} from '../../wire/schema.ts'
import { Answers, AnswerValue } from '../forms/schemas.ts'
import { RequestSessionType, SessionTypeName } from '../session-types/schemas.ts'

export const reference = Type.String({
  pattern: REFERENCE_PATTERN,
  maxLength: 10,
  description: 'The request’s short name, to read out on the phone.',
  examples: ['R-7K3M9Q2X'],
})

const exampleRequest = {
  id: '01939b2c-7d3e-7a10-8f4c-2b9d6e1a5c07',
  reference: 'R-7K3M9Q2X',
  status: 'claimed',
  statusLabel: 'Claimed by Trainer',
  attention: null,
  createdAt: '2026-11-23T15:04:05.000Z',
  customer: { name: 'Casey Jones', email: 'casey@example.com', phone: '+1 312 555 0142', timeZone: 'America/Chicago' },
  answers: [{ key: 'topic', label: 'What is it about?', value: 'wordpress', displayValue: 'WordPress' }],
  sessionType: {
    id: '01939b2c-0000-7000-8000-000000000010',
    name: 'One-to-one help',
    durations: [{ durationMinutes: 60 }],
  },
  sessionTypeOptions: [{ id: '01939b2c-0000-7000-8000-000000000010', name: 'One-to-one help' }],
  requiredSkills: ['wordpress'],
  priority: 'normal',
  category: null,
  claimedBy: { id: '01939b2c-0000-7000-8000-000000000002', name: 'Tina Torres' },
  claimedAt: '2026-11-23T15:10:00.000Z',
  schedulingLink: null,
  booking: null,
  version: 3,
  actions: {
    claim: { allowed: false, reason: 'invalid_state' },
    release: { allowed: true, reason: null },
    assign: { allowed: false, reason: 'org_admin_required' },
    changeSessionType: { allowed: true, reason: null },
    sendSchedulingLink: { allowed: true, reason: null },
    cancel: { allowed: true, reason: null },
  },
  history: [
    {
      at: '2026-11-23T15:10:00.000Z',
      actor: { kind: 'user', id: '01939b2c-0000-7000-8000-000000000002', name: 'Tina Torres' },
      from: 'trainers_notified',
      to: 'claimed',
      occasionLabel: 'Claimed',
      reason: 'Claimed',
      trainer: { id: '01939b2c-0000-7000-8000-000000000002', name: 'Tina Torres' },
    },
  ],
}

export const TrainingRequest = named(
  'Request',
  shape(
    {
      id: id(),
      reference,
      status: oneOf(REQUEST_STATUSES),
      statusLabel: lineOrEmpty(60, { description: 'The status as the screens call it.' }),
      attention: nullable(shape({ reason: oneOf(ATTENTION_REASONS), since: instant() }), {
        description: 'Stuck (Needs Attention): the most urgent cause; null when nothing is wrong.',
      }),
      createdAt: instant(),
      customer: nullable(
        shape({
          name: lineOrEmpty(NAME_MAX_LENGTH),
          email: lineOrEmpty(EMAIL_MAX_LENGTH),
          phone: nullable(lineOrEmpty(PHONE_MAX_LENGTH)),
          timeZone: nullable(lineOrEmpty(64)),
        }),
        { description: 'Null while the organization hides contact details until the claim.' },
      ),
      answers: listOf(
        shape({
          key: lineOrEmpty(FIELD_KEY_MAX_LENGTH),
          label: lineOrEmpty(200),
          value: ref(AnswerValue),
          displayValue: prose(25_000, { description: 'The value as people read it: option labels, Yes or No.' }),
        }),
        200,
        { description: 'In the order of the form.' },
      ),
      sessionType: RequestSessionType,
      sessionTypeOptions: listOf(SessionTypeName, 200, {
        description: 'What the Session Type dropdown offers; empty when it cannot be changed.',
      }),
      requiredSkills: listOf(lineOrEmpty(60), 50),
      priority: oneOf(REQUEST_PRIORITIES),
      category: nullable(lineOrEmpty(120)),
      claimedBy: nullable(shape({ id: id(), name: lineOrEmpty(161) })),
      claimedAt: nullable(instant()),
      schedulingLink: nullable(
        shape({ id: id(), sentAt: instant(), expiresAt: instant(), state: oneOf(LINK_STATES) }),
        {
          description: 'The latest scheduling link; its address is never shown again.',
        },
      ),
      booking: nullable(
        shape({
          id: id(),
          status: oneOf(BOOKING_STATUSES),
          paymentStatus: oneOf(PAYMENT_STATUSES),
          start: instant(),
          holdExpiresAt: nullable(instant()),
        }),
        { description: 'The live booking, else the latest.' },
      ),
      version: integer(1, 2_147_483_647, { description: 'Grows with every change.' }),
      actions: shape({
        claim: ref(Action),
        release: ref(Action),
        assign: ref(Action),
        changeSessionType: ref(Action),
        sendSchedulingLink: ref(Action),
        cancel: ref(Action),
      }),
      history: listOf(
        shape({
          at: instant(),
          actor: shape({
            kind: oneOf(ACTOR_KINDS),
            id: nullable(id()),
            name: nullable(lineOrEmpty(161), { description: 'Null for customer and system.' }),
          }),
          from: nullable(oneOf(REQUEST_STATUSES), { description: 'Null in the first row.' }),
          to: oneOf(REQUEST_STATUSES),
          occasionLabel: lineOrEmpty(60, { description: 'What the step was, as the screens call it.' }),
          reason: nullable(prose(500, { description: 'What the person gave as a reason, else what the step was.' })),
          trainer: nullable(shape({ id: id(), name: lineOrEmpty(161) }), {
            description: 'Whom a claim or an assignment gave the request to.',
          }),
        }),
        1000,
        { description: 'Oldest first.' },
      ),
    },
    { description: 'One customer’s submission, and its whole life.', examples: [exampleRequest] },
  ),
)
export type TrainingRequest = Static<typeof TrainingRequest>

const submissionFields = {
  customer: closed({
    name: line(NAME_MAX_LENGTH),
    email: email(),
    phone: Type.Optional(phone()),
    timeZone: Type.Optional(
      // Not checked here: nobody typed it, and a browser may know a zone that this server does not know yet.
      line(64, {
        description: 'The browser’s IANA zone; one that is not known here is left out.',
        examples: ['America/Chicago'],
      }),
    ),
  }),
  answers: Answers,
}

const exampleSubmission = {
  customer: { name: 'Casey Jones', email: 'casey@example.com', phone: '+1 312 555 0142', timeZone: 'America/Chicago' },
  answers: { topic: 'wordpress', description: 'The contact form stopped sending mail.' },
}

export const SubmitFormBody = closed(
  {
    ...submissionFields,
    website: Type.Optional(prose(2000, { description: 'The honeypot: people leave it empty.' })),
  },
  { examples: [exampleSubmission] },
)

export const SubmittedForm = named(
  'SubmittedForm',
  shape({ reference }, { description: 'The request was taken.', examples: [{ reference: 'R-7K3M9Q2X' }] }),
)

export const SubmitRequestBody = closed(
  { formSlug: slug({ examples: ['support'] }), ...submissionFields },
  { examples: [{ formSlug: 'support', ...exampleSubmission }] },
)

export const ListRequestsQuery = closed({
  view: Type.Optional(
    oneOf(REQUEST_LISTS, {
      default: 'all',
      description: '`new`: unclaimed and open to me. `mine`: claimed by me. `all`: everything that I may see.',
    }),
  ),
  status: Type.Optional(
    listOf(oneOf(REQUEST_STATUSES), REQUEST_STATUSES.length, { description: 'One or several; repeat the parameter.' }),
  ),
  attention: Type.Optional(
    oneOf([...ATTENTION_REASONS, 'any'] as const, { description: 'Only requests stuck for this reason, or for any.' }),
  ),
  q: Type.Optional(line(100, { description: 'Part of the reference, the customer’s name or the email.' })),
  ...pageQuery,
})

export const RequestParams = Type.Object({ org: slug({ description: 'The organization’s slug.' }), requestId: id() })

export const UpdateRequestBody = closed(
  { sessionTypeId: id() },
  { examples: [{ sessionTypeId: '01939b2c-0000-7000-8000-000000000010' }] },
)

export const ResolveAttentionBody = closed(
  { note: Type.Optional(prose(500, { description: 'What was done about it; written for colleagues.' })) },
  { examples: [{ note: 'Called the customer, they will book today' }] },
)

export const RequestPage = pageOf(ref(TrainingRequest), 'Requests, newest first.')

export const requestShapes = [TrainingRequest, SubmittedForm]
