import { Select } from '@mantine/core'
import '@mantine/core/styles/CloseButton.css'
import '@mantine/core/styles/Combobox.css'
import '@mantine/core/styles/Popover.css'
import '@mantine/core/styles/ScrollArea.css'
import { useMemo } from 'react'
import { timeZones, utcOffset } from '../lib/dates.ts'

/** Any time zone there is, found by typing. `first` heads the list, and is in it whether or not the browser names it. */
export function ZoneSelect({
  label,
  description,
  first,
  value,
  onChange,
}: {
  label: string
  description?: string
  first: string
  value: string
  onChange: (timeZone: string) => void
}) {
  const zones = useMemo(
    () =>
      [...new Set([first, ...timeZones()])].map((zone) => ({
        value: zone,
        label: `${zone.replaceAll('_', ' ')} (${utcOffset(zone)})`,
      })),
    [first],
  )
  return (
    <Select
      label={label}
      description={description}
      searchable
      comboboxProps={{ withinPortal: false }}
      allowDeselect={false}
      maxDropdownHeight={280}
      limit={60}
      nothingFoundMessage="No such zone"
      value={value}
      onChange={(zone) => {
        if (zone !== null) onChange(zone)
      }}
      data={zones}
    />
  )
}
