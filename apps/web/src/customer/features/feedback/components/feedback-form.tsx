import { type FormEvent, useState } from 'react'
import { Button } from '../../../../components/customer/button.tsx'
import { TextAreaField } from '../../../../components/customer/field.tsx'
import { Notice } from '../../../../components/customer/notice.tsx'
import { StarRating } from '../../../../components/customer/star-rating.tsx'
import type { Schemas } from '../../../../lib/api.ts'
import { dateAndTimeRange } from '../../../../lib/dates.ts'
import { problemText } from '../../../../lib/problem-text.ts'
import { linkProblem } from '../../links/link-problem.ts'
import { useSubmitFeedback } from '../mutations.ts'
import { feedbackWords } from '../words.ts'
import styles from './feedback-form.module.css'

const RATING_ID = 'rating'

type FeedbackFormProps = {
  feedbackToken: string
  session: Schemas['FeedbackForm']
  onSent: () => void
  /** The link turned out to be dead while the customer was writing. */
  onDead: (error: unknown) => void
}

/** One to five stars and a comment about one session. */
export function FeedbackForm({ feedbackToken, session, onSent, onDead }: FeedbackFormProps) {
  const [rating, setRating] = useState<number | null>(null)
  const [comment, setComment] = useState('')
  const [isMissing, setIsMissing] = useState(false)
  const submitFeedback = useSubmitFeedback(feedbackToken)
  const { trainer, organization, sessionType } = session

  async function submit(event: FormEvent): Promise<void> {
    event.preventDefault()
    if (submitFeedback.isPending) return
    setIsMissing(rating === null)
    if (rating === null) {
      document.getElementById(RATING_ID)?.focus()
      return
    }
    try {
      await submitFeedback.run({ rating, ...(comment.trim() ? { comment: comment.trim() } : {}) })
      onSent()
    } catch (error) {
      if (linkProblem(error)) onDead(error)
    }
  }

  const refusal = submitFeedback.error ? problemText(submitFeedback.error) : null
  return (
    <form className={styles.form} onSubmit={submit} noValidate>
      <header className={styles.intro}>
        <h1 className={styles.title}>{feedbackWords.title(trainer.firstName)}</h1>
        <p className={styles.session}>
          {sessionType.name} · {dateAndTimeRange(session.start, session.end, session.timeZone)}
        </p>
      </header>
      <StarRating
        id={RATING_ID}
        legend={feedbackWords.rating}
        labels={feedbackWords.ratings}
        value={rating}
        error={isMissing ? feedbackWords.missingRating : undefined}
        onChange={(stars) => {
          setRating(stars)
          setIsMissing(false)
        }}
      />
      <TextAreaField
        id="comment"
        label={feedbackWords.comment}
        optionalLabel={feedbackWords.optional}
        helpText={feedbackWords.commentHelp(trainer.firstName, organization.name)}
        value={comment}
        maxLength={COMMENT_LENGTH}
        onChange={(event) => setComment(event.currentTarget.value)}
      />
      {refusal ? (
        <Notice tone="error" title={feedbackWords.notSentTitle} announce>
          <p>
            {refusal.title}. {refusal.advice}
          </p>
          <p>{feedbackWords.kept}</p>
        </Notice>
      ) : null}
      <Button type="submit" busy={submitFeedback.isPending} className={styles.send}>
        {feedbackWords.send}
      </Button>
    </form>
  )
}

/** Longest comment that is kept (the API's limit). */
const COMMENT_LENGTH = 2000
