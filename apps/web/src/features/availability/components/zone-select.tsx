import { Select } from '@mantine/core'
import '@mantine/core/styles/CloseButton.css'
import '@mantine/core/styles/Combobox.css'
import '@mantine/core/styles/Popover.css'
import '@mantine/core/styles/ScrollArea.css'
import { useMemo } from 'react'
import { timeZones, utcOffset } from '../../../lib/dates.ts'

/** Any time zone there is, found by typing. */
export function ZoneSelect({
  label,
  value,
  onChange,
}: {
  label: string
  value: string
  onChange: (timeZone: string) => void
}) {
  const zones = useMemo(
    () =>
      [...new Set([value, ...timeZones()])].map((zone) => ({
        value: zone,
        label: `${zone.replaceAll('_', ' ')} (${utcOffset(zone)})`,
      })),
    [value],
  )
  return (
    <Select
      label={label}
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
