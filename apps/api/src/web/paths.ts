/** First path segments of the customer's pages, which have a shell of their own (architecture.md §4). */
export const CUSTOMER_SEGMENTS = ['book', 'manage', 'feedback', 'f', 'embed'] as const

/** First path segments whose next segment is a secret; no log line may carry it. */
const SECRET_SEGMENTS = ['book', 'manage', 'feedback', 'test-checkout', 'test-session'] as const

/** First path segments that the API answers: an unknown path under them is a problem, never the web app. */
const API_SEGMENTS = ['v1', 'docs', 'inbox', 'healthz', 'readyz', 'metrics', 'test-checkout', 'test-session'] as const

function firstSegment(path: string): string {
  return path.split('/', 2)[1] ?? ''
}

/** Which shell a page's path opens. */
export function shellOf(path: string): 'customer' | 'staff' {
  return (CUSTOMER_SEGMENTS as readonly string[]).includes(firstSegment(path)) ? 'customer' : 'staff'
}

/** Whether the API answers this path, found or not. */
export function isApiPath(path: string): boolean {
  return (API_SEGMENTS as readonly string[]).includes(firstSegment(path))
}

/**
 * The path as a log may show it: without its query, and with `[link]` in place of every secret, so that a log line opens
 * nothing (product.md §6).
 */
export function loggablePath(url: string): string {
  const path = url.split(/[?#]/, 1)[0] ?? ''
  if (!(SECRET_SEGMENTS as readonly string[]).includes(firstSegment(path))) return path
  const [, first, second, third] = path.split('/')
  if (first === 'book' && second === 'return') return third === undefined ? path : '/book/return/[link]'
  return second === undefined ? path : `/${first}/[link]`
}
