import styles from './toggle-chips.module.css'

/** Several of a few, all in sight: checkboxes in the shape of chips. */
export function ToggleChips({
  label,
  options,
  chosen,
  onChange,
}: {
  label: string
  options: readonly { value: number; label: string; fullLabel?: string }[]
  chosen: readonly number[]
  onChange: (chosen: number[]) => void
}) {
  return (
    <fieldset className={styles.chips}>
      <legend>{label}</legend>
      <div className={styles.options}>
        {options.map((option) => (
          <label key={option.value} className={styles.chip}>
            <input
              type="checkbox"
              aria-label={option.fullLabel ?? option.label}
              checked={chosen.includes(option.value)}
              onChange={(event) =>
                onChange(
                  event.currentTarget.checked
                    ? [...chosen, option.value].sort((a, b) => a - b)
                    : chosen.filter((value) => value !== option.value),
                )
              }
            />
            <span aria-hidden="true">{option.label}</span>
          </label>
        ))}
      </div>
    </fieldset>
  )
}
