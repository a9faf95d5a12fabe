import { CopyableCode } from '../../../../components/customer/copyable-code.tsx'
import { CheckIcon } from '../../../../components/customer/icons.tsx'
import { StatusPanel } from '../../../../components/customer/status-panel.tsx'
import { pageWords } from '../../pages/words.ts'
import type { PublicForm } from '../public-form.ts'
import { formWords } from '../words.ts'
import styles from './request-sent.module.css'

type RequestSentProps = { organization: PublicForm['organization']; reference: string; email: string }

/** After submitting: the reference, and what happens next in three lines. */
export function RequestSent({ organization, reference, email }: RequestSentProps) {
  return (
    <StatusPanel icon={<CheckIcon />} title={formWords.sentTitle} tone="success" takesFocus>
      <p className={styles.reference}>
        {formWords.sentReference}{' '}
        <CopyableCode code={reference} copyLabel={pageWords.copy} copiedLabel={pageWords.copied} />
      </p>
      <h2 className={styles.next}>{formWords.nextTitle}</h2>
      <ol className={styles.steps}>
        {formWords.sentSteps(organization.name, email).map((step) => (
          <li key={step}>{step}</li>
        ))}
      </ol>
      <p className={styles.correction}>
        {formWords.sentCorrection} <a href={`mailto:${organization.supportEmail}`}>{organization.supportEmail}</a>.
      </p>
    </StatusPanel>
  )
}
