import { type RefObject, useEffect, useRef } from 'react'
import styles from './error-summary.module.css'

export type FieldProblem = {
  /** The id of the control that the message is about; absent when it is about none on this page. */
  fieldId: string | null
  label: string | null
  message: string
}

/**
 * Everything that is wrong, above the form, each with a link to its field.
 * It is announced when it appears; the page itself moves the focus to the first field that is wrong.
 */
export function ErrorSummary({
  title,
  problems,
  ref,
}: {
  title: string
  problems: FieldProblem[]
  ref?: RefObject<HTMLDivElement | null>
}) {
  if (problems.length === 0) return null
  return (
    <div ref={ref} className={styles.summary} role="alert" tabIndex={-1}>
      <h2 className={styles.title}>{title}</h2>
      <ul className={styles.list}>
        {problems.map((problem) => {
          const text = problem.label ? `${problem.label.replace(/[:?.]$/, '')}: ${problem.message}` : problem.message
          return (
            <li key={`${problem.fieldId}${problem.message}`}>
              {problem.fieldId ? <SummaryLink fieldId={problem.fieldId}>{text}</SummaryLink> : text}
            </li>
          )
        })}
      </ul>
    </div>
  )
}

function SummaryLink({ fieldId, children }: { fieldId: string; children: string }) {
  return (
    <a
      href={`#${fieldId}`}
      onClick={(event) => {
        event.preventDefault()
        document.getElementById(fieldId)?.focus()
      }}
    >
      {children}
    </a>
  )
}

/**
 * Focuses the first field that is wrong, once for every attempt that failed; the summary itself when no field is.
 * `attempt` is the number of failed attempts so far.
 */
export function useFocusFirstProblem(problems: FieldProblem[], attempt: number): RefObject<HTMLDivElement | null> {
  const summary = useRef<HTMLDivElement>(null)
  const seenAttempt = useRef(0)
  useEffect(() => {
    if (attempt === seenAttempt.current || problems.length === 0) return
    seenAttempt.current = attempt
    const firstFieldId = problems.find((problem) => problem.fieldId)?.fieldId
    const field = firstFieldId ? document.getElementById(firstFieldId) : null
    if (field) field.focus()
    else summary.current?.focus()
  }, [problems, attempt])
  return summary
}
