import { TextInput } from '@mantine/core'
import { type ReactNode, useEffect, useState } from 'react'

/** Typing pauses this long before the list is asked for. */
const SEARCH_PAUSE_MS = 250

/**
 * What stands in a list's search field, and how to set it. Once typing pauses, `onSearch` gets it without the spaces around
 * it, unless the list has been `searched` for just that. Another `onSearch` begins the pause anew, so keep it the same.
 */
export function useTypedSearch(searched: string, onSearch: (words: string) => void) {
  const [typed, setTyped] = useState(searched)
  useEffect(() => {
    if (typed.trim() === searched) return
    const timer = setTimeout(() => onSearch(typed.trim()), SEARCH_PAUSE_MS)
    return () => clearTimeout(timer)
  }, [typed, searched, onSearch])
  return [typed, setTyped] as const
}

/** What narrows a list: the search field, which the key `/` leads to, and the filters beside it. Each counts at once. */
export function ListSearch({
  placeholder,
  typed,
  onType,
  className,
  fieldClassName,
  children,
}: {
  placeholder: string
  typed: string
  onType: (typed: string) => void
  className: string | undefined
  fieldClassName: string | undefined
  children: ReactNode
}) {
  return (
    // biome-ignore lint/a11y/useSemanticElements: Safari before 17 does not know the search element
    <form role="search" className={className} onSubmit={(event) => event.preventDefault()}>
      <TextInput
        data-search
        type="search"
        label="Search"
        placeholder={placeholder}
        value={typed}
        onChange={(event) => onType(event.currentTarget.value)}
        className={fieldClassName}
      />
      {children}
    </form>
  )
}
