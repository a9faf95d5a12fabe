/**
 * The zone in which a person's wall-clock times are read: the one they chose, else that of the organization they joined
 * first, else UTC (product.md §7). `organizationTimeZones` are in the order of joining.
 */
export function personalTimeZone(chosen: string | null, organizationTimeZones: readonly string[]): string {
  return chosen ?? organizationTimeZones[0] ?? 'UTC'
}
