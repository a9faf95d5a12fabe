/**
 * Joins the class names that apply.
 * Absent and false ones are left out, so that a condition can stand in the list.
 */
export function classNames(...names: (string | false | null | undefined)[]): string {
  return names.filter((name) => typeof name === 'string' && name !== '').join(' ')
}
