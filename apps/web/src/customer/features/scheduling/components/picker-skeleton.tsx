import { SkeletonBlock } from '../../../../components/customer/skeleton.tsx'
import { schedulingWords } from '../words.ts'

// As high as the lengths beside each other on a phone: what comes below stays where it is.
const LENGTHS = [{ width: '30%', height: 20 }, { height: 63 }]
const TIMES = [{ width: '50%' }, { height: 44 }, { height: 44 }]
const DAYS_AND_TIMES = [{ width: '40%' }, { height: 68 }, { width: '60%' }, ...TIMES]

/** The shape of the lengths to choose from. Says nothing: the days and times below it do. */
export function LengthsSkeleton() {
  return <SkeletonBlock label="" bars={LENGTHS} />
}

/** The shape of the days and their times, while they are on their way. */
export function PickerSkeleton() {
  return <SkeletonBlock label={schedulingWords.loadingTimes} bars={DAYS_AND_TIMES} />
}

/** The shape of one day's times, while they are on their way. */
export function TimesSkeleton() {
  return <SkeletonBlock label={schedulingWords.loadingTimes} bars={TIMES} />
}
