/** 128 random bits as text; works on plain http as well, where `crypto.randomUUID` is missing. */
export function randomKey(): string {
  const bytes = crypto.getRandomValues(new Uint8Array(16))
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, '0')).join('')
}

/**
 * Gives the same key for the same content, so that a second click or a repeat after a lost answer sends nothing twice,
 * and a new key once the content has changed, since the API refuses a key that comes back with another body.
 */
export function idempotencyKeys(): (content: unknown) => string {
  let last: { content: string; key: string } | null = null
  return (content) => {
    const text = JSON.stringify(content)
    if (last?.content !== text) last = { content: text, key: randomKey() }
    return last.key
  }
}
