import type { RefundDecider } from '../../../domain/cancellation.ts'
import { DELIVERY_METHOD_LABELS } from '../../../domain/delivery.ts'
import { money } from '../../../domain/money.ts'
import { refundReasonInWords } from '../../../domain/payment.ts'
import type { MailContent, MailFact } from './layout.ts'
import type { MailFacts } from './mail-facts.ts'
import { amountInWords, instantInWords, lengthInWords, sessionTime } from './wording.ts'

type Facts = readonly MailFact[]

function whyRequested({ organization, trainingRequest }: MailFacts): string {
  return `You get this email because you asked ${organization.name} for help (request ${trainingRequest.reference}).`
}

function bookingOf(facts: MailFacts) {
  if (facts.booking === null) throw new Error('This mail is about a booking.')
  return facts.booking
}

function linkOf(facts: MailFacts) {
  if (facts.schedulingLink === null) throw new Error('This mail carries a scheduling link.')
  return facts.schedulingLink
}

function refundOf(facts: MailFacts) {
  if (facts.refund === null) throw new Error('This mail is about a refund.')
  return facts.refund
}

function when(facts: MailFacts): MailFact {
  const { startAt, endAt } = bookingOf(facts)
  return ['When', sessionTime(startAt, endAt, facts.reader.timeZone, facts.reader.locale)]
}

function withTrainer({ trainer }: MailFacts): Facts {
  return trainer === null ? [] : [['With', trainer.firstName]]
}

function sessionFacts(facts: MailFacts): Facts {
  const booking = bookingOf(facts)
  return [
    when(facts),
    ['Session', booking.sessionTypeName],
    ['Length', lengthInWords(booking.durationMinutes)],
    ...withTrainer(facts),
  ]
}

function howToJoin(facts: MailFacts): Facts {
  const { deliveryMethod, deliveryDetails } = bookingOf(facts)
  return [
    ['How', DELIVERY_METHOD_LABELS[deliveryMethod]],
    ...(deliveryDetails === null || deliveryDetails === facts.joinUrl ? [] : [['Details', deliveryDetails] as const]),
  ]
}

function reference({ trainingRequest }: MailFacts): MailFact {
  return ['Reference', trainingRequest.reference]
}

function joinOrView(facts: MailFacts): MailContent['button'] {
  if (facts.joinUrl !== null) return { label: 'Join the session', url: facts.joinUrl }
  return facts.bookingUrl === null ? null : { label: 'See your booking', url: facts.bookingUrl }
}

function bookingPage(facts: MailFacts): Facts {
  return facts.joinUrl === null || facts.bookingUrl === null
    ? []
    : [['Your booking', { label: 'See your booking', url: facts.bookingUrl }]]
}

export function requestReceived(facts: MailFacts): MailContent {
  return {
    subject: 'We received your request',
    headline: 'We received your request',
    paragraphs: ['A trainer will look at it and send you a link to choose a time for your session.'],
    facts: [['Request', facts.trainingRequest.formTitle], reference(facts)],
    button: null,
    why: whyRequested(facts),
  }
}

export function schedulingLink(facts: MailFacts): MailContent {
  const link = linkOf(facts)
  return {
    subject: 'Choose a time for your session',
    headline: 'Choose a time for your session',
    paragraphs: [
      `${facts.trainer?.firstName ?? 'Your trainer'} is ready to help you. Pick a time that suits you; it takes a minute.`,
    ],
    facts: [
      ['Session', facts.trainingRequest.sessionTypeName],
      ...withTrainer(facts),
      ['Link works until', instantInWords(link.expiresAt, facts.reader.timeZone, facts.reader.locale)],
      reference(facts),
    ],
    button: { label: 'Choose a time', url: link.url },
    why: whyRequested(facts),
  }
}

export function schedulingReminder(facts: MailFacts): MailContent {
  return {
    ...schedulingLink(facts),
    subject: 'Reminder: choose a time for your session',
    headline: 'You have not chosen a time yet',
    paragraphs: [
      `${facts.trainer?.firstName ?? 'Your trainer'} is still ready to help you. The same link as before shows the times that are open.`,
    ],
  }
}

