import { existsSync } from 'node:fs'

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

/**
 * A Chromium to test with: `CHROMIUM_PATH`, else an installed one, else (Linux on x64) the one that ships inside an npm
 * package, else Playwright's own. So the tests need no system package.
 */
export async function findChromium(): Promise<FoundChromium> {
  const chosen = process.env.CHROMIUM_PATH
  if (chosen !== undefined && chosen !== '') {
    if (!existsSync(chosen)) throw new Error(`CHROMIUM_PATH=${chosen}: there is no such file.`)
    return { executablePath: chosen, args: ARGS }
  }
  const installed = INSTALLED.find((path) => existsSync(path))
  if (installed !== undefined) return { executablePath: installed, args: ARGS }
  if (process.platform === 'linux' && process.arch === 'x64') {
    const { default: packaged } = await import('@sparticuz/chromium')
    return { executablePath: await packaged.executablePath(), args: [...packaged.args, ...ARGS] }
  }
  return { executablePath: null, args: ARGS }
}
