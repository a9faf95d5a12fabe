import { calendarDate } from '../../../lib/dates.ts'
import type { FormField } from './public-form.ts'

const missing: Record<FormField['type'], string> = {
  short_text: 'Please fill this in.',
  long_text: 'Please fill this in.',
  single_choice: 'Please choose one.',
  multiple_choice: 'Please choose at least one.',
  yes_no: 'Please choose Yes or No.',
  number: 'Please enter a number.',
  date: 'Please choose a date.',
  email: 'Please enter an email address.',
  phone: 'Please enter a phone number.',
  url: 'Please enter a web address.',
}

/** What the request form says, in English. */
export const formWords = {
  loading: 'Loading the form',
  contactTitle: 'About you',
  name: 'Name',
  email: 'Email',
  emailHelp: 'We send the link for choosing a time to this address.',
  phone: 'Phone',
  optional: '(optional)',
  yes: 'Yes',
  no: 'No',
  chooseOne: 'Choose one',
  submit: 'Submit',
  missing,
  missingName: 'Please enter your name.',
  missingEmail: 'Please enter your email address.',
  notANumber: 'Please enter a number.',
  tooSmall: (min: number) => `Please enter ${min} or more.`,
  tooLarge: (max: number) => `Please enter ${max} or less.`,
  tooShort: (length: number) => `Please write at least ${length} characters.`,
  tooLong: (length: number) => `Please write at most ${length} characters.`,
  tooFewChosen: (count: number) => `Please choose at least ${count}.`,
  tooManyChosen: (count: number) => `Please choose at most ${count}.`,
  tooEarly: (date: string) => `Please choose ${calendarDate(date)} or later.`,
  tooLate: (date: string) => `Please choose ${calendarDate(date)} or earlier.`,
  errorsTitle: (count: number) =>
    count === 1 ? 'One answer needs another look' : `${count} answers need another look`,
  agreement: (organization: string) =>
    `By submitting you agree that ${organization} uses your answers to handle your request.`,
  privacy: 'Privacy notice',
  terms: 'Terms',
  keptOffline: 'You are offline. Your answers are kept on this page; submit them when you are back online.',
  notSentTitle: 'Your request was not sent',
  answersKept: 'Your answers are still here.',
  forSupport: (requestId: string) => `For support: ${requestId}`,
  rateLimited: 'Too many requests came from your network. Wait a minute, then submit again.',
  formChanged: 'This form was changed while you filled it in. Please look through it once more and submit again.',
  sentTitle: 'We received your request',
  sentReference: 'Your reference',
  sentSteps: (organization: string, email: string) => [
    `${organization} tells the trainers whose skills fit your request.`,
    `The trainer who takes it sends a link to ${email}.`,
    'With that link you choose a time and pay. Nothing is charged before.',
  ],
  sentCorrection: 'Is the address wrong, or do you want to add something? Write to',
  nextTitle: 'What happens next',
  notFoundTitle: 'This form is not available',
  notFoundText:
    'The address may be wrong, or the form is no longer open. Ask whoever gave you the link for the current one.',
} as const
