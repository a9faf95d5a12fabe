import type { Static } from 'typebox'
import { LIVE_UPDATE_TYPES } from '../../domain/live-update.ts'
import { id, instant, integer, lineOrEmpty, named, nullable, oneOf, shape } from '../../wire/schema.ts'

export const LiveUpdate = named(
  'LiveUpdate',
  shape(
    {
      id: lineOrEmpty(40, { description: 'Send the last one as `Last-Event-ID` when reconnecting.' }),
      type: oneOf(LIVE_UPDATE_TYPES),
      occurredAt: instant(),
      requestId: nullable(id()),
      bookingId: nullable(id()),
      status: nullable(lineOrEmpty(40)),
      version: nullable(integer(1, 2_147_483_647)),
    },
    {
      description: 'The `data` of one server-sent event: ids and statuses only. Load the resource for the rest.',
      examples: [
        {
          id: '184213',
          type: 'request_removed',
          occurredAt: '2026-11-23T15:10:00.000Z',
          requestId: '01939b2c-7d3e-7a10-8f4c-2b9d6e1a5c07',
          bookingId: null,
          status: 'claimed',
          version: 3,
        },
      ],
    },
  ),
)
export type LiveUpdate = Static<typeof LiveUpdate>

export const notificationShapes = [LiveUpdate]
