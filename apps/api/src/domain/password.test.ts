import { describe, expect, it } from 'vitest'
import { passwordProblem } from './password.ts'

describe('A password', () => {
  it.each([
    'password123',
    'Password123!',
    'P@ssw0rd2024',
    'passwordpassword',
    '1234567890',
    '0987654321',
    'qwertyuiop',
    'poiuytrewq',
    '1q2w3e4r5t',
    '1qaz2wsx3edc',
    'aaaaaaaaaaaa',
    'abababababab',
    'abcabcabcabc',
    'abcd1234abcd1234'.slice(0, 4).repeat(3),
    'iloveyou2025',
    'Welcome2026!',
    '12345qwerty12345',
    'ordinatus2026',
    'Ｐassword123',
  ])('that many people have is refused: %s', (password) => {
    expect(passwordProblem(password, [])).not.toBeNull()
  })

  it.each([
    'demo-password',
    'correct horse battery',
    'summer rain on tin roofs',
    'tangerine-47-lamp',
    'x7Kp!vQz2m',
    'пароль-который-знаю-я',
  ])('that nobody would guess first is taken: %s', (password) => {
    expect(passwordProblem(password, ['tina@demo.test', 'Tina', 'Demo Support'])).toBeNull()
  })

  it('is refused when it is what everyone knows about its owner', () => {
    const personal = ['casey.jones@example.com', 'Casey', 'Jones', 'Miller Support']
    expect(passwordProblem('casey.jones@example.com', personal)).not.toBeNull()
    expect(passwordProblem('MillerSupport', personal)).not.toBeNull()
    expect(passwordProblem('millersupport2026', personal)).not.toBeNull()
    expect(passwordProblem('casey.jones', personal)).not.toBeNull()
    expect(passwordProblem('the miller supports nobody', personal)).toBeNull()
  })

  it('is judged quickly whatever its length', () => {
    // The time of this process alone: the wall clock would tell how busy the machine is. Endless looking back takes hours.
    const before = process.cpuUsage()
    passwordProblem('a1'.repeat(100), [])
    passwordProblem(`${'!'.repeat(199)}a`, [])
    expect(process.cpuUsage(before).user).toBeLessThan(1_000_000)
  })
})
