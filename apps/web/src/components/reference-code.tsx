import { useNote } from './notes.tsx'
import styles from './reference-code.module.css'

/** A reference such as R-7K3M9Q2X, copied by a click. */
export function ReferenceCode({ reference }: { reference: string }) {
  const say = useNote()
  return (
    <button
      type="button"
      className={styles.reference}
      title="Copy the reference"
      aria-label={`Copy the reference ${reference}`}
      onClick={() => {
        navigator.clipboard.writeText(reference).then(
          () => say(`${reference} copied`),
          () => say('Your browser does not allow copying here'),
        )
      }}
    >
      {reference}
    </button>
  )
}
