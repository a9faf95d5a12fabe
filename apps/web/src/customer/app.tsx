import { lazy, type ReactNode, Suspense } from 'react'
import { ErrorBoundary } from '../components/customer/error-boundary.tsx'
import { PageFrame } from '../components/customer/page-frame.tsx'
import { SkeletonBlock } from '../components/customer/skeleton.tsx'
import { pageWords } from './features/pages/words.ts'
import type { CustomerPath } from './paths.ts'
import { BrokenPage } from './routes/broken-page.tsx'

const FormPage = lazy(() => import('./routes/form-page.tsx').then((module) => ({ default: module.FormPage })))
const BookingPage = lazy(() => import('./routes/booking-page.tsx').then((module) => ({ default: module.BookingPage })))
const BookingReturnPage = lazy(() =>
  import('./routes/booking-return-page.tsx').then((module) => ({ default: module.BookingReturnPage })),
)
const FeedbackPage = lazy(() =>
  import('./routes/feedback-page.tsx').then((module) => ({ default: module.FeedbackPage })),
)
const UnknownPage = lazy(() => import('./routes/unknown-page.tsx').then((module) => ({ default: module.UnknownPage })))

/**
 * The customer pages: one address, one page; nobody travels between them, so a switch is router enough. `page`: the page
 * itself when its code is there already.
 */
export function App({ path, page }: { path: CustomerPath; page?: ReactNode }) {
  return (
    <ErrorBoundary fallback={<BrokenPage />}>
      <Suspense fallback={<PageOnItsWay />}>{page ?? <Page path={path} />}</Suspense>
    </ErrorBoundary>
  )
}

function Page({ path }: { path: CustomerPath }) {
  switch (path.page) {
    case 'form':
      return <FormPage organizationSlug={path.organizationSlug} formSlug={path.formSlug} embedded={path.embedded} />
    case 'booking':
      return <BookingPage schedulingToken={path.schedulingToken} />
    case 'bookingReturn':
      return <BookingReturnPage returnToken={path.returnToken} />
    case 'feedback':
      return <FeedbackPage feedbackToken={path.feedbackToken} />
    case 'unknown':
      return <UnknownPage />
  }
}

function PageOnItsWay() {
  return (
    <PageFrame>
      <SkeletonBlock label={pageWords.loading} isPage bars={[{ width: '60%', height: 30 }, {}, { width: '80%' }]} />
    </PageFrame>
  )
}
