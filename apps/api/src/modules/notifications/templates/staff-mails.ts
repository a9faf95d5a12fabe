import { ATTENTION_LABEL, ATTENTION_REASON_LABELS } from '../../../domain/attention.ts'
import { DELIVERY_METHOD_LABELS } from '../../../domain/delivery.ts'
import type { MailContent, MailFact } from './layout.ts'
import type { MailFacts } from './mail-facts.ts'
import { amountInWords, instantInWords, lengthInWords, sessionTime } from './wording.ts'

type Facts = readonly MailFact[]

function base({ appUrl, organization }: MailFacts): string {
  return `${appUrl}/o/${organization.slug}`
}

function requestButton(facts: MailFacts): MailContent['button'] {
  return { label: 'View the request', url: `${base(facts)}/requests/${facts.trainingRequest.id}` }
}

function bookingOf(facts: MailFacts) {
  if (facts.booking === null) throw new Error('This mail is about a booking.')
  return facts.booking
}

function bookingButton(facts: MailFacts): MailContent['button'] {
  return { label: 'Open the booking', url: `${base(facts)}/bookings/${bookingOf(facts).id}` }
}

function why(facts: MailFacts, because: string): string {
  return `You get this email because ${because}. You choose your emails at ${base(facts)}/settings`
}

const asItsTrainer = (facts: MailFacts) =>
  why(facts, `you are the trainer of this request at ${facts.organization.name}`)

/** Only for whoever holds the request: a trainer who could still claim it gets no customer's data by mail. */
function customerFacts({ trainingRequest }: MailFacts): Facts {
  return [
    ['Customer', trainingRequest.customer.name],
    ['Reference', trainingRequest.reference],
  ]
}

function sessionFacts(facts: MailFacts): Facts {
  const booking = bookingOf(facts)
  return [
    ['When', sessionTime(booking.startAt, booking.endAt, facts.reader.timeZone, facts.reader.locale)],
    ['Session', booking.sessionTypeName],
    ['Length', lengthInWords(booking.durationMinutes)],
    ...customerFacts(facts),
  ]
}

/** The guide's mail. It says nothing about the customer: whoever gets it may never see the request. */
export function newRequest(facts: MailFacts): MailContent {
  const { trainingRequest, organization } = facts
  return {
    subject: 'New request available',
    headline: 'A new request matches your skills',
    paragraphs: ['The first trainer to claim it gets it.'],
    facts: [
      ['Organization', organization.name],
      ['Form', trainingRequest.formTitle],
      ['Session type', trainingRequest.sessionTypeName],
      ...(trainingRequest.category === null ? [] : [['Category', trainingRequest.category] as const]),
    ],
    button: { label: 'View the request', url: `${base(facts)}/requests/${trainingRequest.id}` },
    why: why(facts, `you are a trainer at ${organization.name} and have the skills that this request asks for`),
  }
}

export function requestAssigned(facts: MailFacts): MailContent {
  return {
    subject: 'A request was assigned to you',
    headline: 'A request was assigned to you',
    paragraphs: ['Look at what the customer wrote, then send them a scheduling link.'],
    facts: [['Session type', facts.trainingRequest.sessionTypeName], ...customerFacts(facts)],
    button: requestButton(facts),
    why: asItsTrainer(facts),
  }
}

export function requestTakenAway(facts: MailFacts): MailContent {
  return {
    subject: 'A request is no longer yours',
    headline: `Request ${facts.trainingRequest.reference} is no longer yours`,
    paragraphs: [
      'It was given to another trainer or opened for all. The scheduling link that you had sent stopped working; you need to do nothing.',
    ],
    facts: [
      ['Session type', facts.trainingRequest.sessionTypeName],
      ['Reference', facts.trainingRequest.reference],
    ],
    button: { label: 'Open your dashboard', url: base(facts) },
    why: why(facts, `you were the trainer of this request at ${facts.organization.name}`),
  }
}

export function newLinkRequested(facts: MailFacts): MailContent {
  return {
    subject: 'A customer asks for a new link',
    headline: 'Your customer asks for a new scheduling link',
    paragraphs: [
      'The link that you sent no longer works. Click Resend Scheduling Link on the request to send a fresh one.',
    ],
    facts: customerFacts(facts),
    button: requestButton(facts),
    why: asItsTrainer(facts),
  }
}

export function timesRequested(facts: MailFacts): MailContent {
  const message = facts.schedulingLink?.timesMessage ?? null
  return {
    subject: 'A customer asks for other times',
    headline: 'Your customer found no time that suits them',
    paragraphs: [
      'Open more times in your schedule, or write to them.',
      ...(message === null ? [] : [`They wrote: “${message}”`]),
    ],
    facts: [...customerFacts(facts), ['Email', facts.trainingRequest.customer.email]],
    button: requestButton(facts),
    why: asItsTrainer(facts),
  }
}

export function trainerPaymentReceived(facts: MailFacts): MailContent {
  return {
    subject: 'A customer has paid: please confirm',
    headline: 'Your customer has paid. Confirm the payment to confirm the session.',
    paragraphs: ['Click Confirm Payment next to the booking.'],
    facts: [...sessionFacts(facts), ['Paid', amountInWords(bookingOf(facts).paid, facts.reader.locale)]],
    button: bookingButton(facts),
    why: asItsTrainer(facts),
  }
}

export function trainerPaymentOverdue(facts: MailFacts): MailContent {
  return {
    ...trainerPaymentReceived(facts),
    subject: 'Reminder: confirm a payment',
    headline: 'A paid session still awaits your confirmation',
  }
}

