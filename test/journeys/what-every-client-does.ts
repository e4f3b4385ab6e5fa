import { expect, it } from 'vitest'
import type { RealClient } from './real-clients.js'

export interface Journey {
  readonly client: () => RealClient
  /** What the client heard of the server's log so far. */
  readonly logs: unknown[]
  /** The calls that the database holds, newest first. */
  readonly stored: () => Promise<{ name: string; status: string }[]>
}

/** The promises that hold for every client, revision and transport, on the bundle journey_tools. */
export function whatEveryClientDoes({ client, logs, stored }: Journey): void {
  it('learns whom it talks to', () => {
    expect(client().serverName()).toMatch(/gateway|mcp-daemon-engine/)
  })

  it('lists the tools of the bundle', async () => {
    const names = await client().toolNames()
    expect(names).toContain('echo')
    expect(names).toHaveLength(11)
  })

  it('calls a tool, which is in the database when it is answered', async () => {
    const result = await client().callTool('echo', { text: 'tea?' })
    expect(result.content).toEqual([{ type: 'text', text: 'tea?' }])
    expect((await stored())[0]).toMatchObject({ name: 'echo', status: 'completed' })
  })

  it('follows the progress of a call', async () => {
    const seen: number[] = []
    await client().callTool('steps', {}, ({ progress }) => seen.push(progress))
    expect(seen).toEqual([1, 2, 3])
  })

  it('hears logs only in the revisions where it need not ask for them', async () => {
    logs.length = 0
    await client().callTool('steps', {}, () => undefined)
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
}
