import { expect, test } from 'vitest'
import { readEvents, type StreamEvent } from './live-stream.ts'

async function read(...chunks: string[]): Promise<StreamEvent[]> {
  const bytes = new TextEncoder()
  const body = new ReadableStream<Uint8Array>({
    start(controller) {
      for (const chunk of chunks) controller.enqueue(bytes.encode(chunk))
      controller.close()
    },
  })
  const events: StreamEvent[] = []
  for await (const event of readEvents(body)) events.push(event)
  return events
}

const ONE = 'id: 7\nevent: request_added\ndata: {"a":1}\n\n'

test('an event is read as it was sent', async () => {
  expect(await read(ONE)).toEqual([{ id: '7', event: 'request_added', data: '{"a":1}' }])
})

test('an event may be cut anywhere', async () => {
  for (let cut = 0; cut <= ONE.length; cut += 1) {
    expect(await read(ONE.slice(0, cut), ONE.slice(cut))).toEqual([
      { id: '7', event: 'request_added', data: '{"a":1}' },
    ])
  }
})

test('pings are no events, and an unfinished event is none yet', async () => {
  expect(await read(': ping\n\n', 'event: request_added\ndata: {}\n')).toEqual([])
})

test('data of several lines is one text, and the id stays until the next', async () => {
  expect(await read('id: 1\ndata: a\ndata: b\n\ndata: c\n\n')).toEqual([
    { id: '1', event: 'message', data: 'a\nb' },
    { id: '1', event: 'message', data: 'c' },
  ])
})
