import { render, screen } from '@testing-library/react'
import { expect, test } from 'vitest'
import { DateAndTime } from './session-time.tsx'

const CHICAGO = 'America/Chicago'
const START = '2026-11-24T16:30:00Z'

test('a session’s time stands in one piece: a line can only end between day and time', () => {
  const { container } = render(
    <DateAndTime start={START} end="2026-11-24T17:30:00Z" timeZone={CHICAGO} now="2026-11-23T18:00:00Z" />,
  )
  expect(container.textContent).toBe('Tue, Nov 24 · 10:30–11:30 AM CST')
  expect(screen.getByText('10:30–11:30 AM CST').className).toContain('whole')
  expect(screen.getByText('Tue, Nov 24 ·').className).toContain('whole')
})

test('an instant’s time stands in one piece, too', () => {
  const { container } = render(<DateAndTime start={START} timeZone={CHICAGO} now="2026-11-23T18:00:00Z" />)
  expect(container.textContent).toBe('Tue, Nov 24 · 10:30 AM CST')
  expect(screen.getByText('10:30 AM CST').className).toContain('whole')
})
