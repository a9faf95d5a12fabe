import styles from './keys.module.css'

/** Which keys do what. */
export function Keys({ keys }: { keys: readonly { keys: readonly string[]; does: string }[] }) {
  return (
    <dl className={styles.keys}>
      {keys.map(({ keys: pressed, does }) => (
        <div key={does}>
          <dt>
            {pressed.map((key, index) => (
              // biome-ignore lint/suspicious/noArrayIndexKey: the same key may come twice
              <kbd key={index}>{key}</kbd>
            ))}
          </dt>
          <dd>{does}</dd>
        </div>
      ))}
    </dl>
  )
}
