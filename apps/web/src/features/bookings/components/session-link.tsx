import { Button } from '@mantine/core'
import type { Booking } from '../queries.ts'

/**
 * What stands in the Session link column: the technician's way in, or how the session is run.
 *
 * A link that is not ready says so; a number or address that the organization entered is shown as it is.
 */
export function SessionLink({ delivery }: { delivery: Booking['delivery'] }) {
  const { method, label, state, technicianUrl, customerUrl, details } = delivery
  if (technicianUrl !== undefined && technicianUrl !== null) {
    return (
      <Button
        component="a"
        href={technicianUrl}
        target="_blank"
        rel="noopener noreferrer"
        variant="light"
        size="compact-md"
      >
        {method === 'zoho_assist' ? 'Open in Zoho Assist' : `Open in ${label}`}
      </Button>
    )
  }
  const link = customerUrl !== undefined && customerUrl !== null ? customerUrl : null
  return (
    <>
      {link === null ? (
        <span>{label}</span>
      ) : (
        <a href={link} target="_blank" rel="noopener noreferrer">
          {label}
        </a>
      )}
      {state === 'pending' && <span className="dim small">Link on its way</span>}
      {state === 'failed' && <span className="dim small">Link could not be made</span>}
      {details !== null && details !== '' && link === null && <span className="dim small">{details}</span>}
    </>
  )
}
