/** The demo bundle with more tools: copies of its `echo` under other names. */
import { cp, readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { builtFile } from '../support/built.js'

interface Manifest {
  readonly tools: readonly { readonly name: string }[]
  readonly module_links: readonly { readonly name: string }[]
}

/** @param folder is made; afterwards it can be pushed as a bundle */
export async function writeManyTools(folder: string, toolCount: number): Promise<void> {
  await cp(fileURLToPath(builtFile('cli/demo-bundle')), folder, { recursive: true })
  const file = join(folder, 'mcp_configuration.json')
  const manifest: Manifest = JSON.parse(await readFile(file, 'utf8'))
  const names = Array.from({ length: toolCount - manifest.tools.length }, (_, at) => `echo_${at}`)
  const tools = [...manifest.tools, ...copyEcho(manifest.tools, names)]
  const links = [...manifest.module_links, ...copyEcho(manifest.module_links, names)]
  await writeFile(file, JSON.stringify({ ...manifest, tools, module_links: links }))
}

/** The entry of `echo` once for each name. */
function copyEcho<T extends { readonly name: string }>(
  entries: readonly T[],
  names: readonly string[],
): T[] {
  const echo = entries.find(({ name }) => name === 'echo')
  if (echo === undefined) throw new Error('the demo bundle has no echo')
  return names.map((name) => ({ ...echo, name }))
}
