import { useState } from 'react'
import { Button } from '../../../../components/customer/button.tsx'
import { dateAndTimeRange, duration } from '../../../../lib/dates.ts'
import { formatMoney } from '../../../../lib/money.ts'
import { pageWords } from '../../pages/words.ts'
import type { OfferedSlot } from '../days.ts'
import { schedulingWords } from '../words.ts'
import styles from './review-bar.module.css'
import { FIRST_TIME_ID } from './time-picker.tsx'

type ReviewBarProps = {
  /** What is chosen so far, or null. */
  slot: OfferedSlot | null
  /** "$45.00" or "from $40.00" while no time is chosen. */
  priceBefore: string
  timeZone: string
  now: number
  cancellationRules: string
  holdMinutes: number
  termsUrl: string | null
  /** After a hold has run out, the same button tries again. */
  isRetry: boolean
  busy: boolean
  onContinue: () => void
}

/**
 * The bar at the foot of the page: the chosen time in words, the cancellation rules, the price and the one button.
 * Without a time the button stays usable and leads to the first free one, which says more than a dead button.
 */
export function ReviewBar(props: ReviewBarProps) {
  const { slot, priceBefore, timeZone, now, cancellationRules, holdMinutes, termsUrl, isRetry, busy, onContinue } =
    props
  const [isReminding, setIsReminding] = useState(false)
  const isFree = slot?.price.amount === 0

  function proceed(): void {
    setIsReminding(slot === null)
    if (slot) onContinue()
    else document.getElementById(FIRST_TIME_ID)?.focus()
  }

  return (
    <section className={styles.bar} aria-label={schedulingWords.yourTime}>
      <div className={styles.words}>
        <p className={styles.time} aria-live="polite">
          {slot ? (
            dateAndTimeRange(slot.start, slot.end, timeZone, now)
          ) : (
            <span className={styles.hint}>
              {isReminding ? schedulingWords.chooseTimeFirst : schedulingWords.noTimeYet}
            </span>
          )}
        </p>
        <p className={styles.rules}>{cancellationRules}</p>
        {slot ? (
          <p className={styles.rules}>
            {isFree ? schedulingWords.freeBefore : schedulingWords.holdBefore(duration(holdMinutes))}
            {termsUrl ? (
              <>
                {' '}
                <a href={termsUrl} target="_blank" rel="noopener noreferrer">
                  {schedulingWords.terms}
                </a>{' '}
                {schedulingWords.termsApply}
              </>
            ) : null}
          </p>
        ) : null}
      </div>
      <div className={styles.pay}>
        <p className={styles.price}>
          <span className="visually-hidden">{schedulingWords.total}: </span>
          {slot ? (isFree ? schedulingWords.free : formatMoney(slot.price)) : priceBefore}
        </p>
        <Button onClick={proceed} busy={busy} variant={slot ? 'filled' : 'outline'} className={styles.button}>
          {busy ? schedulingWords.continuing : slot && isRetry ? pageWords.tryAgain : proceedWords(isFree)}
        </Button>
      </div>
    </section>
  )
}

function proceedWords(isFree: boolean): string {
  return isFree ? schedulingWords.bookNow : schedulingWords.continueToPayment
}
