/** Folders as authors have them, and a workbench with a real sandbox to build them. */
import { mkdir, mkdtemp, realpath, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { onTestFinished } from 'vitest'
import { readArchive } from '../../src/bundles/archive.js'
import { DEFAULT_ARCHIVE_LIMITS } from '../../src/bundles/bundles.js'
import { readConfig } from '../../src/config/config.js'
import { createWorkbench, type Workbench } from '../../src/parts.js'
import { silentLog } from '../../src/telemetry/telemetry.js'
import { builtFile } from '../support/built.js'

export type Files = Readonly<Record<string, string | object>>

/** Gone at the end of the test. */
export async function folderOf(files: Files): Promise<string> {
  const folder = await realpath(await mkdtemp(join(tmpdir(), 'author-')))
  onTestFinished(() => rm(folder, { recursive: true, force: true }))
  await writeAll(folder, files)
  return folder
}

export async function writeAll(folder: string, files: Files): Promise<void> {
  for (const [path, content] of Object.entries(files)) {
    await mkdir(dirname(join(folder, path)), { recursive: true })
    const text = typeof content === 'string' ? content : JSON.stringify(content, undefined, 2)
    await writeFile(join(folder, path), text)
  }
}

export function openTestWorkbench(env: Record<string, string> = {}): Workbench {
  return createWorkbench(readConfig(env), { log: silentLog, built: builtFile('') })
}

/** Path → text. */
export async function filesIn(zip: Buffer): Promise<Record<string, string>> {
  const entries = await readArchive(zip, DEFAULT_ARCHIVE_LIMITS)
  return Object.fromEntries(entries.map(({ path, body }) => [path, body.toString()]))
}

/** A bundle in one file of TypeScript: a tool that greets, in a way that a module beside it knows. */
export const GREETER = {
  'index.ts': `
    import { defineBundle } from 'mcp-daemon-engine/bundle'
    import { greet } from './lib/greet.ts'

    export default defineBundle({
      package: 'greeter',
      setting: { word: 'Hello' },
      tools: {
        hello: {
          description: 'Greets somebody by name',
          inputSchema: {
            type: 'object',
            properties: { name: { type: 'string' } },
            required: ['name'],
          },
          handler: ({ name }, _call, setting) => greet(setting.word, name),
        },
      },
    })
  `,
  'lib/greet.ts':
    'export const greet = (word: string, name: string): string => `${word}, ${name}!`\n',
}

/** The manifest of a class \`Tools\` with a method \`run\`, in the module \`tools\`. */
export const MANIFEST = {
  tools: [{ name: 'run', description: 'Runs', inputSchema: { type: 'object' } }],
  module_links: [
    {
      type: 'tool',
      name: 'run',
      module_name: 'tools',
      class_name: 'Tools',
      function_name: 'run',
    },
  ],
  modules: [{ package_name: 'plain', module_name: 'tools', class_name: 'Tools' }],
}
