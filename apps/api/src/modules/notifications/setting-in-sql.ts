import { type SQL, sql } from 'drizzle-orm'
import type { SettingName } from '../../domain/organization-settings.ts'

/*
 * For searches over every organization at once, in which `r` is a request and `o` its organization. What they find is
 * judged by domain/ afterwards, from the settings as `resolveSettings` reads them.
 */

/** A number among an organization's settings: never set, it is the default; set to null, it is null, which means never. */
export function settingNumber(name: SettingName, fallback: number | null): SQL {
  return sql`(case when o.settings ? ${name}::text then (o.settings ->> ${name}::text)::int else ${fallback}::int end)`
}

/** Since when anybody eligible could have claimed the request. */
export const openSinceOfRequest: SQL = sql`(
  select max(h.at) from training_request_history h
  where h.organization_id = r.organization_id and h.training_request_id = r.id
    and h.occasion in ('submitted', 'trainers_notified', 'released', 'taken_back'))`
