import { Button } from '../../components/customer/button.tsx'
import { PageFrame } from '../../components/customer/page-frame.tsx'
import { pageWords } from '../features/pages/words.ts'

/** For a page that failed to draw. Plain, because it must stand when other parts could not even be fetched. */
export function BrokenPage() {
  return (
    <PageFrame>
      <h1>{pageWords.brokenTitle}</h1>
      <p>{pageWords.brokenText}</p>
      <Button onClick={() => location.reload()}>{pageWords.reload}</Button>
    </PageFrame>
  )
}
