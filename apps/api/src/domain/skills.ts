/** Longest skill name kept, in characters, after normalising. */
export const SKILL_MAX_LENGTH = 60

/**
 * Two spellings of one skill become the same word: "  Word  Press " and "word press" are one skill.
 *
 * Promises trimmed text in lower case with single spaces (product.md §4) in Unicode's composed form; normalising twice
 * changes nothing. Text of nothing but spaces becomes the empty string, which is no skill.
 */
export function normalizeSkill(text: string): string {
  // Lower-casing can decompose a letter (İ), so composition comes last.
  return text.normalize('NFKC').toLowerCase().normalize('NFKC').replace(/\s+/gu, ' ').trim()
}

/** A list of skills as the product keeps it: normalised, without empties, each once, in the order first seen. */
export function normalizeSkills(texts: readonly string[]): string[] {
  return [...new Set(texts.map(normalizeSkill))].filter((skill) => skill !== '')
}

/** The skills a request asks for that this trainer does not have, in the request's order; empty when they have all. */
export function missingSkills(required: readonly string[], held: readonly string[]): string[] {
  const has = new Set(normalizeSkills(held))
  return normalizeSkills(required).filter((skill) => !has.has(skill))
}

/** Whether a trainer has all the skills that a request asks for; a request that asks for none fits everyone. */
export function hasAllSkills(required: readonly string[], held: readonly string[]): boolean {
  return missingSkills(required, held).length === 0
}
