import { IconExternalLink } from '@tabler/icons-react'
import type { Booking } from '../queries.ts'
import styles from './session-link.module.css'

/**
 * What stands in the Session link column: the technician's way in, or how the session is run.
 *
 * A link that is not ready says so; a number or address that the organization entered is shown as it is.
 */
export function SessionLink({ delivery }: { delivery: Booking['delivery'] }) {
  const { method, label, state, technicianUrl, customerUrl, details } = delivery
  if (technicianUrl !== undefined) {
    return (
      <Outward href={technicianUrl}>{method === 'zoho_assist' ? 'Open in Zoho Assist' : `Open in ${label}`}</Outward>
    )
  }
  return (
    <span className={styles.stack}>
      {customerUrl === undefined ? <span>{label}</span> : <Outward href={customerUrl}>{label}</Outward>}
      {state === 'pending' && <span className="dim small">Link on its way</span>}
      {state === 'failed' && <span className="dim small">Link could not be made</span>}
      {details !== null && details !== '' && <span className="dim small">{details}</span>}
    </span>
  )
}

/** A link that opens beside this page. */
function Outward({ href, children }: { href: string; children: string }) {
  return (
    <a href={href} target="_blank" rel="noopener noreferrer" className={styles.outward}>
      {children}
      <IconExternalLink size={14} stroke={1.8} aria-hidden="true" />
    </a>
  )
}
