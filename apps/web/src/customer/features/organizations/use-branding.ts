import { useEffect } from 'react'
import { accentVariables } from '../../../theme/accent.ts'

/**
 * Gives the page the organization's colour, corrected for contrast in the scheme of the moment.
 * Set through the style object of the root element, which a strict content security policy allows.
 */
export function useBranding(primaryColor: string | undefined): void {
  useEffect(() => {
    if (!primaryColor) return
    const darkScheme = matchMedia('(prefers-color-scheme: dark)')
    const paint = () => {
      const variables = accentVariables(primaryColor, darkScheme.matches ? 'dark' : 'light')
      for (const [name, value] of Object.entries(variables ?? {}))
        document.documentElement.style.setProperty(name, value)
    }
    paint()
    darkScheme.addEventListener('change', paint)
    return () => darkScheme.removeEventListener('change', paint)
  }, [primaryColor])
}