export function paymentReceived(facts: MailFacts): MailContent {
  return {
    subject: 'We received your payment',
    headline: 'We received your payment. Your trainer will confirm your session shortly.',
    paragraphs: ['Your time is reserved. You will get another email as soon as it is confirmed.'],
    facts: [
      ...sessionFacts(facts),
      ['Paid', amountInWords(bookingOf(facts).paid, facts.reader.locale)],
      reference(facts),
    ],
    button: facts.bookingUrl === null ? null : { label: 'See your booking', url: facts.bookingUrl },
    why: whyRequested(facts),
  }
}

export function bookingConfirmed(facts: MailFacts): MailContent {
  const booking = bookingOf(facts)
  return {
    subject: 'Your session is confirmed',
    headline: 'Your session is confirmed',
    paragraphs: facts.isJoinLinkToFollow
      ? ['The remote link follows: we send it to you as soon as it is ready.']
      : facts.joinUrl === null
        ? []
        : ['Use the link below to join at that time.'],
    facts: [
      ...sessionFacts(facts),
      ...howToJoin(facts),
      ...(booking.paid.amount > 0 ? [['Paid', amountInWords(booking.paid, facts.reader.locale)] as const] : []),
      reference(facts),
      ...bookingPage(facts),
    ],
    button: joinOrView(facts),
    why: whyRequested(facts),
  }
}

export function joinLink(facts: MailFacts): MailContent {
  return {
    subject: 'Your link to join the session',
    headline: 'Here is the link to join your session',
    paragraphs: [],
    facts: [...sessionFacts(facts), ...howToJoin(facts), reference(facts), ...bookingPage(facts)],
    button: joinOrView(facts),
    why: whyRequested(facts),
  }
}

export function bookingDetails(facts: MailFacts): MailContent {
  const { isOver, paid, refunded, refundUnderWay: underWay } = bookingOf(facts)
  const settled = Math.max(0, refunded.amount - underWay.amount)
  const { locale } = facts.reader
  return {
    subject: 'Your booking',
    headline: isOver ? 'Your session, which is over' : 'Your session',
    paragraphs: ['You asked us to send you your booking.'],
    facts: [
      ...sessionFacts(facts),
      ...(isOver ? [] : howToJoin(facts)),
      ...(paid.amount > 0 ? [['Paid', amountInWords(paid, locale)] as const] : []),
      ...(settled > 0 ? [['Refunded', amountInWords(money(settled, refunded.currency), locale)] as const] : []),
      ...(underWay.amount > 0 ? [['On its way back', amountInWords(underWay, locale)] as const] : []),
      reference(facts),
      ...(isOver ? [] : bookingPage(facts)),
    ],
    // The page shows the booking until the session ends.
    button: isOver ? null : joinOrView(facts),
    why: whyRequested(facts),
  }
}

export function bookingRescheduled(facts: MailFacts): MailContent {
  return {
    ...bookingConfirmed(facts),
    subject: 'Your session was moved',
    headline: 'Your session has a new time',
  }
}

/** What this cancellation sends back, and nothing that went back before or for another reason. */
function refundSentence(facts: MailFacts): string[] {
  const { refund, refundDecidedBy, reader } = facts
  const { paid, refunded, isMoneyAwaited } = bookingOf(facts)
  if (isMoneyAwaited) return ['Your payment is still under way. Whatever arrives of it goes back to you in full.']
  // What arrived after the end has a mail of its own.
  if (refundDecidedBy === 'nothing_paid') return []
  if (paid.amount === 0 || refundDecidedBy === null) return []
  if (refund === null) return [nothingRefunded(refundDecidedBy, refunded.amount > 0)]
  const isAll = refundDecidedBy === 'refunded_at_provider'
  const amount = amountInWords(isAll ? paid : refund.amount, reader.locale)
  switch (refund.status) {
    case 'failed':
      return [`We owe you ${amount}: sending it back did not work. Somebody is looking after it.`]
    case 'succeeded':
      return [`We have sent ${amount} back to you. It can take a few days to arrive.`]
    case 'pending':
      return [`We are sending ${amount} back to you. It can take a few days to arrive.`]
  }
}

function nothingRefunded(decidedBy: Exclude<RefundDecider, 'nothing_paid'>, hasGoneBack: boolean): string {
  const nothing = hasGoneBack ? 'nothing more' : 'nothing'
  switch (decidedBy) {
    case 'policy_full':
    case 'policy_partial':
    case 'policy_none':
      return `Under the cancellation rules that you accepted, ${nothing} is refunded.`
    case 'full':
      // All that is left goes back by this rule, so there was nothing left.
      return 'All that you paid has been refunded before.'
    case 'chosen':
    case 'refunded_at_provider':
      return hasGoneBack ? 'Nothing more is refunded.' : 'Nothing is refunded.'
  }
}

