/** Why there are no times to choose from, in English. */
export const slotWords = {
  emptyTitle: (firstName: string) => `${firstName} has no open times right now`,
  emptyText: (until: string | null) =>
    `${until ? `There is none until ${until}. ` : ''}Ask for times, and your trainer gets a message. New times appear on this page by themselves.`,
  wishedTimes: 'What would suit you?',
  optional: '(optional)',
  emptyOtherLength: 'Another length may have some.',
  askForTimes: 'Ask for times',
  askedTitle: (firstName: string) => `${firstName} has been asked for times`,
  askedText: 'Keep the email with your link: as soon as there are times, you can choose one here.',
  unreadableTitle: (firstName: string) => `${firstName}’s calendar cannot be read right now`,
  unreadableText: 'We show no times rather than wrong ones. Your trainer has been told. Try again in a few minutes.',
  noPaymentsTitle: (organization: string) => `${organization} cannot take payments yet`,
  noPaymentsText:
    'So no time can be booked yet. Your request is safe. Write to the support address below, or come back later with the same link.',
  noPriceTitle: 'No price has been set for this length',
  noPriceText: 'So it cannot be booked yet.',
  noPriceOther: 'Choose another length, or write to the support address below.',
  noPriceOnly: 'Your request is safe. Write to the support address below.',
} as const
