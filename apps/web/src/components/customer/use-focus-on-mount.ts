import { type RefObject, useEffect, useRef } from 'react'

/** Moves the keyboard focus to the element as it appears, so that a new message is read out and nobody is lost. */
export function useFocusOnMount<T extends HTMLElement>(active = true): RefObject<T | null> {
  const element = useRef<T>(null)
  useEffect(() => {
    if (active) element.current?.focus()
  }, [active])
  return element
}
