import { readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it, onTestFinished } from 'vitest'
import { startTestGateway, type TestGateway } from '../support/gateway.js'
import { type Child, mcpDaemon, run } from '../support/product.js'
import { freshFolder, TIMEOUT_MS } from './fresh-product.js'
import { type Connect, realClients } from './real-clients.js'

let gateway: TestGateway
beforeAll(async () => {
  gateway = await startTestGateway()
})
afterAll(() => gateway.stop())

/** Types a command; its folder is the one that it is given. */
async function type(env: Record<string, string>, ...args: string[]) {
  const child = run([...mcpDaemon, ...args], env)
  const { exitCode } = await child.ended
  return { exitCode, stdout: child.stdout(), stderr: child.stderr() }
}

async function develop(folder: string, env: Record<string, string>) {
  const child = run([...mcpDaemon, 'dev', folder], { PORT: '0', ...env })
  onTestFinished(async () => void (await child.stop()))
  const [, url = '', token = ''] = await child.until(
    /listens on (\S+)\n[^]*shown this once: (\S+)\n[^]*Call a tool:\n.*\n.*\n.*\n.* -d '.*'\n/,
  )
  return { child, url: new URL('/default/mcp', url).href, token }
}

/** Of what is said on standard error: it comes when it comes. */
const said = (child: Child) => expect.poll(() => child.stderr(), { timeout: 30_000 })

/** A client that has been told, or not yet, that the tools have changed. */
async function listen(connect: Connect, server: { url: string; token: string }) {
  const heard: string[] = []
  const client = await connect(server, { onNotice: ({ method }) => heard.push(method) })
  onTestFinished(() => client.close())
  await client.watch([])
  return { client, heard }
}

async function edit(file: string, from: string, to: string): Promise<void> {
  const text = await readFile(file, 'utf8')
  if (!text.includes(from)) throw new Error(`${file} does not hold ${from}`)
  await writeFile(file, text.replace(from, to))
}

const SECOND_TOOL = `tools: {
    wave: {
      description: 'Waves',
      inputSchema: { type: 'object' },
      handler: () => 'o/',
    },`

describe.each([
  ['JavaScript', [], 'index.js', 'acme'],
  ['TypeScript', ['--ts'], 'index.ts', 'globex'],
])('an author who writes %s', { timeout: TIMEOUT_MS }, (_language, flags, code, endpointId) => {
  it('gets from an empty folder to a tool that every agent can call', async () => {
    const DATA_DIR = await freshFolder()
    const folder = join(await freshFolder(), 'hello')
    expect(await type({}, 'bundle', 'init', folder, ...flags)).toMatchObject({ exitCode: 0 })
    await edit(join(folder, code), "en: 'Hello'", "en: 'Good day'")

    const { child, ...server } = await develop(folder, { DATA_DIR })
    const [, , connect] = realClients[2]
    const { client, heard } = await listen(connect, server)
    const hello = () => client.callTool('hello', { name: 'Ann' })
    expect(await hello()).toMatchObject({ content: [{ text: 'Good day, Ann!' }] })
    expect(await client.readText('greeting://it')).toMatchObject({ text: 'Ciao' })
    expect(await client.promptText('introduce', { name: 'Ann' })).toMatchObject({
      text: 'Introduce Ann in two sentences, in a friendly tone.',
    })
    const ref = { type: 'ref/resource', uri: 'greeting://{language}' } as const
    expect(
      await client.complete({ ref, argument: { name: 'language', value: 'e' } }),
    ).toMatchObject({ values: ['en', 'es'] })

    // Saved, and heard.
    await edit(join(folder, code), 'tools: {', SECOND_TOOL)
    await edit(join(folder, code), "en: 'Good day'", "en: 'Hi'")
    await expect
      .poll(() => heard, { timeout: 30_000 })
      .toContain('notifications/tools/list_changed')
    expect(await client.toolNames()).toEqual(['hello', 'wave'])
    await expect.poll(hello).toMatchObject({ content: [{ text: 'Hi, Ann!' }] })

    // Broken: what was served is served on, and the terminal says where.
    await edit(join(folder, code), "en: 'Hi'", "en: 'Hi")
    await said(child).toMatch(new RegExp(`served on:\n- ${code.replace('.', '\\.')}:\\d+:\\d+: `))
    expect(await hello()).toMatchObject({ content: [{ text: 'Hi, Ann!' }] })

    // Throws: the agent gets the message, the author the line.
    await edit(join(folder, code), "en: 'Hi", "en: 'Hi'")
    await edit(
      join(folder, code),
      "handler: () => 'o/'",
      "handler: () => { throw new Error('no hands') }",
    )
    await expect
      .poll(() => client.callTool('wave'), { timeout: 30_000 })
      .toEqual(
        expect.objectContaining({ isError: true, content: [{ type: 'text', text: 'no hands' }] }),
      )
    await said(child).toContain(`${join(folder, code)}:`)
    await edit(join(folder, code), "{ throw new Error('no hands') }", "'o/'")

    child.send('SIGINT')
    expect(await child.ended).toEqual({ exitCode: 0, signal: null })
  })

  it('builds the same bytes wherever it is, and pushes what runs', async () => {
    const [one, other] = [await freshFolder(), await freshFolder()]
    const build = async (place: string) => {
      await type({}, 'bundle', 'init', join(place, 'hello'), ...flags)
      const zip = join(place, 'built.zip')
      // The package file says where this machine keeps the product; it is not part of a bundle.
      const built = await type({}, 'bundle', 'build', join(place, 'hello'), '--out', zip)
      expect(built).toMatchObject({ exitCode: 0, stderr: '' })
      return { zip, hash: /SHA-256 (\w+)\n$/.exec(built.stdout)?.[1] }
    }
    const places = [one, join(other, 'deeper', 'still')] as const
    const [first, second] = await Promise.all([build(places[0]), build(places[1])])
    expect(second.hash).toBe(first.hash)
    expect((await readFile(second.zip)).equals(await readFile(first.zip))).toBe(true)

    const env = { DATA_DIR: gateway.dataFolder }
    const push = (what: string) => type(env, 'bundle', 'push', what, '--endpoint', endpointId)
    expect((await push(first.zip)).stdout).toMatch(
      new RegExp(`^hello [0-9a-f]{12} activated at endpoint ${endpointId}: 1 tool, 1 res`),
    )
    const again = await push(join(one, 'hello'))
    expect(again.stdout).toContain(` unchanged at endpoint ${endpointId}`)
    const token = await gateway.tokenFor('ann', endpointId)
    const server = { url: `${gateway.url}/${endpointId}/mcp`, token }
    for (const [, , connect] of realClients) {
      const client = await connect(server)
      const hello = () => client.callTool('hello', { name: 'Ann', times: 2 })
      await expect
        .poll(hello, { timeout: 30_000 })
        .toMatchObject({ content: [{ text: 'Hello, Ann! Hello, Ann!' }] })
      await client.close()
    }
  })
})
