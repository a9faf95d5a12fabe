import type { AddressInfo } from 'node:net'
import { SMTPServer } from 'smtp-server'

/** A real SMTP server on this machine that can be told to say nothing. */
export interface TestMailServer {
  url: string
  /** The Message-IDs of the mails whose content has arrived whole, in order. */
  arrived: string[]
  /** While true, a mail's content is taken and never answered. */
  isSilent: boolean
  /** While true, nobody's greeting is answered. */
  isDeaf: boolean
  close(): Promise<void>
}

export async function startMailServer(): Promise<TestMailServer> {
  const state: Omit<TestMailServer, 'url' | 'close'> = { arrived: [], isSilent: false, isDeaf: false }
  const server = new SMTPServer({
    authOptional: true,
    disabledCommands: ['STARTTLS', 'AUTH'],
    // Or a machine without a name server greets everybody a second and a half late.
    disableReverseLookup: true,
    onConnect: (_session, done) => {
      if (!state.isDeaf) done()
    },
    onData: (stream, _session, done) => {
      const chunks: Buffer[] = []
      stream.on('data', (chunk: Buffer) => chunks.push(chunk))
      stream.on('end', () => {
        const text = Buffer.concat(chunks).toString('utf8')
        state.arrived.push(/^Message-ID:\s*(<[^>]+>)/im.exec(text)?.[1] ?? 'none')
        if (!state.isSilent) done()
      })
    },
  })
  server.on('error', () => {})
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const { port } = server.server.address() as AddressInfo
  return Object.assign(state, {
    url: `smtp://127.0.0.1:${port}`,
    close: () => new Promise<void>((resolve) => server.close(() => resolve())),
  })
}
