import { classNames } from './class-names.ts'
import { StarIcon } from './icons.tsx'
import styles from './star-rating.module.css'

type StarRatingProps = {
  id: string
  legend: string
  /** The words for 1 to 5, worst first: what a screen reader says and what stands beside the stars. */
  labels: readonly string[]
  value: number | null
  error?: string | undefined
  onChange: (value: number) => void
}

/** One to five stars: five radio buttons underneath, so arrow keys, touch and screen readers work by themselves. */
export function StarRating({ id, legend, labels, value, error, onChange }: StarRatingProps) {
  return (
    <fieldset className={styles.rating} {...(error ? { 'aria-describedby': `${id}-error` } : {})}>
      <legend className={styles.legend}>{legend}</legend>
      {error ? (
        <p id={`${id}-error`} className={styles.error}>
          {error}
        </p>
      ) : null}
      <div className={styles.row}>
        {labels.map((label, index) => {
          const stars = index + 1
          const filled = value !== null && stars <= value
          return (
            <label key={label} className={classNames(styles.star, filled && styles.filled)}>
              <input
                id={index === 0 ? id : `${id}-${stars}`}
                className="visually-hidden"
                type="radio"
                required
                name={id}
                value={stars}
                checked={value === stars}
                onChange={() => onChange(stars)}
              />
              <StarIcon filled={filled} />
              <span className="visually-hidden">{label}</span>
            </label>
          )
        })}
        <span className={styles.words} aria-hidden="true">
          {value === null ? '' : labels[value - 1]}
        </span>
      </div>
    </fieldset>
  )
}
