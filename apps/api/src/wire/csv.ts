import { pipeline, Readable } from 'node:stream'
import { stringify } from 'csv-stringify'

/** One column of a file: its heading, and what stands in it for a row. */
export interface CsvColumn<Row> {
  readonly heading: string
  readonly cell: (row: Row) => string
}

/**
 * Rows as a CSV file (RFC 4180) that spreadsheets open without harm, written as the rows come.
 *
 * It starts with a byte order mark, without which Excel reads UTF-8 as something else. A cell that a spreadsheet would
 * take for a formula (`=`, `+`, `-`, `@`, tab and return, full-width twins too) gets an apostrophe before it: names come
 * from customers.
 */
export function csvFile<Row>(columns: readonly CsvColumn<Row>[], rows: AsyncIterable<Row>): Readable {
  const lines = stringify({
    bom: true,
    record_delimiter: 'windows',
    escape_formulas: true,
    // By itself it quotes a whole line end only, and half of one ends a line for many readers.
    quoted_match: /[\r\n]/,
  })
  async function* cells(): AsyncGenerator<string[]> {
    yield columns.map(({ heading }) => heading)
    for await (const row of rows) yield columns.map(({ cell }) => cell(row))
  }
  // A failure half-way destroys `lines`, and with it the answer: a file that is cut off must not look whole.
  pipeline(Readable.from(cells()), lines, () => {})
  return lines
}
