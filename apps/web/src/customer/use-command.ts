import { useCallback, useEffect, useRef, useState } from 'react'

type CommandState<Input, Output> = {
  input: Input | undefined
  data: Output | undefined
  error: unknown
  isPending: boolean
}

/**
 * Sends a command and remembers how it went. It is never repeated by itself, online or not: a hold or a payment must
 * not start minutes later, when the customer has long gone elsewhere.
 */
export function useCommand<Input, Output>(send: (input: Input) => Promise<Output>) {
  const [state, setState] = useState<CommandState<Input, Output>>({
    input: undefined,
    data: undefined,
    error: null,
    isPending: false,
  })
  const latest = useRef(send)
  useEffect(() => {
    latest.current = send
  })
  const run = useCallback(async (input: Input): Promise<Output> => {
    setState({ input, data: undefined, error: null, isPending: true })
    try {
      const data = await latest.current(input)
      setState({ input, data, error: null, isPending: false })
      return data
    } catch (error) {
      setState({ input, data: undefined, error, isPending: false })
      throw error
    }
  }, [])
  const reset = useCallback(() => {
    setState({ input: undefined, data: undefined, error: null, isPending: false })
  }, [])
  return { ...state, run, reset }
}
