import type { ComponentProps, ReactNode } from 'react'
import { classNames } from './class-names.ts'
import styles from './field.module.css'

type FieldTexts = {
  /** The control's id; the error summary links to it. */
  id: string
  label: string
  helpText?: string | null | undefined
  error?: string | undefined
  /** What stands after the label of a field that may stay empty. */
  optionalLabel?: string | undefined
  required?: boolean | undefined
}

/** The ids that describe a control, for `aria-describedby`: help first, then what is wrong. */
function describedBy({ id, helpText, error }: Pick<FieldTexts, 'id' | 'helpText' | 'error'>): string | undefined {
  const ids = [helpText ? `${id}-help` : '', error ? `${id}-error` : ''].filter(Boolean)
  return ids.length > 0 ? ids.join(' ') : undefined
}

function FieldMessages({ id, helpText, error }: Pick<FieldTexts, 'id' | 'helpText' | 'error'>) {
  return (
    <>
      {helpText ? (
        <p id={`${id}-help`} className={styles.help}>
          {helpText}
        </p>
      ) : null}
      {error ? (
        <p id={`${id}-error`} className={styles.error}>
          {error}
        </p>
      ) : null}
    </>
  )
}

function LabelText({ label, optionalLabel, required }: Pick<FieldTexts, 'label' | 'optionalLabel' | 'required'>) {
  return (
    <>
      {label}
      {!required && optionalLabel ? <span className={styles.optional}> {optionalLabel}</span> : null}
    </>
  )
}

type TextFieldProps = FieldTexts & Omit<ComponentProps<'input'>, 'id' | 'required'>

/** One line of text, a number or a date, in the browser's own input. */
export function TextField({ label, helpText, error, optionalLabel, required, className, ...input }: TextFieldProps) {
  return (
    <div className={styles.field}>
      <label htmlFor={input.id} className={styles.label}>
        <LabelText label={label} optionalLabel={optionalLabel} required={required} />
      </label>
      <FieldMessages id={input.id} helpText={helpText} error={error} />
      <input
        {...input}
        className={classNames(styles.control, className)}
        aria-required={required ? true : undefined}
        aria-invalid={error ? true : undefined}
        aria-describedby={describedBy({ id: input.id, helpText, error })}
      />
    </div>
  )
}

type TextAreaFieldProps = FieldTexts & Omit<ComponentProps<'textarea'>, 'id' | 'required'>

/** Several lines of text; grows with what is typed where the browser can. */
export function TextAreaField({ label, helpText, error, optionalLabel, required, ...area }: TextAreaFieldProps) {
  return (
    <div className={styles.field}>
      <label htmlFor={area.id} className={styles.label}>
        <LabelText label={label} optionalLabel={optionalLabel} required={required} />
      </label>
      <FieldMessages id={area.id} helpText={helpText} error={error} />
      <textarea
        rows={4}
        {...area}
        className={classNames(styles.control, styles.area)}
        aria-required={required ? true : undefined}
        aria-invalid={error ? true : undefined}
        aria-describedby={describedBy({ id: area.id, helpText, error })}
      />
    </div>
  )
}

export type Choice = { value: string; label: string }

type ChoiceFieldProps = FieldTexts & {
  kind: 'radio' | 'checkbox'
  name: string
  choices: Choice[]
  selected: string[]
  onChange: (selected: string[]) => void
  /** Short choices such as Yes and No stand side by side. */
  inline?: boolean | undefined
}

/**
 * One or several of a list, as the browser's own radio buttons or checkboxes.
 * The first control carries the field's id, so that a link in the error summary lands on something focusable.
 */
export function ChoiceField(props: ChoiceFieldProps) {
  const { id, label, helpText, error, optionalLabel, required, kind, name, choices, selected, onChange, inline } = props
  function toggle(value: string, checked: boolean): void {
    if (kind === 'radio') onChange([value])
    // In the order of the list, whatever the order of the clicks.
    else
      onChange(
        choices.map((choice) => choice.value).filter((each) => (each === value ? checked : selected.includes(each))),
      )
  }
  return (
    <fieldset className={styles.choices} aria-describedby={describedBy({ id, helpText, error })}>
      <legend className={styles.label}>
        <LabelText label={label} optionalLabel={optionalLabel} required={required} />
      </legend>
      <FieldMessages id={id} helpText={helpText} error={error} />
      <div className={inline ? styles.optionsInline : styles.options}>
        {choices.map((choice, index) => (
          <label key={choice.value} className={styles.option}>
            <input
              id={index === 0 ? id : `${id}-${index}`}
              type={kind}
              name={name}
              value={choice.value}
              checked={selected.includes(choice.value)}
              // Of checkboxes each one would have to be ticked; "at least one" is in words and in the message.
              required={kind === 'radio' && required === true}
              onChange={(event) => toggle(choice.value, event.currentTarget.checked)}
              {...(kind === 'checkbox' && error ? { 'aria-invalid': true } : {})}
            />
            <span>{choice.label}</span>
          </label>
        ))}
      </div>
    </fieldset>
  )
}

/** A heading with the fields that belong to it. */
export function FieldGroup({
  title,
  description,
  children,
}: {
  title: string
  description?: string | null
  children: ReactNode
}) {
  return (
    <section className={styles.group}>
      <h2 className={styles.groupTitle}>{title}</h2>
      {description ? <p className={styles.groupText}>{description}</p> : null}
      {children}
    </section>
  )
}

type SelectFieldProps = FieldTexts &
  Omit<ComponentProps<'select'>, 'id' | 'required'> & { choices: Choice[]; emptyLabel: string }

/** One of a long list, in the browser's own list; empty at first, so that nothing is chosen by accident. */
export function SelectField(props: SelectFieldProps) {
  const { label, helpText, error, optionalLabel, required, choices, emptyLabel, ...select } = props
  return (
    <div className={styles.field}>
      <label htmlFor={select.id} className={styles.label}>
        <LabelText label={label} optionalLabel={optionalLabel} required={required} />
      </label>
      <FieldMessages id={select.id} helpText={helpText} error={error} />
      <select
        {...select}
        className={styles.control}
        aria-required={required ? true : undefined}
        aria-invalid={error ? true : undefined}
        aria-describedby={describedBy({ id: select.id, helpText, error })}
      >
        <option value="">{emptyLabel}</option>
        {choices.map((choice) => (
          <option key={choice.value} value={choice.value}>
            {choice.label}
          </option>
        ))}
      </select>
    </div>
  )
}
