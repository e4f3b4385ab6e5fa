import { expect, it } from 'vitest'
import type { Notice, RealClient } from './real-clients.js'

export interface Journey {
  readonly client: () => RealClient
  /** What the client heard of the server's log so far. */
  readonly logs: unknown[]
  /** The calls that the database holds, newest first. */
  readonly stored: () => Promise<{ name: string; status: string }[]>
}

/** @returns what takes a client's notices, and puts the data of each log message into `logs` */
export function createLogReader(logs: unknown[]): (notice: Notice) => void {
  return ({ method, params }) => {
    if (method === 'notifications/message') logs.push(params?.['data'])
  }
}

/** The promises that hold for every client, revision and transport, on the bundle journey_tools. */
export function whatEveryClientDoes({ client, logs, stored }: Journey): void {
  it('learns whom it talks to', () => {
    expect(client().serverName()).toMatch(/gateway|mcp-daemon-engine/)
  })

  it('lists the tools of the bundle', async () => {
    const names = await client().toolNames()
    expect(names).toContain('echo')
    expect(names).toHaveLength(18)
  })

  it('calls a tool, which is in the database when it is answered', async () => {
    const result = await client().callTool('echo', { text: 'tea?' })
    expect(result.content).toEqual([{ type: 'text', text: 'tea?' }])
    expect((await stored())[0]).toMatchObject({ name: 'echo', status: 'completed' })
  })

  it('follows the progress of a call', async () => {
    const seen: number[] = []
    await client().callTool('steps', {}, { onProgress: ({ progress }) => seen.push(progress) })
    expect(seen).toEqual([1, 2, 3])
  })

  it('hears logs only in the revisions where it need not ask for them', async () => {
    logs.length = 0
    await client().callTool('steps')
    expect(logs).toEqual(client().era === 'legacy' ? [{ step: 1 }, { step: 2 }, { step: 3 }] : [])
  })

  it('reads what went wrong in a tool', async () => {
    const result = await client().callTool('fail', {})
    expect(result).toMatchObject({ isError: true, content: [{ text: 'the kettle is empty' }] })
    expect((await stored())[0]).toMatchObject({ name: 'fail', status: 'failed' })
  })

  it('reads which argument is wrong', async () => {
    const result = await client().callTool('echo', { text: 4 })
    expect(result).toMatchObject({ isError: true })
    expect(JSON.stringify(result.content)).toContain('arguments/text')
  })

  it('is refused a tool that is not there', async () => {
    await expect(client().callTool('nope', {})).rejects.toThrow('Unknown tool: nope')
  })

  it('reads a resource and one behind a template', async () => {
    expect(await client().readText('journey://static')).toMatchObject({ text: 'hello' })
    expect(await client().readText('journey://items/7')).toMatchObject({
      text: expect.stringContaining('"7"'),
    })
  })

  it('gets a prompt', async () => {
    expect(await client().promptText('greet', { name: 'Ann' })).toMatchObject({
      text: 'Greet Ann in a kind tone',
    })
  })

  it('is helped to complete the argument of a prompt, in the light of the others', async () => {
    const ref = { type: 'ref/prompt', name: 'greet' } as const
    const argument = { name: 'tone', value: '' }
    expect(await client().complete({ ref, argument })).toMatchObject({
      values: ['kind', 'stern'],
    })
    const context = { arguments: { name: 'Ada' } }
    expect(await client().complete({ ref, argument, context })).toMatchObject({
      values: ['admiring', 'kind', 'stern'],
    })
  })

  it('is helped to complete the URI of a template, with a hundred of what there is', async () => {
    const ref = { type: 'ref/resource', uri: 'journey://items/{id}' } as const
    const few = await client().complete({ ref, argument: { name: 'id', value: '29' } })
    expect(few).toMatchObject({ values: ['29', ...Array.from({ length: 10 }, (_, n) => `29${n}`)] })
    const many = await client().complete({ ref, argument: { name: 'id', value: '' } })
    expect(many).toMatchObject({ values: { length: 100 }, total: 300, hasMore: true })
  })
}
