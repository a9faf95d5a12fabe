/** The cancellation rules in English. */
export const cancellationWords = {
  rulesFull: (until: string) => `Full refund if you cancel by ${until}. None after that.`,
  rulesFullGeneral: (notice: string) =>
    `Full refund if you cancel at least ${notice} before the start. None after that.`,
  rulesPartial: (percent: number, until: string) => `${percent}% refund if you cancel by ${until}. None after that.`,
  rulesPartialGeneral: (percent: number, notice: string) =>
    `${percent}% refund if you cancel at least ${notice} before the start. None after that.`,
  rulesTooLate: 'This session starts so soon that a cancellation is not refunded.',
  rulesNone: 'This session is not refunded if you cancel.',
  rulesUntilStart: 'its start',
} as const
