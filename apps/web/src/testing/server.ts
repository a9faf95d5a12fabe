import { setupServer } from 'msw/node'

/** The stand-in for the API. Each test says what it answers; a call that no test foresaw fails it. */
export const server = setupServer()
