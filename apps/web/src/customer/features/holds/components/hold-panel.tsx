import { Button, ButtonLink } from '../../../../components/customer/button.tsx'
import { ClockIcon } from '../../../../components/customer/icons.tsx'
import { useFocusOnMount } from '../../../../components/customer/use-focus-on-mount.ts'
import { dateAndTimeRange, timeOfDay } from '../../../../lib/dates.ts'
import { formatMoney, type Money } from '../../../../lib/money.ts'
import { holdWords } from '../words.ts'
import { HoldCountdown } from './hold-countdown.tsx'
import styles from './hold-panel.module.css'

type Held = {
  start: string
  end: string
  price: Money
  holdExpiresAt: string
  checkoutUrl: string | null
}

type HoldPanelProps = {
  held: Held
  timeZone: string
  /** How far the product's clock is ahead of this device's, in milliseconds. */
  clockAheadMs: number
  cancellationRules: string
  takesFocus: boolean
  busy: boolean
  /** Called once when the hold has run out. */
  onEnded: () => void
  /** For a hold whose checkout could not be made yet: asks again. */
  onPay: () => void
  onChooseAnother: (() => void) | null
}

/** A time that waits for its payment: the deadline as a clock time first, the countdown second. */
export function HoldPanel(props: HoldPanelProps) {
  const { held, timeZone, clockAheadMs, cancellationRules, takesFocus, busy, onEnded, onPay, onChooseAnother } = props
  const heading = useFocusOnMount<HTMLHeadingElement>(takesFocus)
  return (
    <section className={styles.panel}>
      <span className={styles.icon}>
        <ClockIcon />
      </span>
      <div className={styles.words}>
        <h2 className={styles.title} ref={heading} tabIndex={-1}>
          {holdWords.heldTitle(timeOfDay(held.holdExpiresAt, timeZone))}
        </h2>
        <HoldCountdown deadline={held.holdExpiresAt} clockAheadMs={clockAheadMs} onEnded={onEnded} />
      </div>
      <div className={styles.facts}>
        <p className={styles.time}>{dateAndTimeRange(held.start, held.end, timeZone)}</p>
        <p className={styles.price}>{formatMoney(held.price)}</p>
      </div>
      <p className={styles.rules}>{cancellationRules}</p>
      <div className={styles.actions}>
        {held.checkoutUrl ? (
          <ButtonLink href={held.checkoutUrl}>{holdWords.payNow}</ButtonLink>
        ) : (
          <Button onClick={onPay} busy={busy}>
            {holdWords.payNow}
          </Button>
        )}
        {onChooseAnother ? (
          <Button variant="outline" onClick={onChooseAnother}>
            {holdWords.chooseAnother}
          </Button>
        ) : null}
      </div>
    </section>
  )
}
