/** What a form or a query says, before anything is known about what it should say. */
export type FormValue = string | FormValue[] | { [key: string]: FormValue }
export type FormFields = { [key: string]: FormValue }

/** A form that cannot be read: a name with unbalanced brackets, or one that is a text and a group at once. */
export class UnreadableForm extends Error {
  override readonly name = 'UnreadableForm'
}

const DEPTH_MAX = 10

/**
 * Reads a form as Stripe does: `a[b][0][c]=d` and `a[]=d`, with brackets plain or percent-encoded. Groups whose names
 * are 0, 1, 2 … become lists; everything at the end of a name is a text, whatever its kind.
 */
export function decodeForm(text: string): FormFields {
  const root: FormFields = Object.create(null)
  for (const [name, value] of new URLSearchParams(text)) {
    const path = pathOf(name)
    put(root, path, value, name)
  }
  return listsIn(root) as FormFields
}

/** `a[b][0]` as its parts; an empty pair of brackets is an empty part. */
function pathOf(name: string): string[] {
  const first = name.indexOf('[')
  if (first === 0 || name === '') throw new UnreadableForm(`"${name}" has no name before its brackets.`)
  if (first < 0) return [name]
  const groups = name.slice(first)
  if (!/^(\[[^[\]]*\])+$/.test(groups)) throw new UnreadableForm(`The brackets of "${name}" do not match.`)
  const path = [name.slice(0, first), ...groups.slice(1, -1).split('][')]
  if (path.length > DEPTH_MAX) throw new UnreadableForm(`"${name}" is nested too deep.`)
  return path
}

function put(root: FormFields, path: string[], value: string, name: string): void {
  let group = root
  path.forEach((part, index) => {
    const key = part === '' ? String(Object.keys(group).length) : part
    if (index === path.length - 1) {
      if (typeof group[key] === 'object') throw new UnreadableForm(`"${name}" is a text and a group at once.`)
      group[key] = value
      return
    }
    const inner = group[key] ?? Object.create(null)
    if (typeof inner === 'string') throw new UnreadableForm(`"${name}" is a text and a group at once.`)
    group[key] = inner
    group = inner as FormFields
  })
}

function listsIn(value: FormValue): FormValue {
  if (typeof value === 'string') return value
  const entries = Object.entries(value)
  if (entries.length > 0 && entries.every(([key], index) => key === String(index)))
    return entries.map(([, one]) => listsIn(one))
  return Object.fromEntries(entries.map(([key, one]) => [key, listsIn(one)]))
}
