import { SkeletonBlock } from '../../../../components/customer/skeleton.tsx'
import { schedulingWords } from '../words.ts'

const TIMES = [{ width: '50%' }, { height: 44 }, { height: 44 }]
const DAYS_AND_TIMES = [{ width: '40%' }, { height: 68 }, { width: '60%' }, ...TIMES]

/** The shape of the days and their times, while they are on their way. */
export function PickerSkeleton() {
  return <SkeletonBlock label={schedulingWords.loadingTimes} bars={DAYS_AND_TIMES} />
}

/** The shape of one day's times, while they are on their way. */
export function TimesSkeleton() {
  return <SkeletonBlock label={schedulingWords.loadingTimes} bars={TIMES} />
}
