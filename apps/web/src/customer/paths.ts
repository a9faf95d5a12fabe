/** The few addresses that customers reach, as what they name. */
export type CustomerPath =
  | { page: 'form'; organizationSlug: string; formSlug: string; embedded: boolean }
  | { page: 'booking'; schedulingToken: string }
  | { page: 'bookingReturn'; returnToken: string }
  | { page: 'feedback'; feedbackToken: string }
  | { page: 'unknown' }

/**
 * Reads a customer address.
 * The secrets in it go on to the API in the Authorization header only, never into another address.
 */
export function parseCustomerPath(pathname: string): CustomerPath {
  const [first, second, third, ...rest] = pathname.split('/').filter(Boolean).map(decodeSegment)
  if (rest.length > 0 || !second) return { page: 'unknown' }
  if ((first === 'f' || first === 'embed') && third) {
    return { page: 'form', organizationSlug: second, formSlug: third, embedded: first === 'embed' }
  }
  if (first === 'book' && second === 'return' && third) return { page: 'bookingReturn', returnToken: third }
  if (third) return { page: 'unknown' }
  if (first === 'book') return { page: 'booking', schedulingToken: second }
  if (first === 'feedback') return { page: 'feedback', feedbackToken: second }
  return { page: 'unknown' }
}

function decodeSegment(segment: string): string {
  try {
    return decodeURIComponent(segment)
  } catch {
    // A broken escape is no secret of ours; as it stands it will simply not be found.
    return segment
  }
}
