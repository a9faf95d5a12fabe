import { Button } from '@mantine/core'
import { Link } from 'react-router'
import { EmptyState } from '../../../components/empty-state.tsx'
import { ALREADY_CLAIMED } from '../words.ts'

/** What a request's page turns into when another trainer was quicker: the message of the guide and the way back. */
export function AlreadyClaimed({ dashboardPath }: { dashboardPath: string }) {
  return (
    <div role="alert">
      <EmptyState
        title={ALREADY_CLAIMED}
        action={
          <Button component={Link} to={dashboardPath}>
            Back to the Dashboard
          </Button>
        }
      >
        Other requests may be waiting in New Requests.
      </EmptyState>
    </div>
  )
}
