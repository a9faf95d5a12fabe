/** What is said about a time that is held, or could not be, in English. */
export const holdWords = {
  heldTitle: (until: string) => `Held for you until ${until}`,
  heldLeft: (countdown: string) => `${countdown} left to pay`,
  heldMinutes: (minutes: number) => (minutes === 1 ? '1 minute left to pay.' : `${minutes} minutes left to pay.`),
  payNow: 'Pay now',
  chooseAnother: 'Choose another time',
  holdEndedTitle: (at: string) => `The time to pay ended at ${at}`,
  holdEndedBefore: 'The time to pay has ended',
  failedTitle: 'Your payment did not go through',
  holdEndedText: (time: string) =>
    `Nothing is booked. Your choice is kept: ${time}. “Try again” holds it once more and leads to payment. If you have just paid, wait for our email instead.`,
  holdEndedGone: (time: string) =>
    `Nothing is booked. Meanwhile ${time} is no longer free: choose another time below. If you have just paid, wait for our email instead.`,
  sentBackTitle: {
    pending: 'Your money is on its way back',
    succeeded: 'We sent your money back',
    failed: 'Your money is still to come back',
  },
  sentBackText: (amount: string, reason: string) =>
    `${reason}. All of your ${amount} goes back the way you paid. You can choose a time again below.`,
  takenTitle: (time: string) => `${time} was just taken`,
  takenText: 'The times below are fresh. Everything else you chose is kept.',
  takenKept: (held: string) => `${held} is still held for you.`,
  goneTitle: (time: string) => `${time} is not free`,
  goneText: 'Choose another time. Everything else you chose is kept.',
  priceTitle: (price: string) => `The price is now ${price}`,
  priceText: 'Nothing was booked. Your time is kept: look at the new price, then continue or choose another time.',
  notBookedTitle: 'Your time was not booked',
  choiceKept: 'Your choice is still here.',
  calendarTitle: (firstName: string) => `${firstName}’s calendar cannot be checked right now`,
  calendarText: 'Nothing was booked and nothing was charged. Your choice is kept; try again in a minute.',
  paymentTitle: 'The payment page does not open right now',
  paymentText: 'Your time is held. Try again in a moment; nothing was charged.',
} as const
