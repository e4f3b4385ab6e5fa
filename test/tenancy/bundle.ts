/** A tenant's bundle: the same functions at every tenant, and some with names that nobody can guess. */
import { mkdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'

export interface TenantNames {
  /** In the setting of the bundle: in whatever its functions say. */
  readonly secret: string
  /** In descriptions, titles and schemas. */
  readonly described: string
  readonly tool: string
  readonly prompt: string
  readonly uri: string
  /** `{id}` follows it. */
  readonly template: string
}

/** @returns the bundle's folder */
export async function writeBundle(root: string, names: TenantNames): Promise<string> {
  const folder = join(root, names.secret)
  await mkdir(join(folder, 'tenant'), { recursive: true })
  await writeFile(join(folder, 'mcp_configuration.json'), JSON.stringify(toManifest(names)))
  await writeFile(join(folder, 'tenant', 'index.js'), CODE)
  return folder
}

const BACKGROUND = { is_async: true }

function toManifest({ secret, described, tool, prompt, uri, template }: TenantNames) {
  const inputSchema = {
    type: 'object',
    properties: {
      note: { type: 'string', description: described },
      isLoud: { type: 'boolean' },
      choice: { enum: [described, 'common'] },
    },
  }
  const tools: [name: string, method: string, more?: object][] = [
    ['look', 'look'],
    [tool, 'look'],
    ['fails', 'fails'],
    ['announces', 'announces'],
    ['asks', 'asks'],
    ['later', 'look', BACKGROUND],
    ['fails_later', 'fails', BACKGROUND],
    ['asks_later', 'asks', BACKGROUND],
  ]
  const prompts = ['brief', prompt]
  const complete = { completion_function_name: 'complete' }
  const resources: [name: string, place: object, more?: object][] = [
    ['common', { uri: 'note://common' }],
    ['private', { uri }],
    ['item', { uriTemplate: 'note://items/{id}' }, complete],
    ['private_item', { uriTemplate: `${template}{id}` }, complete],
  ]
  const link = (type: string, name: string, method: string, more: object = {}) => ({
    type,
    name,
    module_name: 'tenant',
    class_name: 'Tenant',
    function_name: method,
    ...more,
  })
  return {
    tools: tools.map(([name]) => ({ name, description: `Says ${described}`, inputSchema })),
    prompts: prompts.map((name) => ({
      name,
      description: described,
      arguments: [{ name: 'topic', description: described }],
    })),
    resources: resources.map(([name, place]) => ({ name, description: described, ...place })),
    module_links: [
      ...tools.map(([name, method, more]) => link('tool', name, method, more)),
      ...prompts.map((name) => link('prompt', name, 'brief', complete)),
      ...resources.map(([name, , more]) => link('resource', name, 'read', more)),
    ],
    modules: [
      {
        package_name: 'tenant',
        module_name: 'tenant',
        class_name: 'Tenant',
        setting: { secret, uri },
      },
    ],
  }
}

/** Whatever a client may be told by a function holds the setting, and who has called. */
const CODE = `
const requestedSchema = { type: 'object', properties: { name: { type: 'string' } } }

export class Tenant {
  constructor({ secret, uri }) {
    this.secret = secret
    this.uri = uri
  }

  saying(note, call) {
    return [this.secret, note, call.endpointId, call.userId].join(' ')
  }

  look({ note, isLoud }, call) {
    const said = this.saying(note, call)
    if (isLoud) {
      call.log('info', { said })
      call.progress(1, 2, said)
    }
    return { content: [{ type: 'text', text: said }], structuredContent: { said } }
  }

  fails({ note }, call) {
    throw new Error(this.saying(note, call))
  }

  announces({ note }, call) {
    call.resourceUpdated(this.uri)
    call.listChanged('tools')
    return this.saying(note, call)
  }

  async asks({ note }, call) {
    const asked = { message: this.saying(note, call), requestedSchema }
    const { action, content } = await call.elicit('user', asked)
    return [this.saying(note, call), action, content?.name].join(' ')
  }

  read({ uri }, call) {
    return { contents: [{ uri, text: this.saying('', call) }] }
  }

  brief({ topic }, call) {
    return this.saying(topic, call)
  }

  complete(_typed, call) {
    return [this.secret, call.userId, call.endpointId]
  }
}
`
