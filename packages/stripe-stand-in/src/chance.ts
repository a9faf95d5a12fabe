/** Numbers from 0 (inclusive) to 1 (exclusive) that are the same for the same seed (mulberry32, public domain). */
export function chanceOf(seed: number): () => number {
  let state = seed >>> 0
  return () => {
    state = (state + 0x6d2b79f5) >>> 0
    let mixed = state
    mixed = Math.imul(mixed ^ (mixed >>> 15), mixed | 1)
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61)
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296
  }
}

/** One of them, each as likely as the others. */
export function oneOf<Choice>(chance: () => number, choices: readonly Choice[]): Choice {
  const choice = choices[Math.floor(chance() * choices.length)]
  if (choice === undefined) throw new Error('There is nothing to choose from.')
  return choice
}

/** The same ones in another order, every order as likely as the others. */
export function shuffled<One>(chance: () => number, all: readonly One[]): One[] {
  const left = [...all]
  const order: One[] = []
  while (left.length > 0) order.push(...left.splice(Math.floor(chance() * left.length), 1))
  return order
}
