/** What the feedback page says, in English. */
export const feedbackWords = {
  loading: 'Loading your session',
  title: (firstName: string) => `How was your session with ${firstName}?`,
  rating: 'Your rating',
  ratings: ['1 – Poor', '2 – Fair', '3 – Good', '4 – Very good', '5 – Excellent'],
  missingRating: 'Please choose one to five stars.',
  comment: 'What went well, what could be better?',
  commentHelp: (firstName: string, organization: string) =>
    `${firstName} and ${organization} read this. It is not published.`,
  optional: '(optional)',
  send: 'Send feedback',
  notSentTitle: 'Your feedback was not sent',
  kept: 'What you wrote is still here.',
  thanksTitle: 'Thank you for your feedback',
  thanksText: (firstName: string, organization: string) => `${firstName} and ${organization} have it now.`,
  givenTitle: 'You have already given your feedback',
  givenText: 'Each session can be rated once. Thank you for taking the time.',
  expiredTitle: 'It is too late for feedback on this session',
  expiredText: 'The link worked for 30 days. If you still want to say something, write to the support address.',
  closedTitle: 'This link is no longer available',
  replyToMail: 'You can reply to the email with the link: your answer reaches the people who can help.',
} as const
