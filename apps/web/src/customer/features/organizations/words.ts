/** Who can help, in English. */
export const organizationWords = {
  questions: 'Questions?',
  orCall: 'or call',
  contact: 'Contact support',
} as const
