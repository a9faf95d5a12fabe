import { createServer, type Server, type Socket } from 'node:net'

/** A mail server of a test's own, which can be told to stall in the middle of taking somebody's mail. */
export interface SmtpServer {
  url: string
  /** The Message-ID and recipient of every mail whose content has arrived, answered or not. */
  received: { messageId: string; to: string }[]
  /** While set, the content of a mail to this address is taken and never answered. */
  stallsFor: string | null
  close(): Promise<void>
}

export async function startSmtpServer(): Promise<SmtpServer> {
  const sockets = new Set<Socket>()
  const server: Server = createServer((socket) => {
    sockets.add(socket)
    socket.on('close', () => sockets.delete(socket))
    // A killed client resets the connection.
    socket.on('error', () => socket.destroy())
    serve(socket, state)
  })
  const state: SmtpServer = {
    url: '',
    received: [],
    stallsFor: null,
    close: () =>
      new Promise((resolve) => {
        for (const socket of sockets) socket.destroy()
        server.close(() => resolve())
      }),
  }
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const address = server.address()
  if (address === null || typeof address === 'string') throw new Error('no port')
  state.url = `smtp://127.0.0.1:${address.port}`
  return state
}

function serve(socket: Socket, state: SmtpServer): void {
  let unread = ''
  let to = ''
  let isContent = false
  socket.write('220 test\r\n')
  socket.on('data', (chunk) => {
    unread += chunk.toString('utf8')
    for (;;) {
      const end = unread.indexOf(isContent ? '\r\n.\r\n' : '\r\n')
      if (end < 0) return
      const said = unread.slice(0, end)
      unread = unread.slice(end + (isContent ? 5 : 2))
      if (isContent) {
        isContent = false
        const messageId = /^message-id:\s*(\S+)/im.exec(said)?.[1] ?? ''
        state.received.push({ messageId, to })
        if (state.stallsFor !== to) socket.write('250 taken\r\n')
        continue
      }
      const command = said.slice(0, 4).toUpperCase()
      if (command === 'RCPT') to = /<([^>]*)>/.exec(said)?.[1] ?? ''
      if (command === 'DATA') isContent = true
      socket.write(command === 'DATA' ? '354 go on\r\n' : command === 'QUIT' ? '221 bye\r\n' : '250 ok\r\n')
      if (command === 'QUIT') socket.end()
    }
  })
}
