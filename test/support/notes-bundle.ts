/** A bundle of each kind of function, in as many versions as a test needs. */
import { zipOf } from './zip.js'

export interface NotesBundle {
  /** Default: `notes`; its module is called the same. */
  readonly packageName?: string
  /** Names of more tools, each of which answers with its arguments. */
  readonly tools?: readonly string[]
  /** Makes it another version; default: the empty text. */
  readonly version?: string
  /** Default: one that is open and one that is filled from the variable TOKEN. */
  readonly setting?: object
}

/** The manifest of such a bundle, for those that put another one before its code. */
export function notesManifest({
  packageName = 'notes',
  tools = [],
  setting = { greeting: 'hello', token: '${TOKEN}' },
}: NotesBundle = {}) {
  const code = { module_name: packageName, class_name: 'Notes' }
  const own = packageName === 'notes'
  const link = (type: string, name: string, method = name) => ({
    type,
    name,
    ...code,
    function_name: method,
  })
  return {
    tools: [...(own ? ['echo', 'fail', 'wait', 'greet'] : []), ...tools].map((name) => ({
      name,
      description: `Does ${name}`,
      inputSchema: { type: 'object' },
    })),
    resources: own
      ? [
          { uri: 'notes://all', name: 'all notes', description: 'Every note' },
          { uriTemplate: 'notes://{id}', name: 'one note', description: 'A note' },
        ]
      : [],
    prompts: own
      ? [{ name: 'recall', description: 'Recalls a note', arguments: [{ name: 'about' }] }]
      : [],
    module_links: [
      ...(own
        ? [
            { ...link('tool', 'echo'), redact: ['/password'] },
            link('tool', 'fail'),
            link('tool', 'wait'),
            link('tool', 'greet'),
            link('resource', 'all notes', 'read'),
            link('resource', 'one note', 'read'),
            link('prompt', 'recall', 'read'),
          ]
        : []),
      ...tools.map((name) => link('tool', name, 'echo')),
    ],
    modules: [{ package_name: packageName, ...code, setting, source: 'test/support' }],
  }
}

/** With the tools `echo`, `fail`, `wait` and `greet` where it is called `notes`, else with its own only. */
export function notesZip(bundle: NotesBundle = {}): Buffer {
  const { packageName = 'notes', version = '' } = bundle
  return zipOf({
    'mcp_configuration.json': notesManifest(bundle),
    [`${packageName}/index.js`]: `${CODE}// ${version}\n`,
  })
}

const CODE = `import { once } from 'node:events'

export class Notes {
  constructor(setting) {
    this.setting = setting
  }

  echo(args) {
    return args
  }

  fail({ why = 'no reason' }) {
    throw new Error(why)
  }

  async wait(_args, call) {
    await once(call.signal, 'abort')
  }

  greet() {
    return this.setting.greeting ?? 'nothing to say'
  }

  read(args) {
    return 'a note'
  }
}
`
