import { bigint, customType, timestamp, uuid } from 'drizzle-orm/pg-core'

/** An instant, kept to the millisecond so that what JavaScript compared and what is stored are the same. */
export const instant = () => timestamp({ withTimezone: true, mode: 'date', precision: 3 })

export const id = () => uuid().primaryKey()

/** Integer minor units of the currency beside it. */
export const minorUnits = () => bigint({ mode: 'number' })

export const bytes = customType<{ data: Buffer; driverData: Buffer | Uint8Array }>({
  dataType: () => 'bytea',
  fromDriver: (value) => Buffer.from(value),
})
