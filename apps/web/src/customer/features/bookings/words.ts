/** What is said about a booking, in English. */
export const bookingWords = {
  loading: 'Loading your booking',
  checkingTitle: 'Checking your payment',
  checkingText: 'This takes a few seconds. Please keep this page open.',

  confirmedTitle: 'Your session is booked',
  confirmedText: 'See you then. A confirmation with all of this comes by email.',
  paidTitle: 'Payment received',
  paidText: 'We received your payment. Your trainer will confirm your session shortly.',
  paidNext: 'The time is yours. You get an email as soon as it is confirmed.',
  processingTitle: 'Your payment is being processed',
  processingText:
    'Your bank can take a while. Your time is reserved meanwhile, and we write to you as soon as the payment has arrived.',
  unpaidTitle: 'We have not received a payment yet',
  unpaidText:
    'If you have just paid, it can take a few minutes: we keep checking, and write to you as soon as it has arrived. You can close this page. If not, or if your card was declined, you can still pay.',
  unpaidHeld: (until: string) => `Held for you until ${until}`,
  expiredTitle: 'The time to pay has ended',
  expiredText:
    'No payment has arrived so far. One that is on its way is honoured or paid back in full, and we write to you.',
  sentBackTitle: {
    pending: 'Your money is on its way back',
    succeeded: 'We sent your money back',
    failed: 'Your money is still to come back',
  },
  sentBackText: (amount: string) => `The session was not booked, and all of your ${amount} goes back the way you paid.`,
  sentBackDone: (amount: string) =>
    `The session was not booked. All of your ${amount} went back the way you paid; your bank may take a few days to show it.`,
  sentBackFailed: (amount: string) =>
    `The session was not booked. Your ${amount} could not be sent back at once; the organization has been told.`,
  sentBackBeside: (amount: string) => `${amount} of what you paid goes back to you.`,
  sentBackWhy: (reason: string) => `Why: ${reason}.`,
  failedTitle: 'Your payment did not go through',
  failedText: 'The session was not booked and nothing was charged. You can choose a time and try again.',
  canceledTitle: 'This booking was canceled',
  canceledText: 'Nothing else is due.',
  refunded: (amount: string) => `${amount} of what you paid goes back to you, which can take your bank a few days.`,
  overTitle: 'This session is over',
  overText: 'Thank you. With questions, write to the support address below.',

  when: 'When',
  session: 'Session',
  trainer: 'Trainer',
  price: 'Price',
  paid: 'Paid',
  refunds: 'Refunded',
  where: 'Where',
  reference: 'Reference',
  free: 'Free',
  whereZoho: (label: string) => `${label}: the link to join comes by email and appears here`,
  join: 'Join the session',
  payNow: 'Pay now',
  chooseAnother: 'Choose another time',
  chooseAgain: 'Choose a time again',
  openEmail: 'Open the link in your email again to choose a time.',
  addToCalendar: 'Add to calendar',
  calendarFile: 'Calendar file (.ics)',
  google: 'Google Calendar',
  outlook: 'Outlook',
  fileName: 'session.ics',
  entryTitle: (sessionType: string, organization: string) => `${sessionType} · ${organization}`,
  entryText: (firstName: string, reference: string, supportEmail: string) =>
    `With ${firstName}\nReference ${reference}\nQuestions: ${supportEmail}`,

  goneTitle: 'This page is no longer available',
  goneText: 'What became of your booking is in the emails about it.',
} as const
