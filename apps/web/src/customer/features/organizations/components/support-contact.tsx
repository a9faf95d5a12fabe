import { organizationWords } from '../words.ts'
import styles from './support-contact.module.css'

type SupportContactProps = { organization: { supportEmail: string; supportPhone: string | null } }

/** Whom to ask, at the foot of every page. */
export function SupportContact({ organization: { supportEmail, supportPhone } }: SupportContactProps) {
  return (
    <p className={styles.contact}>
      {organizationWords.questions} <a href={`mailto:${supportEmail}`}>{supportEmail}</a>
      {supportPhone ? (
        <>
          {' '}
          {organizationWords.orCall}{' '}
          <a href={`tel:${supportPhone.replace(/[^+\d]/g, '')}`} className={styles.phone}>
            {supportPhone}
          </a>
        </>
      ) : null}
    </p>
  )
}
