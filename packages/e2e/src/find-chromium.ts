import { existsSync, mkdirSync, rmSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'

export interface FoundChromium {
  /** Null: Playwright's own, where it was installed. */
  executablePath: string | null
  args: string[]
}

/** Needed as root and inside containers, and to keep a test browser from calling home. */
const ARGS = [
  '--no-sandbox',
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
  '--disable-dev-shm-usage',
]

const INSTALLED = ['/usr/bin/chromium', '/usr/bin/google-chrome', '/usr/bin/chromium-browser']
const UNPACKED = join(dirname(fileURLToPath(import.meta.url)), '../node_modules/.cache/chromium')

/**
 * A Chromium to test with: `CHROMIUM_PATH`, else an installed one, else (Linux on x64) the one that ships inside an npm
 * package, else Playwright's own. So the tests need no system package. `CHROMIUM_PATH=packaged` chooses the npm package.
 */
export async function findChromium(): Promise<FoundChromium> {
  const chosen = process.env.CHROMIUM_PATH
  if (chosen === 'packaged') return { executablePath: await packagedChromium(), args: ARGS }
  if (chosen !== undefined && chosen !== '') {
    if (!existsSync(chosen)) throw new Error(`CHROMIUM_PATH=${chosen}: there is no such file.`)
    return { executablePath: chosen, args: ARGS }
  }
  const installed = INSTALLED.find((path) => existsSync(path))
  if (installed !== undefined) return { executablePath: installed, args: ARGS }
  if (process.platform === 'linux' && process.arch === 'x64')
    return { executablePath: await packagedChromium(), args: ARGS }
  return { executablePath: null, args: ARGS }
}

/**
 * Unpacks the Chromium of `@sparticuz/chromium` with the libraries and fonts it carries, once, and answers its path.
 *
 * The package is made for AWS: only there does it unpack its libraries (NSS), and it takes the folder from `TMPDIR`. Its
 * own arguments are not used: they turn off web security, which the journeys are there to see.
 */
async function packagedChromium(): Promise<string> {
  const whole = join(UNPACKED, 'whole')
  if (!existsSync(whole)) rmSync(UNPACKED, { recursive: true, force: true })
  mkdirSync(UNPACKED, { recursive: true })
  const { TMPDIR, AWS_EXECUTION_ENV } = process.env
  process.env.TMPDIR = UNPACKED
  process.env.AWS_EXECUTION_ENV = 'AWS_Lambda_nodejs20.x'
  try {
    const { default: packaged } = await import('@sparticuz/chromium')
    const path = await packaged.executablePath()
    writeFileSync(whole, '')
    return path
  } finally {
    restore('TMPDIR', TMPDIR)
    restore('AWS_EXECUTION_ENV', AWS_EXECUTION_ENV)
  }
}

function restore(name: string, value: string | undefined): void {
  if (value === undefined) delete process.env[name]
  else process.env[name] = value
}
