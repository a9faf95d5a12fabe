/** What a link is for. A secret made for one purpose opens nothing else. */
export const LINK_PURPOSES = ['scheduling', 'checkout_return', 'manage', 'feedback'] as const
export type LinkPurpose = (typeof LINK_PURPOSES)[number]

/** The parts of a stored link from which its secret can be made again by whoever holds the link key. */
export interface LinkRow {
  id: string
  /** 16 random bytes. */
  nonce: Buffer
  keyId: string
}

/**
 * Everything that is secret or random. Links: base64url of HMAC-SHA-256(link key, purpose ‖ row id ‖ nonce), product.md
 * §6; the database holds only {@link Secrets.digest}. Sealing: AES-256-GCM with a key id, `context` as additional data.
 */
export interface Secrets {
  readonly linkKeyId: string
  /** Signs access tokens (HS256). */
  readonly accessTokenKey: string
  randomBytes(size: number): Buffer
  linkSecret(purpose: LinkPurpose, row: LinkRow): string
  /** SHA-256, for looking a secret up. */
  digest(secret: string): Buffer
  seal(plain: string | Buffer, context: string): Buffer
  /** Throws when the bytes were changed or the context is another. */
  open(sealed: Buffer, context: string): Buffer
  /** argon2id, 19 MiB, t = 2 (OWASP Password Storage Cheat Sheet); at most a few at once. */
  hashPassword(password: string): Promise<string>
  /** With `null` (unknown account) it spends the same time on a dummy hash and answers false. */
  verifyPassword(hash: string | null, password: string): Promise<boolean>
}
