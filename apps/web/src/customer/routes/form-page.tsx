import { useState } from 'react'
import { LinkOffIcon } from '../../components/customer/icons.tsx'
import { PageFrame } from '../../components/customer/page-frame.tsx'
import { ProblemPanel } from '../../components/customer/problem-panel.tsx'
import { SkeletonBlock } from '../../components/customer/skeleton.tsx'
import { StatusPanel } from '../../components/customer/status-panel.tsx'
import { useDocumentTitle } from '../../components/customer/use-document-title.ts'
import { isProblem } from '../../lib/problem.ts'
import { RequestForm } from '../features/forms/components/request-form.tsx'
import { RequestSent } from '../features/forms/components/request-sent.tsx'
import { publicFormQuery } from '../features/forms/queries.ts'
import { formWords } from '../features/forms/words.ts'
import { SupportContact } from '../features/organizations/components/support-contact.tsx'
import { useBranding } from '../features/organizations/use-branding.ts'
import { useEmbeddedHeight } from '../features/pages/use-embedded-height.ts'
import { pageWords } from '../features/pages/words.ts'
import { useResource } from '../use-resource.ts'
import styles from './form-page.module.css'

type FormPageProps = { organizationSlug: string; formSlug: string; embedded: boolean }

/** The public request form, on its own page or inside somebody else's. */
export function FormPage({ organizationSlug, formSlug, embedded }: FormPageProps) {
  const { data: form, error, isFetching, refetch } = useResource(publicFormQuery(organizationSlug, formSlug))
  const [sent, setSent] = useState<{ reference: string; email: string } | null>(null)
  useBranding(form?.organization.primaryColor)
  useDocumentTitle(form ? `${form.title} · ${form.organization.name}` : undefined)
  useEmbeddedHeight(embedded)

  return (
    <PageFrame
      chromeless={embedded}
      brand={form?.organization}
      footer={form ? <SupportContact organization={form.organization} /> : null}
    >
      {form && sent ? (
        <RequestSent organization={form.organization} {...sent} />
      ) : form ? (
        <article className={embedded ? styles.bare : styles.sheet}>
          <header className={styles.intro}>
            <h1 className={styles.title}>{form.title}</h1>
            {form.introduction ? <p className={styles.introduction}>{form.introduction}</p> : null}
          </header>
          <RequestForm form={form} onSent={setSent} />
        </article>
      ) : isProblem(error, 'not_found') ? (
        <StatusPanel icon={<LinkOffIcon />} title={formWords.notFoundTitle}>
          <p>{formWords.notFoundText}</p>
        </StatusPanel>
      ) : error ? (
        <ProblemPanel
          error={error}
          retryLabel={pageWords.tryAgain}
          requestLabel={pageWords.requestId}
          retrying={isFetching}
          onRetry={() => refetch()}
        />
      ) : (
        <div className={embedded ? styles.bare : styles.sheet}>
          <SkeletonBlock label={formWords.loading} isPage bars={SKELETON} />
        </div>
      )}
    </PageFrame>
  )
}

const SKELETON = [
  { width: '60%', height: 32 },
  { width: '90%' },
  { width: '30%' },
  { height: 44 },
  { width: '30%' },
  { height: 44 },
  { width: '40%' },
  { height: 112 },
]
