import { Button, Checkbox, TextInput } from '@mantine/core'
import '@mantine/core/styles/Checkbox.css'
import '@mantine/core/styles/InlineInput.css'
import { useQuery } from '@tanstack/react-query'
import { useState } from 'react'
import { ConfirmDialog } from '../../../components/confirm-dialog.tsx'
import { Dialog, DialogButtons } from '../../../components/dialog.tsx'
import { EmptyState } from '../../../components/empty-state.tsx'
import { Age } from '../../../components/moment.tsx'
import { useNote } from '../../../components/notes.tsx'
import { Notice, ProblemNotice } from '../../../components/problem-notice.tsx'
import { Cell, Row, RowGroup, RowTable } from '../../../components/row-table.tsx'
import { RowSkeletons } from '../../../components/skeletons.tsx'
import { StatusBadge } from '../../../components/status-badge.tsx'
import { useCreateApiKey, useRevokeApiKey } from '../mutations.ts'
import { type ApiKey, type ApiKeyScope, apiKeysQuery } from '../queries.ts'
import { SCOPES } from '../words.ts'
import styles from './api-keys.module.css'

const COLUMNS = ['Name', 'Scopes', 'Made by', 'Last used', 'State', 'Actions']

/** The keys with which other systems act for the organization. */
export function ApiKeys({
  org,
  timeZone,
  isCreating,
  onCreating,
}: {
  org: string
  timeZone: string
  isCreating: boolean
  onCreating: (isCreating: boolean) => void
}) {
  const keys = useQuery(apiKeysQuery(org))
  const revoke = useRevokeApiKey(org)
  const say = useNote()
  const [revoking, setRevoking] = useState<ApiKey | null>(null)

  return (
    <>
      {keys.isError && <ProblemNotice error={keys.error} onRetry={() => void keys.refetch()} />}
      {keys.isPending && <RowSkeletons rows={2} label="Loading API keys" />}
      {keys.data?.length === 0 && (
        <EmptyState title="No API keys" action={<Button onClick={() => onCreating(true)}>Create an API key</Button>}>
          A key lets another system submit requests or read bookings on behalf of this organization.
        </EmptyState>
      )}
      {keys.data !== undefined && keys.data.length > 0 && (
        <RowTable label="API keys" columns={COLUMNS}>
          <RowGroup>
            {keys.data.map((key) => (
              <Row key={key.id}>
                <Cell kind="lead">
                  <span>{key.name}</span>
                  <code className="dim small">{key.prefix}…</code>
                </Cell>
                <Cell label="Scopes">
                  <span>{key.scopes.map((scope) => SCOPES[scope]).join(', ')}</span>
                </Cell>
                <Cell label="Made by">
                  <span>{key.createdBy.name}</span>
                  <span className="dim small">
                    <Age at={key.createdAt} timeZone={timeZone} />
                  </span>
                </Cell>
                <Cell label="Last used">
                  {key.lastUsedAt === null ? (
                    <span className="dim">Never</span>
                  ) : (
                    <Age at={key.lastUsedAt} timeZone={timeZone} />
                  )}
                </Cell>
                <Cell label="State">
                  {key.revokedAt === null ? (
                    <StatusBadge tone="green">Active</StatusBadge>
                  ) : (
                    <StatusBadge tone="grey">Revoked</StatusBadge>
                  )}
                </Cell>
                <Cell kind="actions">
                  {key.revokedAt === null && (
                    <Button
                      variant="subtle"
                      color="red"
                      size="compact-md"
                      aria-label={`Revoke ${key.name}`}
                      onClick={() => setRevoking(key)}
                    >
                      Revoke
                    </Button>
                  )}
                </Cell>
              </Row>
            ))}
          </RowGroup>
        </RowTable>
      )}
      {isCreating && <CreateDialog org={org} onClose={() => onCreating(false)} />}
      {revoking !== null && (
        <ConfirmDialog
          title={`Revoke “${revoking.name}”?`}
          words="Whatever uses this key stops working at once. It cannot be brought back."
          confirmLabel="Revoke key"
          keepLabel="Keep it"
          pending={revoke.isPending}
          error={revoke.error}
          onClose={() => setRevoking(null)}
          onConfirm={() =>
            revoke.mutate(revoking.id, {
              onSuccess: () => {
                say(`${revoking.name} revoked.`)
                setRevoking(null)
              },
            })
          }
        />
      )}
    </>
  )
}

function CreateDialog({ org, onClose }: { org: string; onClose: () => void }) {
  const create = useCreateApiKey(org)
  const say = useNote()
  const [name, setName] = useState('')
  const [scopes, setScopes] = useState<ApiKeyScope[]>(['requests:write'])

  if (create.data !== undefined) {
    const { key } = create.data
    return (
      <Dialog title="Copy your new key" onClose={onClose}>
        <Notice tone="amber" title="It is shown this once">
          <p>Keep it like a password. If it gets lost, revoke it and create another.</p>
        </Notice>
        <code className={styles.secret}>{key}</code>
        <DialogButtons>
          <Button
            variant="default"
            onClick={() => {
              navigator.clipboard.writeText(key).then(
                () => say('Key copied'),
                () => say('Your browser does not allow copying here'),
              )
            }}
          >
            Copy key
          </Button>
          <Button onClick={onClose}>I have kept it</Button>
        </DialogButtons>
      </Dialog>
    )
  }

  return (
    <Dialog title="Create an API key" onClose={onClose}>
      <form
        className={styles.form}
        onSubmit={(event) => {
          event.preventDefault()
          create.mutate({ name: name.trim(), scopes })
        }}
      >
        <TextInput
          label="Name"
          description="What will use it, so that you know it again."
          required
          withAsterisk={false}
          maxLength={120}
          value={name}
          onChange={(event) => setName(event.currentTarget.value)}
        />
        <fieldset className={styles.scopes}>
          <legend>It may</legend>
          {(Object.entries(SCOPES) as [ApiKeyScope, string][]).map(([scope, words]) => (
            <Checkbox
              key={scope}
              label={words}
              checked={scopes.includes(scope)}
              onChange={(event) =>
                setScopes(
                  event.currentTarget.checked ? [...scopes, scope] : scopes.filter((chosen) => chosen !== scope),
                )
              }
            />
          ))}
        </fieldset>
        {create.error !== null && <ProblemNotice error={create.error} />}
        <DialogButtons>
          <Button variant="default" onClick={onClose}>
            Cancel
          </Button>
          <Button type="submit" loading={create.isPending} disabled={name.trim() === '' || scopes.length === 0}>
            Create key
          </Button>
        </DialogButtons>
      </form>
    </Dialog>
  )
}
