import type { RemoteSessions } from './remote-sessions.ts'

/** No vendor is configured: making a session fails with a sentence that says so, and the booking stands. */
export const noRemoteSessions: RemoteSessions = {
  createSession: async () => {
    throw new Error('Remote sessions are not configured on this server.')
  },
  removeSession: async () => {},
}
