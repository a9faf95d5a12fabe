import { Type } from 'typebox'
import { closed, id } from '../../wire/schema.ts'

export const ClaimBody = closed({
  trainerId: Type.Optional(
    id({ description: 'API keys only: the user id of the trainer who is to have the request.' }),
  ),
})
