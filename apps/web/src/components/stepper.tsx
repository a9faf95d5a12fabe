import styles from './stepper.module.css'

export type Step = { name: string; state: 'done' | 'current' | 'ahead' }

/** Where something stands on its way, as a thin line of steps. */
export function Stepper({ label, steps }: { label: string; steps: Step[] }) {
  return (
    <ol className={styles.steps} aria-label={label}>
      {steps.map((step) => (
        <li
          key={step.name}
          className={styles.step}
          data-state={step.state}
          aria-current={step.state === 'current' ? 'step' : undefined}
        >
          <span className={styles.name}>{step.name}</span>
          {step.state === 'done' && <span className="visually-hidden"> (done)</span>}
        </li>
      ))}
    </ol>
  )
}
