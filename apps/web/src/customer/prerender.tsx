import { renderToStaticMarkup } from 'react-dom/server'
import { accentVariables } from '../theme/accent.ts'
import type { Scheduling } from './features/scheduling/scheduling.ts'
import { BookingPageStart } from './routes/booking-page-start.tsx'

/** What the server puts into the booking page's HTML: what is in its root element, and styles for the head. */
export interface PrerenderedPage {
  html: string
  styles: string
}

/**
 * Draws the beginning of the booking page from the answer to `GET /v1/scheduling`, so that a customer on a slow phone sees
 * what they were sent before the page's code is there; null where the page will show something else than times to choose.
 *
 * Run by the server (`web/shells.ts` in the API) from the build's own file; it asks nothing and knows no browser.
 */
export function prerenderBookingPage(body: string): PrerenderedPage | null {
  const scheduling = JSON.parse(body) as Scheduling
  if (scheduling.booking !== null || scheduling.durations.length === 0) return null
  return {
    html: renderToStaticMarkup(<BookingPageStart scheduling={scheduling} />),
    styles: brandingOf(scheduling.organization.primaryColor),
  }
}

// Twice the root: the theme's dark colors are chosen by a selector as narrow as that.
function brandingOf(primaryColor: string): string {
  const rule = (scheme: 'light' | 'dark') =>
    `:root:root{${Object.entries(accentVariables(primaryColor, scheme) ?? {})
      .map(([name, value]) => `${name}:${value}`)
      .join(';')}}`
  return `${rule('light')}@media (prefers-color-scheme: dark){${rule('dark')}}`
}
