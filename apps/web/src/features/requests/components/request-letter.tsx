import type { TrainingRequest } from '../queries.ts'
import styles from './request-letter.module.css'

/** The customer's request as a letter: who writes, then each question with its answer. */
export function RequestLetter({ trainingRequest: { customer, answers } }: { trainingRequest: TrainingRequest }) {
  return (
    <article className={styles.letter}>
      <section aria-labelledby="letter-customer">
        <h2 id="letter-customer" className="visually-hidden">
          Customer
        </h2>
        {customer === null ? (
          <p className="dim">You see the customer’s name, email address and phone number once you have claimed it.</p>
        ) : (
          <div className={styles.sender}>
            <p className={styles.name}>{customer.name}</p>
            <p className={styles.contact}>
              <a href={`mailto:${customer.email}`}>{customer.email}</a>
              {customer.phone !== null && (
                <a href={`tel:${customer.phone.replaceAll(/[^+\d]/g, '')}`}>{customer.phone}</a>
              )}
            </p>
          </div>
        )}
      </section>
      <section aria-labelledby="letter-answers">
        <h2 id="letter-answers" className="visually-hidden">
          Answers
        </h2>
        <dl className={styles.answers}>
          {answers.map(({ key, label, displayValue }) => (
            <div key={key}>
              <dt>{label}</dt>
              <dd>{displayValue === '' ? <span className="dim">No answer</span> : displayValue}</dd>
            </div>
          ))}
        </dl>
      </section>
    </article>
  )
}
