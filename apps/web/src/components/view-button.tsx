import { Button } from '@mantine/core'
import { Link } from 'react-router'

/** Leads from a row of a list to its page; `label` says which row, for those who do not see where it stands. */
export function ViewButton({ to, label }: { to: string; label: string }) {
  return (
    <Button component={Link} to={to} variant="default" size="compact-md" aria-label={label}>
      View
    </Button>
  )
}
