import { id, integer, lineOrEmpty, listOf, shape } from '../../wire/schema.ts'

/** A length that can be booked. */
export const SessionDuration = shape({ durationMinutes: integer(5, 480, { examples: [60] }) })

/** The session type of a request, with the lengths that the customer may choose. */
export const RequestSessionType = shape({
  id: id(),
  name: lineOrEmpty(120),
  durations: listOf(SessionDuration, 20),
})

export const SessionTypeName = shape({ id: id(), name: lineOrEmpty(120) })
