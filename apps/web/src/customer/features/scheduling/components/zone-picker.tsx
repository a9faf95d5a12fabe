import { useId, useState } from 'react'
import { Announcer } from '../../../../components/customer/announcer.tsx'
import { Button } from '../../../../components/customer/button.tsx'
import { GlobeIcon } from '../../../../components/customer/icons.tsx'
import { timeZones, utcOffset, zoneName } from '../../../../lib/dates.ts'
import { schedulingWords } from '../words.ts'
import styles from './zone-picker.module.css'

type ZonePickerProps = { timeZone: string; onChange: (timeZone: string) => void }

/** Says in which zone the times are, and lets the customer change it. The list is made only when it is asked for. */
export function ZonePicker({ timeZone, onChange }: ZonePickerProps) {
  const [isOpen, setIsOpen] = useState(false)
  const [announcement, setAnnouncement] = useState('')
  const selectId = useId()
  return (
    <div className={styles.zone}>
      <span className={styles.name}>
        <GlobeIcon className={styles.icon} />
        {schedulingWords.zone(zoneName(timeZone))}
      </span>
      {isOpen ? (
        <span className={styles.choice}>
          <label htmlFor={selectId} className="visually-hidden">
            {schedulingWords.zoneLabel}
          </label>
          <select
            id={selectId}
            className={styles.select}
            value={timeZone}
            // The customer has just asked for this list with the button that it replaces.
            // biome-ignore lint/a11y/noAutofocus: without it the focus falls back to the top of the page
            autoFocus
            onChange={(event) => {
              onChange(event.currentTarget.value)
              setAnnouncement(schedulingWords.zoneChanged(zoneName(event.currentTarget.value)))
            }}
          >
            {zoneRegions(timeZone).map(({ region, zones }) => (
              <optgroup key={region} label={region}>
                {zones.map((zone) => (
                  <option key={zone} value={zone}>
                    {`${cityOf(zone)} (${utcOffset(zone)})`}
                  </option>
                ))}
              </optgroup>
            ))}
          </select>
        </span>
      ) : (
        <Button variant="plain" className={styles.change} onClick={() => setIsOpen(true)}>
          {schedulingWords.change} <span className="visually-hidden">{schedulingWords.changeWhat}</span>
        </Button>
      )}
      <Announcer message={announcement} />
    </div>
  )
}

function cityOf(zone: string): string {
  return zone
    .slice(zone.indexOf('/') + 1)
    .replaceAll('_', ' ')
    .replaceAll('/', ', ')
}

/** All zones under their part of the world; the current one is among them even under an old name. */
function zoneRegions(current: string): { region: string; zones: string[] }[] {
  const regions = new Map<string, string[]>()
  for (const zone of [...new Set([...timeZones(), current])].sort()) {
    const region = zone.includes('/') ? zone.slice(0, zone.indexOf('/')) : 'UTC'
    regions.set(region, [...(regions.get(region) ?? []), zone])
  }
  return [...regions].map(([region, zones]) => ({ region, zones }))
}
