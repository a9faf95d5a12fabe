import { classNames } from '../../../../components/customer/class-names.ts'
import { duration } from '../../../../lib/dates.ts'
import { formatMoney } from '../../../../lib/money.ts'
import type { priceRange } from '../days.ts'
import { schedulingWords } from '../words.ts'
import styles from './length-picker.module.css'

export type OfferedLength = { durationMinutes: number; price: ReturnType<typeof priceRange> }

type LengthPickerProps = { lengths: OfferedLength[]; selected: number; onSelect: (durationMinutes: number) => void }

/** The lengths with their prices; the shortest is chosen at first, and it can be changed at any time. */
export function LengthPicker({ lengths, selected, onSelect }: LengthPickerProps) {
  return (
    <fieldset className={styles.picker}>
      <legend className={styles.legend}>{schedulingWords.length}</legend>
      <div className={styles.lengths}>
        {lengths.map(({ durationMinutes, price }) => (
          <label
            key={durationMinutes}
            className={classNames(styles.length, durationMinutes === selected && styles.selected)}
          >
            <input
              type="radio"
              name="length"
              value={durationMinutes}
              checked={durationMinutes === selected}
              onChange={() => onSelect(durationMinutes)}
            />
            <span>{duration(durationMinutes)}</span>
            <span className={styles.price}>
              <span className="visually-hidden">, </span>
              {priceText(price)}
            </span>
          </label>
        ))}
      </div>
    </fieldset>
  )
}

/** "$45.00", "from $40.00", "Free"; empty while unknown. */
export function priceText(price: OfferedLength['price']): string {
  if (!price) return ''
  if (price.varies) return schedulingWords.from(formatMoney(price.lowest))
  return price.lowest.amount === 0 ? schedulingWords.free : formatMoney(price.lowest)
}
