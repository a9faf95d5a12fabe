import { Button } from '@mantine/core'
import { useQuery } from '@tanstack/react-query'
import { useState } from 'react'
import { Page } from '../../components/page.tsx'
import { ApiKeys } from '../../features/api-keys/components/api-keys.tsx'
import { apiKeysQuery } from '../../features/api-keys/queries.ts'
import { useOrganization } from '../organization-context.ts'
import NotFound from './not-found.tsx'

/** The organization's API keys, for its admins. */
export default function ApiKeysScreen() {
  const { org, me, isAdmin } = useOrganization()
  const keys = useQuery({ ...apiKeysQuery(org), enabled: isAdmin })
  const [isCreating, setCreating] = useState(false)
  if (!isAdmin) return <NotFound />
  return (
    <Page
      title="API keys"
      beside={
        keys.data !== undefined && keys.data.length > 0 ? (
          <Button onClick={() => setCreating(true)}>Create an API key</Button>
        ) : undefined
      }
    >
      <ApiKeys org={org} timeZone={me.timeZone} isCreating={isCreating} onCreating={setCreating} />
    </Page>
  )
}
