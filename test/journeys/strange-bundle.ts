/** A bundle whose manifest and results hold everything that the protocol lets pass. */
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import {
  nested,
  type Seeded,
  strangeObject,
  strangeText,
  strangeValue,
  toObject,
} from '../support/seeded.js'
import { strangeSchema } from './strange-schemas.js'

export type Item = Record<string, unknown>

export interface Lists {
  readonly tools: readonly Item[]
  readonly resources: readonly Item[]
  readonly resourceTemplates: readonly Item[]
  readonly prompts: readonly Item[]
}

/** Well below the 100 levels that a manifest may have. */
const DEEP = 60

const EMPTY: Lists = { tools: [], resources: [], resourceTemplates: [], prompts: [] }

export function strangeLists(random: Seeded): Lists {
  const items = (count: number, make: (random: Seeded, index: number) => Item) =>
    Array.from({ length: count }, (_, index) => make(random, index))
  return {
    tools: items(80, strangeTool),
    resources: items(40, (_, index) => strangeResource(random, ['uri', `strange://r/${index}`])),
    resourceTemplates: items(30, (_, index) =>
      strangeResource(random, ['uriTemplate', `strange://t${index}/{id}{?q}`]),
    ),
    prompts: items(40, strangePrompt),
  }
}

function strangeTool(random: Seeded, index: number): Item {
  const hasOutput = random.chance(0.4)
  return toObject([
    ...strangeMembers(random),
    ['name', `tool.${index}`],
    ['inputSchema', strangeSchema(random, index === 0)],
    ...(hasOutput ? [['outputSchema', strangeSchema(random)] as const] : []),
    ['execution', { taskSupport: 'forbidden', 'x-more': null }],
  ])
}

function strangeResource(random: Seeded, address: readonly [string, string]): Item {
  const name = `${random.pick(['plain', '名前', 'e\u0301', '🙂', ' '])} ${address[1]}`
  return toObject([...strangeMembers(random), address, ['name', name], ['size', 2 ** 53]])
}

function strangePrompt(random: Seeded, index: number): Item {
  const argument = (n: number) =>
    toObject([
      ...strangeObjectMembers(random),
      ['name', `argument ${n}`],
      ['required', random.pick([true, false, null])],
    ])
  const declared = Array.from({ length: random.integer(0, 3) }, (_, n) => argument(n))
  const last = random.chance(0.8) ? declared : null
  return toObject([...strangeMembers(random), ['name', `prompt_${index}`], ['arguments', last]])
}

/** What every item may have, in an order that differs from item to item. */
function strangeMembers(random: Seeded): [string, unknown][] {
  const known: [string, unknown][] = [
    ['title', random.pick([null, strangeText(random)])],
    ['description', random.pick([null, strangeText(random)])],
    ['icons', random.pick([null, [], [strangeIcon(random)]])],
    ['_meta', random.pick([null, strangeObject(random, 3)])],
    ['annotations', random.pick([null, strangeObject(random, 2), { readOnlyHint: true }])],
  ]
  const chosen = known.filter(() => random.chance(0.6))
  const unknown = strangeObjectMembers(random)
  const deep: [string, unknown][] = random.chance(0.1) ? [['deep', nested(DEEP)]] : []
  return random.chance(0.5) ? [...unknown, ...chosen, ...deep] : [...deep, ...chosen, ...unknown]
}

function strangeObjectMembers(random: Seeded): [string, unknown][] {
  return Object.entries(strangeObject(random, 3))
}

function strangeIcon(random: Seeded): Item {
  return toObject([
    ...strangeObjectMembers(random),
    ['src', 'data:image/svg+xml;base64,PHN2Zy8+'],
    ['sizes', ['48x48', 'any']],
    ['theme', 'dark'],
  ])
}

const EVERY_KIND = [null, true, false, 0, -1.5, 1e21, '', 'text', [], [null], {}, nested(DEEP)]

/** Whole tool results, each with `structuredContent` of another JSON value. */
export function strangeResults(random: Seeded): Item[] {
  const generated = Array.from({ length: 40 }, () => strangeValue(random, 4))
  return [...EVERY_KIND, ...generated].map((structuredContent) =>
    toObject([
      ...strangeObjectMembers(random),
      ['structuredContent', structuredContent],
      ['content', strangeContent(random)],
      ...(random.chance(0.7) ? [['_meta', strangeObject(random, 3)] as const] : []),
    ]),
  )
}

function strangeContent(random: Seeded): Item[] {
  const forms: Item[] = [
    { type: 'text', text: strangeText(random) },
    { type: 'image', data: 'AAAA', mimeType: 'image/png' },
    { type: 'audio', data: 'AAAA', mimeType: 'audio/wav' },
    { type: 'resource_link', uri: 'strange://r/1', name: strangeText(random) },
    { type: 'resource', resource: { uri: 'strange://r/1', text: strangeText(random), x: null } },
    { type: 'a kind of tomorrow', of: strangeValue(random, 2) },
  ]
  return Array.from({ length: random.integer(0, 3) }, () =>
    toObject([
      ...strangeObjectMembers(random),
      ...Object.entries(random.pick(forms)),
      ['annotations', { audience: ['user'], priority: 0.1, 'x-more': null }],
      ['_meta', strangeObject(random, 2)],
    ]),
  )
}

const CODE = `import { readFileSync } from 'node:fs'
const results = JSON.parse(readFileSync(new URL('results.json', import.meta.url), 'utf8'))
export class Strange {
  give({ index }) {
    return results[index]
  }
}
`

export interface StrangeBundle {
  readonly lists?: Partial<Lists>
  /** With any, the tool \`give\` answers with the one that its argument \`index\` names. */
  readonly results?: readonly Item[]
}

/** @returns the bundle's folder, and how to remove it */
export async function writeBundle({ lists, results = [] }: StrangeBundle) {
  const folder = await mkdtemp(join(tmpdir(), 'strange-'))
  const give = { name: 'give', inputSchema: { type: 'object' } }
  const tools = [...(lists?.tools ?? []), ...(results.length > 0 ? [give] : [])]
  const manifest = toManifest({ ...EMPTY, ...lists, tools })
  await mkdir(join(folder, 'strange'))
  await writeFile(join(folder, 'mcp_configuration.json'), JSON.stringify(manifest))
  await writeFile(join(folder, 'strange/index.js'), CODE)
  await writeFile(join(folder, 'strange/package.json'), '{"type":"module"}')
  await writeFile(join(folder, 'strange/results.json'), JSON.stringify(results))
  return { folder, remove: () => rm(folder, { recursive: true, force: true }) }
}

function toManifest({ tools, resources, resourceTemplates, prompts }: Lists): object {
  const code = { module_name: 'strange', class_name: 'Strange', function_name: 'give' }
  const linksOf = (type: string, items: readonly Item[]) =>
    items.map(({ name }) => ({ type, name, ...code }))
  const addressed = [...resources, ...resourceTemplates]
  return {
    tools,
    resources: addressed,
    prompts,
    module_links: [
      ...linksOf('tool', tools),
      ...linksOf('resource', addressed),
      ...linksOf('prompt', prompts),
    ],
    modules: [{ package_name: 'strange', module_name: 'strange', class_name: 'Strange' }],
  }
}
