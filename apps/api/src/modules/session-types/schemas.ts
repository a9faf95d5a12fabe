import { type Static, Type } from 'typebox'
import { DELIVERY_METHODS } from '../../domain/delivery.ts'
import { pageOf, pageQuery } from '../../wire/page.ts'
import { closed, id, integer, lineOrEmpty, listOf, named, oneOf, prose, ref, shape } from '../../wire/schema.ts'

/** A length that can be booked. */
export const SessionDuration = shape({ durationMinutes: integer(5, 480, { examples: [60] }) })

/** The session type of a request, with the lengths that the customer may choose. */
export const RequestSessionType = shape({
  id: id(),
  name: lineOrEmpty(120),
  durations: listOf(SessionDuration, 20),
})

export const SessionTypeName = shape({ id: id(), name: lineOrEmpty(120) })

const SESSION_TYPE_STATUSES = ['active', 'archived'] as const

export const SessionType = named(
  'SessionType',
  shape(
    {
      id: id(),
      name: lineOrEmpty(120),
      description: prose(2000),
      durationsMinutes: listOf(integer(5, 480), 20, {
        description: 'The lengths that it lists, the shortest first.',
      }),
      deliveryMethod: oneOf(DELIVERY_METHODS),
      status: oneOf(SESSION_TYPE_STATUSES, { description: 'An archived one is sold no more.' }),
    },
    {
      description: 'What the organization sells.',
      examples: [
        {
          id: '01939b2c-0000-7000-8000-000000000010',
          name: 'One-to-one help',
          description: '',
          durationsMinutes: [30, 60],
          deliveryMethod: 'zoho_assist',
          status: 'active',
        },
      ],
    },
  ),
)
export type SessionType = Static<typeof SessionType>

export const ListSessionTypesQuery = closed({
  status: Type.Optional(oneOf(SESSION_TYPE_STATUSES)),
  ...pageQuery,
})
export const SessionTypePage = pageOf(ref(SessionType), 'Session types, oldest first.')

export const sessionTypeShapes = [SessionType]
