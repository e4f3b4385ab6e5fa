import { mkdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { expect, it } from 'vitest'
import { createFolder, createServedFolder } from './local-folder.js'
import { openTerminal } from './program.js'

/** A bundle of one tool, on disk; the greeting makes it another version. */
async function writeGreeter(greeting: string, packageName = 'greeter'): Promise<string> {
  const folder = await createFolder()
  const where = { module_name: packageName, class_name: 'Greeter' }
  const name = `greet_${packageName}`
  const manifest = {
    tools: [{ name, description: 'Greets', inputSchema: { type: 'object' } }],
    module_links: [{ type: 'tool', name, function_name: 'greet', ...where }],
    modules: [{ package_name: packageName, ...where, setting: { secret: '${SECRET}' } }],
  }
  await mkdir(join(folder, packageName))
  await writeFile(join(folder, 'mcp_configuration.json'), JSON.stringify(manifest))
  const code = `export class Greeter { constructor(s) { this.s = s } greet() { return \`${greeting} \${this.s.secret}\` } }`
  await writeFile(join(folder, packageName, 'index.js'), code)
  return folder
}

const env = async () => ({ DATA_DIR: await createServedFolder(), MCP_VAR_SECRET: 'swordfish' })

type Env = Awaited<ReturnType<typeof env>>

const bundle = (given: Record<string, string>, ...args: string[]) =>
  openTerminal(given).run('bundle', ...args)

/** Pushes a version and says by which short hash it goes. */
async function push(given: Env, greeting: string, ...args: string[]): Promise<string> {
  const { stdout, stderr } = await bundle(given, 'push', await writeGreeter(greeting), ...args)
  const [, hash] = /^greeter ([0-9a-f]{12}) activated/.exec(stdout) ?? []
  if (hash === undefined) throw new Error(stdout + stderr)
  return hash
}

async function greeted(given: Env): Promise<unknown> {
  const { DATA_DIR } = given
  const call = { jsonrpc: '2.0', id: 1, method: 'tools/call', params: { name: 'greet_greeter' } }
  // A process of its own, without the variables: what was sealed at the push opens here too.
  const sidecar = openTerminal({ DATA_DIR, EXECUTOR: 'inline' })
  sidecar.stdin.end(`${JSON.stringify(call)}\n`)
  const { stdout } = await sidecar.run('start', '--stdio')
  return JSON.parse(stdout).result.content[0].text
}

it('versions are listed, promoted by their first characters, and rolled back', async () => {
  const given = await env()
  const [one, two] = [await push(given, 'Hello'), await push(given, 'Goodbye')]
  const listed = await bundle(given, 'list')
  expect(listed).toMatchObject({ exitCode: 0, stderr: '' })
  expect(listed.stdout).toMatch(
    new RegExp(`^greeter ${two} active, revision 2, 20\\S+Z by cli\ngreeter ${one} before\n$`),
  )
  expect(await bundle(given, 'promote', 'greeter', one.slice(0, 8).toUpperCase())).toEqual({
    exitCode: 0,
    stdout: `greeter ${one} activated at endpoint default: 1 tool, 0 resources, 0 prompts\n`,
    stderr: '',
  })
  expect(await greeted(given)).toBe('Hello swordfish')
  expect((await bundle(given, 'promote', 'greeter', one)).stdout).toContain('unchanged')
  const back = await bundle(given, 'rollback', 'greeter')
  expect(back.stdout).toContain(`greeter ${two} activated at endpoint default`)
  expect(await greeted(given)).toBe('Goodbye swordfish')
})

it('each endpoint has versions of its own', async () => {
  const given = await env()
  const one = await push(given, 'Hello')
  await push(given, 'Hello', '--endpoint', 'acme')
  await push(given, 'Goodbye', '--endpoint', 'acme')
  expect((await bundle(given, 'list')).stdout).toMatch(/^greeter \S+ active.*\n$/)
  expect((await bundle(given, 'list', '--endpoint', 'nobody')).stdout).toBe(
    'no package at endpoint nobody\n',
  )
  const elsewhere = await bundle(given, 'promote', 'greeter', one, '--endpoint', 'nobody')
  expect(elsewhere).toMatchObject({ exitCode: 1, stdout: '' })
  expect(elsewhere.stderr).toContain(`Version ${one} of package "greeter" is not known`)
})

it('a list is of one package where one is named', async () => {
  const given = await env()
  await push(given, 'Hello')
  await bundle(given, 'push', await writeGreeter('Moin', 'other'))
  expect((await bundle(given, 'list')).stdout.split('\n')).toHaveLength(3)
  expect((await bundle(given, 'list', 'other')).stdout).toMatch(/^other \S+ active.*\n$/)
  expect((await bundle(given, 'list', 'none')).stdout).toBe('no package none at endpoint default\n')
})

it.each([
  [['promote', 'greeter'], 2, /expected PACKAGE and VERSION/],
  [['promote'], 2, /expected PACKAGE and VERSION/],
  [['rollback'], 2, /expected one PACKAGE/],
  [['list', 'a', 'b'], 2, /at most one PACKAGE/],
  [['list', '--endpoint', '../x'], 2, /--endpoint/],
  [['promote', 'greeter', 'abc'], 1, /8 or more/],
  [['rollback', 'greeter'], 1, /no earlier version/],
])('what cannot be done is told in a few words: %j', async (args, exitCode, said) => {
  const outcome = await bundle(await env(), ...args)
  expect(outcome).toMatchObject({ exitCode, stdout: '', stderr: expect.stringMatching(said) })
  expect(outcome.stderr).not.toMatch(/^ +at /m)
})

it('in AWS nothing is sealed or opened without a key: the command says which setting is missing', async () => {
  const aws = { AWS_REGION: 'eu-central-1', FUNCT_BUCKET_NAME: 'bundles' }
  expect(await bundle({ ...aws, DATA_DIR: await createFolder() }, 'list')).toMatchObject({
    exitCode: 1,
    stdout: '',
    stderr: expect.stringContaining('SETTINGS_KEYS or JWT_SECRET_KEY is needed with AWS'),
  })
})
