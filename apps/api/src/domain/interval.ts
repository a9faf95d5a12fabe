/**
 * A stretch of time from its start up to, but not including, its end. Both edges are epoch milliseconds. One whose end
 * is not after its start holds no instant at all.
 */
export interface Interval {
  readonly startAt: number
  readonly endAt: number
}

/**
 * Two stretches of time get in each other's way.
 *
 * They must share at least one instant: where one ends as the other starts, they only touch. An empty interval overlaps
 * nothing. This is the product's only overlap test; the database's twin is `bookings_no_overlap`, whose ranges are
 * half-open `[)` too.
 */
export function overlaps(a: Interval, b: Interval): boolean {
  return a.startAt < b.endAt && b.startAt < a.endAt && a.startAt < a.endAt && b.startAt < b.endAt
}

/**
 * The same time, said with the fewest stretches, in order.
 *
 * Overlapping and touching intervals become one, empty ones vanish; the answer is sorted, and between two neighbours
 * there is always a gap. Works in any order of input and leaves the input alone.
 */
export function mergeIntervals(intervals: readonly Interval[]): Interval[] {
  // Starts and ends are sorted apart, as plain numbers: a stretch is over where as many have ended as have started.
  // With ten thousand intervals this takes a fraction of the time that sorting the pairs by a comparison takes.
  let count = 0
  const starts = new Float64Array(intervals.length)
  const ends = new Float64Array(intervals.length)
  let inOrder = true
  for (const { startAt, endAt } of intervals) {
    if (endAt <= startAt) continue
    if (count > 0 && (startAt < (starts[count - 1] ?? 0) || endAt < (ends[count - 1] ?? 0))) inOrder = false
    starts[count] = startAt
    ends[count] = endAt
    count += 1
  }
  const sortedStarts = starts.subarray(0, count)
  const sortedEnds = ends.subarray(0, count)
  if (!inOrder) {
    sortedStarts.sort()
    sortedEnds.sort()
  }
  const merged: Interval[] = []
  let first = 0
  for (let i = 0; i < count; i += 1) {
    const endAt = sortedEnds[i] ?? 0
    const nextStartAt = i + 1 < count ? (sortedStarts[i + 1] ?? 0) : Number.POSITIVE_INFINITY
    if (nextStartAt > endAt) {
      merged.push({ startAt: sortedStarts[first] ?? 0, endAt })
      first = i + 1
    }
  }
  return merged
}

/**
 * What is left of some stretches of time when others are taken away.
 *
 * Both lists must be as {@link mergeIntervals} makes them (sorted, apart from each other), and so is the answer.
 */
export function subtractIntervals(from: readonly Interval[], taken: readonly Interval[]): Interval[] {
  const left: Interval[] = []
  let next = 0
  for (const piece of from) {
    let startAt = piece.startAt
    for (;;) {
      const hole = taken[next]
      if (hole === undefined || hole.startAt >= piece.endAt) break
      if (hole.startAt > startAt) left.push({ startAt, endAt: hole.startAt })
      if (hole.endAt > startAt) startAt = hole.endAt
      // A hole that reaches past this piece may cut into the next one too.
      if (hole.endAt > piece.endAt) break
      next += 1
    }
    if (startAt < piece.endAt) left.push({ startAt, endAt: piece.endAt })
  }
  return left
}

/**
 * Where in a list the first stretch lies that ends after an instant; the list's length when there is none.
 *
 * The list must be as {@link mergeIntervals} makes it. Binary search.
 */
export function firstEndingAfter(merged: readonly Interval[], instant: number): number {
  let low = 0
  let high = merged.length
  while (low < high) {
    const middle = (low + high) >>> 1
    if ((merged[middle]?.endAt ?? Number.POSITIVE_INFINITY) > instant) high = middle
    else low = middle + 1
  }
  return low
}

/**
 * A stretch of time lies wholly inside one of some others.
 *
 * The list must be as {@link mergeIntervals} makes it, so "inside several that touch" is inside one. Sharing an edge
 * counts as inside. An empty interval is inside nothing.
 */
export function containsInterval(merged: readonly Interval[], inner: Interval): boolean {
  if (inner.endAt <= inner.startAt) return false
  const outer = merged[firstEndingAfter(merged, inner.startAt)]
  return outer !== undefined && outer.startAt <= inner.startAt && inner.endAt <= outer.endAt
}
