import { createCipheriv, createDecipheriv, createHash, createHmac, hkdfSync, randomBytes } from 'node:crypto'
import { chmod, link, mkdir, open, readFile, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { hash, verify } from '@node-rs/argon2'
import type { LinkPurpose, LinkRow, Secrets } from './secrets.ts'

export interface SecretKeys {
  /** Signs access tokens. */
  accessToken: string
  /** Signs new links; `id` is stored with each. */
  link: { id: string; secret: string }
  /** Keys that signed older links, still good to make them again. */
  olderLinks?: readonly { id: string; secret: string }[]
  encryption: string
  /** What was sealed under these still opens. */
  olderEncryption?: readonly string[]
}

/** More at once would fill the threads that files and names are read with; the rest wait in line. */
const HASHES_AT_ONCE = 4
/** OWASP Password Storage Cheat Sheet: argon2id with 19 MiB, two passes, one lane. */
const ARGON2 = { memoryCost: 19_456, timeCost: 2, parallelism: 1 } as const

const SEAL_VERSION = 1
const NONCE_BYTES = 12
const TAG_BYTES = 16
const KEY_ID_BYTES = 4

/**
 * Everything that is secret or random, by Node's own cryptography and argon2id.
 *
 * A link's secret is base64url of HMAC-SHA-256(link key, purpose ‖ row id ‖ nonce), each part ended so that no two rows
 * share an input. Sealed bytes are version, key id, nonce, tag, ciphertext (AES-256-GCM); the context is authenticated
 * with them. Both keys are derived by HKDF, so that one leaked use tells nothing about the other. Passwords are
 * normalized (NFKC) first: the same letters typed on another keyboard are the same password.
 */
export function createNodeSecrets(keys: SecretKeys): Secrets {
  const linkKeys = new Map(
    [...(keys.olderLinks ?? []), keys.link].map(({ id, secret }) => [id, derive(secret, 'ordinatus link')] as const),
  )
  const sealKeys = new Map(
    [...(keys.olderEncryption ?? []), keys.encryption].map((secret) => {
      const key = derive(secret, 'ordinatus seal')
      return [sealKeyId(key).toString('hex'), key] as const
    }),
  )
  const sealKey = derive(keys.encryption, 'ordinatus seal')
  const line = waitingLine(HASHES_AT_ONCE)
  let dummyHash: Promise<string> | null = null

  return {
    linkKeyId: keys.link.id,
    accessTokenKey: keys.accessToken,
    randomBytes: (size) => randomBytes(size),
    linkSecret: (purpose: LinkPurpose, row: LinkRow) => {
      const key = linkKeys.get(row.keyId)
      if (!key) throw new Error(`The link key "${row.keyId}" is not configured: add it as an older key.`)
      return createHmac('sha256', key).update(`${purpose}\0${row.id}\0`).update(row.nonce).digest('base64url')
    },
    digest: (secret) => createHash('sha256').update(secret).digest(),
    seal: (plain, context) => {
      const nonce = randomBytes(NONCE_BYTES)
      const header = Buffer.concat([Buffer.of(SEAL_VERSION), sealKeyId(sealKey)])
      const cipher = createCipheriv('aes-256-gcm', sealKey, nonce)
      cipher.setAAD(Buffer.concat([header, Buffer.from(context)]))
      const content = Buffer.concat([cipher.update(plain), cipher.final()])
      return Buffer.concat([header, nonce, cipher.getAuthTag(), content])
    },
    open: (sealed, context) => {
      const headerEnd = 1 + KEY_ID_BYTES
      const contentStart = headerEnd + NONCE_BYTES + TAG_BYTES
      if (sealed.length < contentStart || sealed[0] !== SEAL_VERSION)
        throw new Error('These bytes were not sealed here.')
      const header = sealed.subarray(0, headerEnd)
      const key = sealKeys.get(header.subarray(1).toString('hex'))
      if (!key) throw new Error('The key that sealed this is not configured: add it as an older key.')
      const decipher = createDecipheriv('aes-256-gcm', key, sealed.subarray(headerEnd, headerEnd + NONCE_BYTES), {
        authTagLength: TAG_BYTES,
      })
      decipher.setAAD(Buffer.concat([header, Buffer.from(context)]))
      decipher.setAuthTag(sealed.subarray(headerEnd + NONCE_BYTES, contentStart))
      return Buffer.concat([decipher.update(sealed.subarray(contentStart)), decipher.final()])
    },
    hashPassword: (password) => line(() => hash(password.normalize('NFKC'), ARGON2)),
    verifyPassword: (stored, password) =>
      line(async () => {
        dummyHash ??= hash(randomBytes(24).toString('hex'), ARGON2)
        const known = await verify(stored ?? (await dummyHash), password.normalize('NFKC'))
        return stored !== null && known
      }),
  }
}

function derive(secret: string, use: string): Buffer {
  return Buffer.from(hkdfSync('sha256', secret, '', use, 32))
}

function sealKeyId(key: Buffer): Buffer {
  return createHash('sha256').update('key id').update(key).digest().subarray(0, KEY_ID_BYTES)
}

/** Lets at most so many run; the others wait their turn in order. */
function waitingLine(places: number): <T>(work: () => Promise<T>) => Promise<T> {
  let taken = 0
  const waiting: (() => void)[] = []
  return async (work) => {
    if (taken >= places) await new Promise<void>((turn) => waiting.push(turn))
    else taken += 1
    try {
      return await work()
    } finally {
      const next = waiting.shift()
      if (next) next()
      else taken -= 1
    }
  }
}

/** The three secrets that the product needs, wherever they come from. */
export interface ProductSecrets {
  accessTokenSecret: string
  linkSecret: string
  encryptionSecret: string
}

/**
 * The configured secrets, and for those that are missing ones made once and kept in `DATA_DIR/secrets.json` (0600), so
 * that links and sign-ins outlive a restart in development. Production never comes here with one missing: its
 * configuration refuses to start.
 */
export async function readOrMakeSecrets(
  dataDir: string,
  configured: { [Name in keyof ProductSecrets]: string | null },
): Promise<ProductSecrets> {
  const { accessTokenSecret, linkSecret, encryptionSecret } = configured
  if (accessTokenSecret && linkSecret && encryptionSecret) return { accessTokenSecret, linkSecret, encryptionSecret }
  const kept = await readOrMakeFile(dataDir)
  return {
    accessTokenSecret: accessTokenSecret ?? kept.accessTokenSecret,
    linkSecret: linkSecret ?? kept.linkSecret,
    encryptionSecret: encryptionSecret ?? kept.encryptionSecret,
  }
}

async function readOrMakeFile(dataDir: string): Promise<ProductSecrets> {
  const path = join(dataDir, 'secrets.json')
  const found = await readFile(path, 'utf8').catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return null
    throw error
  })
  if (found !== null) {
    await chmod(path, 0o600)
    const kept = JSON.parse(found) as Partial<ProductSecrets>
    const { accessTokenSecret, linkSecret, encryptionSecret } = kept
    if (accessTokenSecret && linkSecret && encryptionSecret) return { accessTokenSecret, linkSecret, encryptionSecret }
    throw new Error(`${path} lacks a secret. Put the file back, or remove it: open links then stop working.`)
  }
  const fresh = () => randomBytes(48).toString('base64url')
  const made: ProductSecrets = { accessTokenSecret: fresh(), linkSecret: fresh(), encryptionSecret: fresh() }
  await mkdir(dataDir, { recursive: true })
  const unfinished = `${path}.${process.pid}.${randomBytes(4).toString('hex')}`
  const file = await open(unfinished, 'wx', 0o600)
  await file.writeFile(JSON.stringify(made, null, 2))
  await file.sync()
  await file.close()
  // Two first starts at once: the first link stays, both read it.
  await link(unfinished, path).catch((error: NodeJS.ErrnoException) => {
    if (error.code !== 'EEXIST') throw error
  })
  await rm(unfinished, { force: true })
  return JSON.parse(await readFile(path, 'utf8')) as ProductSecrets
}
