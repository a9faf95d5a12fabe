/** How a customer's dispute with their bank stands: undecided, or decided for the organization or against it. */
export const DISPUTE_STATUSES = ['open', 'won', 'lost'] as const
export type DisputeStatus = (typeof DISPUTE_STATUSES)[number]

export const DISPUTE_STATUS_LABELS: Readonly<Record<DisputeStatus, string>> = {
  open: 'Undecided',
  won: 'Decided for you',
  lost: 'Decided for the customer',
}

/** How a dispute stands, in words for staff; an inquiry takes no money, so nothing was decided when it is over. */
export function disputeStatusLabel({ status, isInquiry }: { status: DisputeStatus; isInquiry: boolean }): string {
  if (!isInquiry || status === 'lost') return DISPUTE_STATUS_LABELS[status]
  return status === 'open' ? 'Inquiry' : 'Inquiry closed'
}

/** How a dispute stands after word of it came, in whatever order: what is decided stays decided. */
export function disputeStatusAfter(known: DisputeStatus, told: DisputeStatus): DisputeStatus {
  return known === 'open' ? told : known
}

/** Whether the bank holds the money until it has decided: the provider refunds nothing of it then. An inquiry holds none. */
export function isMoneyHeldByBank({ status, isInquiry }: { status: DisputeStatus; isInquiry: boolean }): boolean {
  return status === 'open' && !isInquiry
}

/** What the customer's bank says it is about, in words; the provider's own code where there are none. */
export function disputeReasonInWords(reason: string): string {
  return DISPUTE_REASON_WORDS.get(reason) ?? reason.replaceAll('_', ' ')
}

/** The reasons that card networks give, as Stripe names them. */
const DISPUTE_REASON_WORDS: ReadonlyMap<string, string> = new Map([
  ['bank_cannot_process', 'The customer’s bank could not process the payment'],
  ['check_returned', 'The customer’s bank returned the payment'],
  ['credit_not_processed', 'The customer says that a refund is due'],
  ['customer_initiated', 'The customer asked their bank for the money'],
  ['debit_not_authorized', 'The customer says that they did not allow the payment'],
  ['duplicate', 'The customer says that they paid twice'],
  ['fraudulent', 'The customer says that they did not make the payment'],
  ['general', 'No reason was given'],
  ['incorrect_account_details', 'The details of the customer’s account were wrong'],
  ['insufficient_funds', 'The customer’s account had too little money'],
  ['product_not_received', 'The customer says that the session did not take place'],
  ['product_unacceptable', 'The customer says that the session was not as described'],
  ['subscription_canceled', 'The customer says that they had canceled'],
  ['unrecognized', 'The customer does not recognize the payment'],
])
