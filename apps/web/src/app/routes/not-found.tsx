import { Button } from '@mantine/core'
import { Link } from 'react-router'
import { EmptyState } from '../../components/empty-state.tsx'
import { Page } from '../../components/page.tsx'

/** An address without a screen, or one that is not for this person. */
export default function NotFound() {
  return (
    <Page title="There is nothing here">
      <EmptyState
        title="This page does not exist, or you do not have access to it"
        action={
          <Button component={Link} to="/">
            Go to your Dashboard
          </Button>
        }
      >
        Check the address, or ask your Organizational Admin.
      </EmptyState>
    </Page>
  )
}