export function bookingCanceled(facts: MailFacts): MailContent {
  const booking = bookingOf(facts)
  return {
    subject: 'Your session was canceled',
    headline: booking.canceledBy === 'customer' ? 'You canceled your session' : 'Your session was canceled',
    paragraphs: [
      ...refundSentence(facts),
      ...(booking.isCustomerToPickAgain ? ['You can choose another time: the link comes in an email of its own.'] : []),
    ],
    facts: [...sessionFacts(facts), reference(facts)],
    button: null,
    why: whyRequested(facts),
  }
}

export function requestCanceled(facts: MailFacts): MailContent {
  return {
    subject: 'Your request was canceled',
    headline: 'Your request was canceled',
    paragraphs: ['Links that we sent you for it no longer work. If you still need help, write to us.'],
    facts: [['Request', facts.trainingRequest.formTitle], reference(facts)],
    button: null,
    why: whyRequested(facts),
  }
}

export function paymentFailed(facts: MailFacts): MailContent {
  const link = facts.schedulingLink
  const sum = amountInWords(bookingOf(facts).price, facts.reader.locale)
  const howToGoOn =
    link === null
      ? 'If you still want a session, write to us.'
      : link.isAlive
        ? 'You can choose a time again with the same link.'
        : 'If you still want a session, open your link: it has run out, and you can ask for a new one there.'
  return {
    subject: 'Your payment did not go through',
    headline: 'Your payment did not go through, so your session is not booked',
    paragraphs: [`We did not receive the ${sum}, and the time is free again.`, howToGoOn],
    facts: [...sessionFacts(facts), reference(facts)],
    button: link && { label: link.isAlive ? 'Choose a time' : 'Ask for a new link', url: link.url },
    why: whyRequested(facts),
  }
}

export function paymentNotHonoured(facts: MailFacts): MailContent {
  const { amount, reason, status } = refundOf(facts)
  const sum = amountInWords(amount, facts.reader.locale)
  return {
    subject: 'We are refunding your payment',
    headline: `We could not use your payment of ${sum} and are sending all of it back`,
    paragraphs: [
      `${refundReasonInWords(reason, status)}.`,
      status === 'failed'
        ? 'Sending it back did not work yet. Somebody is looking after it.'
        : 'The money can take a few days to arrive.',
    ],
    facts: [...sessionFacts(facts), ['Refund', sum], reference(facts)],
    button: null,
    why: whyRequested(facts),
  }
}

/** Why money goes back, with what an admin wrote about it. */
function refundReason(facts: MailFacts): string {
  const { reason, note, status } = refundOf(facts)
  return `${refundReasonInWords(reason, status)}${note === null ? '.' : `: “${note}”`}`
}

export function refundUnderWay(facts: MailFacts): MailContent {
  const sum = amountInWords(refundOf(facts).amount, facts.reader.locale)
  return {
    subject: 'Your refund is on its way',
    headline: `We are sending ${sum} back to you`,
    paragraphs: [
      refundReason(facts),
      'It goes back the way you paid and usually arrives within 5 to 10 working days. You will get another email when it was made.',
    ],
    facts: [...sessionFacts(facts), ['Refund', sum], reference(facts)],
    button: null,
    why: whyRequested(facts),
  }
}

export function refundMade(facts: MailFacts): MailContent {
  const sum = amountInWords(refundOf(facts).amount, facts.reader.locale)
  return {
    subject: 'Your refund was made',
    headline: `We refunded ${sum}`,
    paragraphs: [
      refundReason(facts),
      'It goes back the way you paid. Your bank can take 5 to 10 working days to show it.',
    ],
    facts: [...sessionFacts(facts), ['Refund', sum], reference(facts)],
    button: null,
    why: whyRequested(facts),
  }
}

export function feedbackRequest(facts: MailFacts): MailContent {
  if (facts.feedbackUrl === null) throw new Error('This mail carries a feedback link.')
  return {
    subject: 'How was your session?',
    headline: 'How was your session?',
    paragraphs: [
      `Please rate your session with ${facts.trainer?.firstName ?? 'your trainer'}. It takes a few seconds and helps us get better.`,
    ],
    facts: [...sessionFacts(facts), reference(facts)],
    button: { label: 'Rate your session', url: facts.feedbackUrl },
    why: whyRequested(facts),
  }
}
