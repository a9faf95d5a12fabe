import { type SQL, sql } from 'drizzle-orm'
import { ORGANIZATION_SETTINGS, type SettingName } from '../../domain/organization-settings.ts'

/*
 * Settings for searches over every organization at once, in which `o` is the organization. Never set, a setting is the
 * default of domain/organization-settings.ts. What the searches find is judged by domain/ afterwards, from the settings as
 * `resolveSettings` reads them.
 */

type SettingOfKind<Kind extends string> = {
  [Name in SettingName]: (typeof ORGANIZATION_SETTINGS)[Name]['kind'] extends Kind ? Name : never
}[SettingName]

/** A number; set to null, it is null, which means never. */
export function settingNumber(name: SettingOfKind<'integer'>): SQL {
  return sql`(case when o.settings ? ${name}::text then (o.settings ->> ${name}::text)::int
    else ${ORGANIZATION_SETTINGS[name].default}::int end)`
}

/** Yes or no. */
export function settingFlag(name: SettingOfKind<'boolean'>): SQL {
  return sql`coalesce((o.settings ->> ${name}::text)::boolean, ${ORGANIZATION_SETTINGS[name].default}::boolean)`
}

/** A list of numbers, each a row `value` of text. */
export function settingNumbers(name: SettingOfKind<'integer_list'>): SQL {
  return sql`jsonb_array_elements_text(case jsonb_typeof(o.settings -> ${name}::text) when 'array'
    then o.settings -> ${name}::text else ${JSON.stringify(ORGANIZATION_SETTINGS[name].default)}::jsonb end)`
}
