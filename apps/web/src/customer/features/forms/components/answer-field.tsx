import { ChoiceField, SelectField, TextAreaField, TextField } from '../../../../components/customer/field.tsx'
import type { FormField } from '../public-form.ts'
import { formWords } from '../words.ts'

/** From this many choices on, a list that opens is shorter to read than radio buttons. */
const LONG_LIST = 8

type AnswerFieldProps = {
  field: FormField
  id: string
  draft: string | string[] | undefined
  error: string | undefined
  onChange: (draft: string | string[]) => void
}

const YES_NO = [
  { value: 'yes', label: formWords.yes },
  { value: 'no', label: formWords.no },
]

/** The control for one field of the form: the browser's own for its type. */
export function AnswerField({ field, id, draft, error, onChange }: AnswerFieldProps) {
  const texts = {
    id,
    label: field.label,
    helpText: field.helpText,
    error,
    required: field.required,
    optionalLabel: formWords.optional,
  }
  const text = typeof draft === 'string' ? draft : ''
  const input = {
    ...texts,
    name: field.key,
    value: text,
    onChange: (event: { currentTarget: { value: string } }) => onChange(event.currentTarget.value),
  }
  switch (field.type) {
    case 'long_text':
      return <TextAreaField {...input} />
    case 'single_choice':
      return field.options.length >= LONG_LIST ? (
        <SelectField {...input} choices={field.options} emptyLabel={formWords.chooseOne} />
      ) : (
        <ChoiceField
          {...texts}
          kind="radio"
          name={field.key}
          choices={field.options}
          selected={text ? [text] : []}
          onChange={([chosen]) => onChange(chosen ?? '')}
        />
      )
    case 'multiple_choice':
      return (
        <ChoiceField
          {...texts}
          kind="checkbox"
          name={field.key}
          choices={field.options}
          selected={Array.isArray(draft) ? draft : []}
          onChange={onChange}
        />
      )
    case 'yes_no':
      return (
        <ChoiceField
          {...texts}
          kind="radio"
          name={field.key}
          choices={YES_NO}
          selected={text ? [text] : []}
          onChange={([chosen]) => onChange(chosen ?? '')}
          inline
        />
      )
    case 'number':
      // Not type="number": it drops what it cannot read, and a turn of the mouse wheel changes it unseen.
      return <TextField {...input} inputMode="decimal" autoComplete="off" />
    case 'date':
      return <TextField {...input} type="date" min={field.limits?.firstDate} max={field.limits?.lastDate} />
    case 'email':
      return <TextField {...input} type="email" autoComplete="email" autoCapitalize="none" spellCheck={false} />
    case 'phone':
      return <TextField {...input} type="tel" autoComplete="tel" />
    case 'url':
      return <TextField {...input} inputMode="url" autoComplete="url" autoCapitalize="none" spellCheck={false} />
    default:
      return <TextField {...input} />
  }
}
