/** What is said about a link that opens nothing, in English. */
export const linkWords = {
  expiredTitle: 'This link has expired',
  expiredText: 'Links work for a limited time. Ask for a new one, and your trainer sends it to the same address.',
  replacedTitle: 'There is a newer link',
  replacedText: 'A newer email holds the link that works. If you cannot find it, ask for a new link.',
  askForLink: 'Ask for a new link',
  linkAskedTitle: 'You have asked for a new link',
  usedTitle: 'You have already booked with this link',
  usedText: 'The session is over or has been changed since. We can send you its details once more.',
  mailBooking: 'Email me my booking',
  bookingMailedTitle: 'Look into your mailbox',
  closedTitle: 'This request is closed',
  closedText:
    'No time can be booked for it any more. If that is not what you expect, ask for help: we are glad to look into it.',
  unknownTitle: 'This link does not work',
  unknownText: 'Part of it may be missing. Open it from the email once more, or copy all of it into the address bar.',
  unknownHelp: 'If it still does not open, reply to that email: your answer reaches the people who can help.',
  replyToMail: 'Reply to the email with the link: your answer reaches the people who can help.',
} as const
