/** Who can help, in English. */
export const organizationWords = {
  questions: 'Questions?',
  callUs: (phone: string) => `or call ${phone}`,
  contact: 'Contact support',
} as const
