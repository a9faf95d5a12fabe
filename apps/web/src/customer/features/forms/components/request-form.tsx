import { type FormEvent, useEffect, useRef, useState } from 'react'
import { Button } from '../../../../components/customer/button.tsx'
import {
  ErrorSummary,
  type FieldProblem,
  useFocusFirstProblem,
} from '../../../../components/customer/error-summary.tsx'
import { FieldGroup, TextField } from '../../../../components/customer/field.tsx'
import { Notice } from '../../../../components/customer/notice.tsx'
import { useOnline } from '../../../../components/customer/use-online.ts'
import { ApiProblem, isProblem } from '../../../../lib/problem.ts'
import { problemText } from '../../../../lib/problem-text.ts'
import { customerTimeZone } from '../../scheduling/customer-time-zone.ts'
import { answerProblems, answersToSend, type DraftProblem, visibleSections } from '../answers.ts'
import { keepDraft, type RequestDraft, readDraft } from '../draft-storage.ts'
import { useSubmitForm } from '../mutations.ts'
import type { PublicForm } from '../public-form.ts'
import { formWords } from '../words.ts'
import { AnswerField } from './answer-field.tsx'
import styles from './request-form.module.css'

type RequestFormProps = {
  form: PublicForm
  onSent: (sent: { reference: string; email: string }) => void
}

const CUSTOMER_LABELS = { name: formWords.name, email: formWords.email, phone: formWords.phone }
const CUSTOMER_KEYS = ['name', 'email', 'phone'] as const

/** The intake form as the customer fills it in. Nothing typed is lost by an error, a reload or a dead network. */
export function RequestForm({ form, onSent }: RequestFormProps) {
  const organizationSlug = form.organization.slug
  const [draft, setDraft] = useState(() => readDraft(organizationSlug, form.slug))
  const [problems, setProblems] = useState<DraftProblem[]>([])
  const [attempt, setAttempt] = useState(0)
  const [versionShown, setVersionShown] = useState(form.version)
  const honeypot = useRef<HTMLInputElement>(null)
  const submitForm = useSubmitForm(organizationSlug, form.slug)
  const isOnline = useOnline()

  useEffect(() => {
    keepDraft(organizationSlug, form.slug, draft)
  }, [organizationSlug, form.slug, draft])

  const fieldProblems = problems.map((problem) => toFieldProblem(form, problem))
  const summary = useFocusFirstProblem(fieldProblems, attempt)
  const errorOf = (fieldId: string) => fieldProblems.find((problem) => problem.fieldId === fieldId)?.message

  function change(next: RequestDraft, fieldId: string): void {
    setDraft(next)
    // A message goes as soon as its field is touched; it comes back with the next attempt if it is still true.
    setProblems((current) => current.filter((problem) => toFieldProblem(form, problem).fieldId !== fieldId))
  }

  function refuse(found: DraftProblem[]): void {
    setProblems(found)
    setAttempt((count) => count + 1)
  }

  async function submit(event: FormEvent): Promise<void> {
    event.preventDefault()
    if (submitForm.isPending) return
    const found = [...customerProblems(draft.customer), ...answerProblems(form, draft.answers)]
    if (found.length > 0) {
      submitForm.reset()
      refuse(found)
      return
    }
    setProblems([])
    setVersionShown(form.version)
    const { name, email, phone } = draft.customer
    const trap = honeypot.current?.value
    try {
      const { reference } = await submitForm.run({
        customer: {
          name: name.trim(),
          email: email.trim(),
          ...(phone.trim() ? { phone: phone.trim() } : {}),
          timeZone: customerTimeZone(),
        },
        answers: answersToSend(form, draft.answers),
        ...(trap ? { website: trap } : {}),
      })
      keepDraft(organizationSlug, form.slug, null)
      onSent({ reference, email: email.trim() })
    } catch (error) {
      if (error instanceof ApiProblem && error.fieldErrors.length > 0) refuse(error.fieldErrors)
    }
  }

  return (
    <form className={styles.form} onSubmit={submit} noValidate>
      <ErrorSummary ref={summary} title={formWords.errorsTitle(problems.length)} problems={fieldProblems} />
      {form.version === versionShown ? null : (
        <Notice tone="warning" announce>
          <p>{formWords.formChanged}</p>
        </Notice>
      )}
      <FieldGroup title={formWords.contactTitle}>
        {CUSTOMER_KEYS.map((key) => (
          <TextField
            key={key}
            id={`customer-${key}`}
            name={key}
            label={CUSTOMER_LABELS[key]}
            helpText={key === 'email' ? formWords.emailHelp : null}
            error={errorOf(`customer-${key}`)}
            required={key !== 'phone'}
            optionalLabel={formWords.optional}
            value={draft.customer[key]}
            onChange={(event) =>
              change({ ...draft, customer: { ...draft.customer, [key]: event.currentTarget.value } }, `customer-${key}`)
            }
            {...CUSTOMER_INPUTS[key]}
          />
        ))}
      </FieldGroup>
      {visibleSections(form, draft.answers).map((section) => (
        <FieldGroup key={section.key} title={section.title} description={section.description}>
          {section.fields.map((field) => (
            <AnswerField
              key={field.key}
              field={field}
              id={answerFieldId(field.key)}
              draft={draft.answers[field.key]}
              error={errorOf(answerFieldId(field.key))}
              onChange={(answer) =>
                change({ ...draft, answers: { ...draft.answers, [field.key]: answer } }, answerFieldId(field.key))
              }
            />
          ))}
        </FieldGroup>
      ))}
      {/* A trap for programs that fill in everything; people and screen readers never meet it. */}
      <div className={styles.honeypot} aria-hidden="true">
        <label>
          Website
          <input ref={honeypot} type="text" name={form.honeypotField} tabIndex={-1} autoComplete="off" />
        </label>
      </div>
      <div className={styles.finish}>
        <Agreement organization={form.organization} />
        <Outcome error={submitForm.error} hasFieldProblems={problems.length > 0} isOnline={isOnline} />
        <Button type="submit" busy={submitForm.isPending} className={styles.submit}>
          {formWords.submit}
        </Button>
      </div>
    </form>
  )
}

