/**
 * Characters that show nothing, as the inside of a character class: spaces, joiners, marks of direction, fillers that
 * look like spaces. Those of the Basic Multilingual Plane that Unicode ignores by default, and the blank Braille pattern;
 * spelt out, because the contract's readers in other languages know no property classes.
 */
export const INVISIBLE_CHARACTERS =
  '\\s\\u00ad\\u034f\\u061c\\u115f\\u1160\\u17b4\\u17b5\\u180b-\\u180f\\u200b-\\u200f\\u202a-\\u202e\\u2060-\\u206f\\u2800\\u3164\\ufe00-\\ufe0f\\ufeff\\uffa0'

/** Characters that turn the direction of all that follows, beyond their own text: a name must not rewrite its sentence. */
export const DIRECTION_CHARACTERS = '\\u202a-\\u202e\\u2066-\\u2069'

// \u{e0000} to \u{e0fff}: tags and variation selectors, which are as invisible.
const VISIBLE = new RegExp(`[^${INVISIBLE_CHARACTERS}\\p{Cc}\\u{e0000}-\\u{e0fff}]`, 'u')
const DIRECTION = new RegExp(`[${DIRECTION_CHARACTERS}]`, 'gu')

/** Whether nothing of a text can be seen: it is empty, or made of spaces and invisible characters alone. */
export function isBlank(text: string): boolean {
  return !VISIBLE.test(text)
}

/** Whether a text turns the direction of what is written after it. */
export function turnsDirection(text: string): boolean {
  return text.search(DIRECTION) !== -1
}

/** A text without what would turn the direction of what is written after it. */
export function withoutDirection(text: string): string {
  return text.replace(DIRECTION, '')
}
