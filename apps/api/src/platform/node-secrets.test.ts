import { mkdtemp, readFile, rm, stat } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { createNodeSecrets, readOrMakeSecrets } from './node-secrets.ts'

const keys = { accessToken: 'a'.repeat(32), link: { id: 'k1', secret: 'l'.repeat(32) }, encryption: 'e'.repeat(32) }
const secrets = createNodeSecrets(keys)
const row = { id: '01930000-0000-7000-8000-000000000001', nonce: Buffer.alloc(16, 7), keyId: 'k1' }

describe('link secrets', () => {
  it('are the same whenever they are made, and different for another purpose, row, nonce or key', () => {
    const made = secrets.linkSecret('scheduling', row)
    expect(made).toMatch(/^[A-Za-z0-9_-]{43}$/)
    expect(createNodeSecrets(keys).linkSecret('scheduling', row)).toBe(made)
    const others = [
      secrets.linkSecret('manage', row),
      secrets.linkSecret('scheduling', { ...row, id: row.id.replace(/1$/, '2') }),
      secrets.linkSecret('scheduling', { ...row, nonce: Buffer.alloc(16, 8) }),
      createNodeSecrets({ ...keys, link: { id: 'k1', secret: 'm'.repeat(32) } }).linkSecret('scheduling', row),
    ]
    expect(new Set([made, ...others]).size).toBe(5)
  })

  it('can still be made after the key was rotated, and not without the older key', () => {
    const made = secrets.linkSecret('feedback', row)
    const rotated = { ...keys, link: { id: 'k2', secret: 'n'.repeat(32) } }
    expect(createNodeSecrets({ ...rotated, olderLinks: [keys.link] }).linkSecret('feedback', row)).toBe(made)
    expect(() => createNodeSecrets(rotated).linkSecret('feedback', row)).toThrow(/"k1" is not configured/)
  })
})

describe('sealing', () => {
  it('opens to what went in, and never twice to the same bytes', () => {
    const sealed = secrets.seal('refresh token 🔑', 'calendar:1')
    expect(secrets.open(sealed, 'calendar:1').toString()).toBe('refresh token 🔑')
    expect(secrets.seal('refresh token 🔑', 'calendar:1').equals(sealed)).toBe(false)
    expect(sealed.includes('refresh')).toBe(false)
    expect(secrets.open(secrets.seal('', 'x'), 'x').length).toBe(0)
  })

  it('refuses another context, any changed byte, and a cut end', () => {
    const sealed = secrets.seal('secret', 'calendar:1')
    expect(() => secrets.open(sealed, 'calendar:2')).toThrow()
    for (let at = 0; at < sealed.length; at += 1) {
      const changed = Buffer.from(sealed)
      changed[at] = (changed[at] ?? 0) ^ 1
      expect(() => secrets.open(changed, 'calendar:1')).toThrow()
    }
    expect(() => secrets.open(sealed.subarray(0, sealed.length - 1), 'calendar:1')).toThrow()
    expect(() => secrets.open(Buffer.alloc(0), 'calendar:1')).toThrow()
  })

  it('opens what an older key sealed', () => {
    const sealed = secrets.seal('secret', 'c')
    const rotated = createNodeSecrets({ ...keys, encryption: 'f'.repeat(32), olderEncryption: [keys.encryption] })
    expect(rotated.open(sealed, 'c').toString()).toBe('secret')
    expect(() => createNodeSecrets({ ...keys, encryption: 'f'.repeat(32) }).open(sealed, 'c')).toThrow(/not configured/)
  })
})

describe('passwords', () => {
  it('are argon2id with 19 MiB and two passes, and only the right one is right', async () => {
    const stored = await secrets.hashPassword('demo-password')
    expect(stored).toMatch(/^\$argon2id\$v=19\$m=19456,t=2,p=1\$/)
    expect(await secrets.verifyPassword(stored, 'demo-password')).toBe(true)
    expect(await secrets.verifyPassword(stored, 'demo-passwore')).toBe(false)
    expect(await secrets.verifyPassword(null, 'demo-password')).toBe(false)
  })

  it('are the same when the same letters come composed or decomposed', async () => {
    const stored = await secrets.hashPassword('caf\u00e9-au-lait')
    expect(await secrets.verifyPassword(stored, 'cafe\u0301-au-lait')).toBe(true)
  })

  it('all get their turn when many come at once', async () => {
    const stored = await secrets.hashPassword('one')
    const answers = await Promise.all(
      Array.from({ length: 12 }, (_, n) => secrets.verifyPassword(stored, n % 3 === 0 ? 'one' : 'two')),
    )
    expect(answers).toEqual(Array.from({ length: 12 }, (_, n) => n % 3 === 0))
    await expect(secrets.verifyPassword('not a hash', 'one')).rejects.toThrow()
    expect(await secrets.verifyPassword(stored, 'one')).toBe(true)
  })
})

describe('secrets of a development machine', () => {
  it('are made once, kept where only the owner reads, and give way to configured ones', async () => {
    const dataDir = await mkdtemp(join(tmpdir(), 'ordinatus-secrets-'))
    try {
      const none = { accessTokenSecret: null, linkSecret: null, encryptionSecret: null }
      const [made, twin] = await Promise.all([readOrMakeSecrets(dataDir, none), readOrMakeSecrets(dataDir, none)])
      const again = await readOrMakeSecrets(dataDir, none)
      expect(made).toEqual(again)
      expect(twin).toEqual(again)
      expect(again.linkSecret.length).toBeGreaterThanOrEqual(64)
      expect(new Set(Object.values(again)).size).toBe(3)
      expect((await stat(join(dataDir, 'secrets.json'))).mode & 0o777).toBe(0o600)
      const mixed = await readOrMakeSecrets(dataDir, { ...none, linkSecret: 'x'.repeat(40) })
      expect(mixed).toEqual({ ...again, linkSecret: 'x'.repeat(40) })
      expect(JSON.parse(await readFile(join(dataDir, 'secrets.json'), 'utf8'))).toEqual(again)
    } finally {
      await rm(dataDir, { recursive: true })
    }
  })
})