export function trainerPaymentFailed(facts: MailFacts): MailContent {
  return {
    subject: 'A customer’s payment did not go through',
    headline: 'The payment did not go through, so the session is not booked',
    paragraphs: [
      'The time is free again. Your customer was told and can choose a time again, or ask you for a new link if theirs has run out.',
    ],
    facts: sessionFacts(facts),
    button: requestButton(facts),
    why: asItsTrainer(facts),
  }
}

export function trainerBookingConfirmed(facts: MailFacts): MailContent {
  const booking = bookingOf(facts)
  const method = DELIVERY_METHOD_LABELS[booking.deliveryMethod]
  return {
    subject: 'A session is confirmed',
    headline: `Your session with ${facts.trainingRequest.customer.name} is confirmed`,
    paragraphs: ['Before it starts, you find the session link on your dashboard.'],
    facts: [
      ...sessionFacts(facts),
      ['How', booking.deliveryDetails === null ? method : `${method}, ${booking.deliveryDetails}`],
    ],
    button: bookingButton(facts),
    why: asItsTrainer(facts),
  }
}

export function trainerBookingRescheduled(facts: MailFacts): MailContent {
  return {
    ...trainerBookingConfirmed(facts),
    subject: 'A session was moved',
    headline: `Your session with ${facts.trainingRequest.customer.name} has a new time`,
  }
}

export function trainerBookingCanceled(facts: MailFacts): MailContent {
  return {
    subject: 'A session was canceled',
    headline: `Your session with ${facts.trainingRequest.customer.name} was canceled`,
    paragraphs: ['The time is free again. Its calendar event and remote session are removed.'],
    facts: sessionFacts(facts),
    button: bookingButton(facts),
    why: asItsTrainer(facts),
  }
}

export function trainerRequestCanceled(facts: MailFacts): MailContent {
  return {
    subject: 'A request was canceled',
    headline: `Request ${facts.trainingRequest.reference} was canceled`,
    paragraphs: [],
    facts: customerFacts(facts),
    button: requestButton(facts),
    why: asItsTrainer(facts),
  }
}

export function attentionRaised(facts: MailFacts): MailContent {
  if (facts.attentionReason === null) throw new Error('This mail is about a stuck request.')
  return {
    subject: `Needs attention: request ${facts.trainingRequest.reference}`,
    headline: ATTENTION_REASON_LABELS[facts.attentionReason],
    paragraphs: [
      `The request is marked ${ATTENTION_LABEL} until somebody has looked after it.`,
      ...(facts.attentionReason === 'calendar_unreadable'
        ? [
            'Until the calendar can be read again, customers of this trainer are offered no times. This one email is about all requests of the trainer.',
          ]
        : []),
    ],
    facts: [
      ['Reference', facts.trainingRequest.reference],
      ['Form', facts.trainingRequest.formTitle],
      ['Session type', facts.trainingRequest.sessionTypeName],
      ...(facts.trainer === null ? [] : [['Trainer', facts.trainer.name] as const]),
      ...(facts.booking === null
        ? []
        : [
            [
              'Session',
              sessionTime(facts.booking.startAt, facts.booking.endAt, facts.reader.timeZone, facts.reader.locale),
            ] as const,
          ]),
    ],
    button: requestButton(facts),
    why: why(facts, `you look after ${facts.organization.name} or run this session`),
  }
}

export function refundFailed(facts: MailFacts): MailContent {
  const { refund, organization } = facts
  if (refund === null) throw new Error('This mail is about a refund.')
  const sum = amountInWords(refund.amount, facts.reader.locale)
  return {
    subject: `Needs attention: a refund of ${sum} failed`,
    headline: `A refund of ${sum} failed`,
    paragraphs: [
      'The customer does not have the money. Open the booking and make the refund again, or pay them back in another way.',
    ],
    facts: [...(refund.problem === null ? [] : [['What happened', refund.problem] as const]), ...sessionFacts(facts)],
    button: bookingButton(facts),
    why: why(facts, `you look after ${organization.name}`),
  }
}

export function paymentDisputed(facts: MailFacts): MailContent {
  const { dispute, organization, reader } = facts
  if (dispute === null) throw new Error('This mail is about a dispute.')
  const sum = amountInWords(dispute.amount, reader.locale)
  return {
    subject: dispute.isInquiry
      ? `Needs attention: a bank asks about a payment of ${sum}`
      : `Needs attention: a payment of ${sum} is disputed`,
    headline: dispute.isInquiry
      ? `A customer has asked their bank about a payment of ${sum}`
      : `A customer has asked their bank for ${sum} back`,
    paragraphs: [
      dispute.isInquiry
        ? 'No money has been taken. Answer it in your Stripe dashboard, or settle it by refunding the payment. Left alone, it can become a dispute.'
        : 'Nothing is refunded by itself, and the banks decide. Answer it in your Stripe dashboard.',
      ...(dispute.respondBy === null
        ? []
        : [`The last day for an answer is ${instantInWords(dispute.respondBy, reader.timeZone, reader.locale)}.`]),
    ],
    facts: [['What the bank says', dispute.reason], ...sessionFacts(facts)],
    button: bookingButton(facts),
    why: why(facts, `you look after ${organization.name}`),
  }
}

export function notificationsDelayed(facts: MailFacts): MailContent {
  return {
    subject: 'New request emails are being delayed',
    headline: `The form “${facts.trainingRequest.formTitle}” gets more requests than its emails may tell of`,
    paragraphs: [
      'No email is lost: those above the hourly limit follow later. Every request is on the dashboard at once. The limit is in your settings.',
    ],
    facts: [['Form', facts.trainingRequest.formTitle]],
    button: { label: 'Open the dashboard', url: base(facts) },
    why: why(facts, `you look after ${facts.organization.name}`),
  }
}
