import { text } from 'node:stream/consumers'
import { expect, test } from 'vitest'
import { type CsvColumn, csvFile } from './csv.ts'

const COLUMNS: CsvColumn<{ name: string; amount: string }>[] = [
  { heading: 'Name', cell: ({ name }) => name },
  { heading: 'Amount', cell: ({ amount }) => amount },
]

async function* rows(...names: string[]) {
  for (const name of names) yield { name, amount: '75.00' }
}

test('a file starts with its mark and its headings, also when nothing is in it', async () => {
  expect(await text(csvFile(COLUMNS, rows()))).toBe('Name,Amount\r\n')
  const bytes: Buffer[] = []
  for await (const chunk of csvFile(COLUMNS, rows())) bytes.push(Buffer.from(chunk))
  expect(Buffer.concat(bytes).subarray(0, 3)).toEqual(Buffer.from([0xef, 0xbb, 0xbf]))
})

test('quotes, commas and line breaks stay inside their cell; letters of any script are kept', async () => {
  expect(await text(csvFile(COLUMNS, rows('Zoë "Z", 李小龍', 'two\nlines')))).toBe(
    'Name,Amount\r\n"Zoë ""Z"", 李小龍",75.00\r\n"two\nlines",75.00\r\n',
  )
})

test.each(['=1+1', '+1', '-1', '@SUM(A1)', '\t=1', '\r=1', '＝1'])(
  '%j is no formula in a spreadsheet',
  async (name) => {
    const line = (await text(csvFile(COLUMNS, rows(name)))).slice('Name,Amount\r\n'.length)
    expect(line.startsWith(`'${name}`) || line.startsWith(`"'${name}`)).toBe(true)
  },
)

test('a file whose rows fail half-way is cut off with an error, never ended as if it were whole', async () => {
  async function* failing() {
    yield { name: 'first', amount: '1' }
    throw new Error('the database went away')
  }
  await expect(text(csvFile(COLUMNS, failing()))).rejects.toThrow('the database went away')
})
