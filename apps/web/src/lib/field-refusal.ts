import { ApiProblem } from './problem.ts'

/** What the API said about one field of what was sent; undefined when it refused for another reason, or not at all. */
export function fieldRefusal(error: unknown, field: string): string | undefined {
  return error instanceof ApiProblem
    ? error.fieldErrors.find(({ pointer }) => pointer === `/${field}`)?.message
    : undefined
}
