import { LinkOffIcon } from '../../components/customer/icons.tsx'
import { PageFrame } from '../../components/customer/page-frame.tsx'
import { StatusPanel } from '../../components/customer/status-panel.tsx'
import { pageWords } from '../features/pages/words.ts'

/** For an address that names nothing. */
export function UnknownPage() {
  return (
    <PageFrame>
      <StatusPanel icon={<LinkOffIcon />} title={pageWords.notFoundTitle}>
        <p>{pageWords.notFoundText}</p>
      </StatusPanel>
    </PageFrame>
  )
}
