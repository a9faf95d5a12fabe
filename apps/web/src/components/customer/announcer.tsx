/** Text that only screen readers get, read out politely whenever it changes. */
export function Announcer({ message }: { message: string }) {
  return (
    <p role="status" aria-live="polite" className="visually-hidden">
      {message}
    </p>
  )
}
