import { expect, test } from 'vitest'
import { prerenderBookingPage } from './prerender.tsx'
import { bookingOf, schedulingOf } from './testing/customer-fixtures.ts'

const draw = (scheduling: ReturnType<typeof schedulingOf>) => prerenderBookingPage(JSON.stringify(scheduling))

test('the beginning of the booking page says what the session is, with nothing to press that would not answer', () => {
  const { html } = draw(
    schedulingOf({ sessionType: { name: 'Clinic <b>', description: 'On "your" screen & mine' } }),
  ) ?? {
    html: '',
  }
  expect(html).toContain('<h1')
  expect(html).toContain('Clinic &lt;b&gt;')
  expect(html).toContain('On &quot;your&quot; screen &amp; mine')
  expect(html).toContain('Loading')
  // The content security policy would keep it from having any effect.
  expect(html).not.toContain('style=')
  expect(html).not.toMatch(/<(button|input|select|b)[ >]/)
})

test('it has the organization’s color in both schemes, and the theme’s own without one', () => {
  const scheduling = schedulingOf()
  const stylesOf = (primaryColor: string) =>
    draw({ ...scheduling, organization: { ...scheduling.organization, primaryColor } })?.styles ?? ''
  expect(stylesOf('#7a1f5f')).toMatch(
    /^:root:root\{--o-accent:#7a1f5f;.*\}@media \(prefers-color-scheme: dark\)\{:root:root\{--o-accent:/,
  )
  expect(stylesOf('no color')).toBe(':root:root{}@media (prefers-color-scheme: dark){:root:root{}}')
})

test('nothing is drawn where the page will not begin with times to choose', () => {
  expect(draw(schedulingOf({ booking: bookingOf() }))).toBeNull()
  expect(draw(schedulingOf({ durations: [] }))).toBeNull()
  expect(draw(schedulingOf())).not.toBeNull()
})