const CUSTOMER_INPUTS = {
  name: { type: 'text', autoComplete: 'name' },
  email: { type: 'email', autoComplete: 'email', autoCapitalize: 'none', spellCheck: false },
  phone: { type: 'tel', autoComplete: 'tel' },
} as const

function answerFieldId(key: string): string {
  return `answer-${key}`
}

function customerProblems({ name, email }: RequestDraft['customer']): DraftProblem[] {
  const problems: DraftProblem[] = []
  if (name.trim() === '') problems.push({ pointer: '/customer/name', message: formWords.missingName })
  if (email.trim() === '') problems.push({ pointer: '/customer/email', message: formWords.missingEmail })
  return problems
}

/** Finds the control on this page that a JSON pointer into the submission speaks about. */
function toFieldProblem(form: PublicForm, { pointer, message }: DraftProblem): FieldProblem {
  const [, area, name = ''] = pointer.split('/').map((part) => part.replaceAll('~1', '/').replaceAll('~0', '~'))
  if (area === 'customer') {
    const key = CUSTOMER_KEYS.find((each) => each === name)
    if (key) return { fieldId: `customer-${key}`, label: CUSTOMER_LABELS[key], message }
  }
  const field = form.sections
    .flatMap((section) => section.fields)
    .find((each) => area === 'answers' && each.key === name)
  return field
    ? { fieldId: answerFieldId(field.key), label: field.label, message }
    : { fieldId: null, label: null, message }
}

function Agreement({ organization: { name, privacyPolicyUrl, termsUrl } }: Pick<PublicForm, 'organization'>) {
  const links = [
    ...(privacyPolicyUrl ? [{ href: privacyPolicyUrl, label: formWords.privacy }] : []),
    ...(termsUrl ? [{ href: termsUrl, label: formWords.terms }] : []),
  ]
  return (
    <p className={styles.agreement}>
      {formWords.agreement(name)}
      {links.map(({ href, label }) => (
        <span key={href}>
          {' '}
          <a href={href} target="_blank" rel="noopener noreferrer">
            {label}
          </a>
        </span>
      ))}
    </p>
  )
}

type OutcomeProps = { error: unknown; hasFieldProblems: boolean; isOnline: boolean }

/** Why it was not sent, beside the button that was pressed. */
function Outcome({ error, hasFieldProblems, isOnline }: OutcomeProps) {
  if (!isOnline) {
    return (
      <Notice tone="warning" announce>
        <p>{formWords.keptOffline}</p>
      </Notice>
    )
  }
  if (!error || hasFieldProblems) return null
  const { title, advice, requestId } = problemText(error)
  return (
    <Notice tone="error" title={formWords.notSentTitle} announce>
      <p>{isProblem(error, 'rate_limited') ? formWords.rateLimited : `${title}. ${advice}`}</p>
      <p>{formWords.answersKept}</p>
      {requestId ? <p>{formWords.forSupport(requestId)}</p> : null}
    </Notice>
  )
}
