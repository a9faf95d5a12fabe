import { v7 } from 'uuid'

/** Where new row ids come from: UUIDv7, so that they sort by time of making. */
export interface Ids {
  next(): string
}

export const uuidV7Ids: Ids = { next: () => v7() }
