import { useEffect } from 'react'

/** Names the browser's tab after what the page shows. */
export function useDocumentTitle(title: string | undefined): void {
  useEffect(() => {
    if (title) document.title = title
  }, [title])
}
