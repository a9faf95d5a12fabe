import type { ReactNode } from 'react'
import styles from './row-table.module.css'

/**
 * A table where there is room for its columns, else a list of cards. The roles are said outright, because a table that is
 * laid out otherwise loses them in some browsers.
 */
export function RowTable({
  label,
  columns,
  wide = false,
  children,
}: {
  label: string
  columns: string[]
  /** Has so many columns that it becomes cards earlier. */
  wide?: boolean
  children: ReactNode
}) {
  return (
    <div className={styles.frame} data-wide={wide || undefined}>
      {/* biome-ignore lint/a11y/noRedundantRoles: laid out as cards, the element alone is no table any more */}
      <table className={styles.table} role="table" aria-label={label}>
        {/* biome-ignore lint/a11y/noRedundantRoles: as above */}
        <thead className={styles.head} role="rowgroup">
          {/* biome-ignore lint/a11y/noRedundantRoles: as above */}
          <tr role="row">
            {columns.map((column) => (
              // biome-ignore lint/a11y/noRedundantRoles: as above
              <th key={column} scope="col" role="columnheader">
                {column === 'Actions' ? <span className="visually-hidden">{column}</span> : column}
              </th>
            ))}
          </tr>
        </thead>
        {children}
      </table>
    </div>
  )
}

/** Rows that belong together, under a heading of their own when one is given. */
export function RowGroup({ heading, span, children }: { heading?: string; span?: number; children: ReactNode }) {
  return (
    // biome-ignore lint/a11y/noRedundantRoles: see RowTable
    <tbody className={styles.group} role="rowgroup">
      {heading !== undefined && (
        // biome-ignore lint/a11y/noRedundantRoles: see RowTable
        <tr className={styles.groupHeading} role="row">
          {/* biome-ignore lint/a11y/noRedundantRoles: see RowTable */}
          {/* biome-ignore lint/a11y/useSemanticElements: it heads a group of rows, which no role but this one says */}
          <th colSpan={span} scope="rowgroup" role="rowheader">
            {heading}
          </th>
        </tr>
      )}
      {children}
    </tbody>
  )
}

export function Row({
  children,
  emphasis = false,
  leaving = false,
}: {
  children: ReactNode
  /** Stands out: the one that comes next. */
  emphasis?: boolean
  /** On its way out. */
  leaving?: boolean
}) {
  return (
    // biome-ignore lint/a11y/noRedundantRoles: see RowTable
    <tr className={styles.row} role="row" data-emphasis={emphasis || undefined} data-leaving={leaving || undefined}>
      {children}
    </tr>
  )
}

/** One cell. `label` names it on a card; without one it stands for itself. */
export function Cell({
  label,
  kind = 'plain',
  children,
}: {
  label?: string
  /** A `detail` is left out on a phone. */
  kind?: 'plain' | 'lead' | 'detail' | 'actions'
  children: ReactNode
}) {
  return (
    // biome-ignore lint/a11y/noRedundantRoles: see RowTable
    <td className={styles.cell} role="cell" data-label={label} data-kind={kind}>
      <div className={styles.content}>{children}</div>
    </td>
  )
}
