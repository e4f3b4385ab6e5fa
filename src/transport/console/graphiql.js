/** Starts GraphiQL in the page. */
import { byId } from '../live-page/dom.js'

/**
 * @typedef {object} GraphiqlParts
 * @property {import('./bundle.js').Bundle} bundle
 * @property {import('./fetcher.js').Fetcher} fetcher
 * @property {import('./tab-storage.js').TabStorage} storage
 */

const WELCOME = `# Everything that can be seen and changed here is in the documentation: the book on the left.
# Ctrl-Enter runs what is typed, Ctrl-Space completes it.

query Viewer {
  viewer {
    userId
    roles
    rights
    endpointId
  }
}
`

/**
 * @param {HTMLElement} root
 * @param {GraphiqlParts} parts
 */
export function startGraphiql(root, { bundle, fetcher, storage }) {
  const sheet = new CSSStyleSheet()
  sheet.replaceSync(bundle.style)
  document.adoptedStyleSheets.push(sheet)
  giveWorkers(bundle.workers)
  run(bundle.script)
  /** @type {Renderer} */
  const renderer = Reflect.get(globalThis, 'YogaGraphiQL')
  renderer.renderYogaGraphiQL(root, {
    fetcher,
    storage,
    title: 'MCP Daemon',
    defaultQuery: WELCOME,
    // Who asks is known: headers would be kept with the query.
    isHeadersEditorEnabled: false,
    shouldPersistHeaders: false,
    // What is typed stays out of the address, where others find it.
    onEditQuery: () => undefined,
  })
}

/** @typedef {{ renderYogaGraphiQL(root: HTMLElement, options: Readonly<Record<string, unknown>>): void }} Renderer */

/** @param {Readonly<Record<string, string>>} workers */
function giveWorkers(workers) {
  /** @type {Map<string, string>} */
  const urls = new Map()
  /** @param {string} name */
  const urlOf = (name) => {
    const known = urls.get(name)
    if (known !== undefined) return known
    const url = URL.createObjectURL(new Blob([workers[name] ?? ''], { type: 'text/javascript' }))
    urls.set(name, url)
    return url
  }
  Object.assign(globalThis, {
    MonacoEnvironment: {
      globalAPI: false,
      /** @param {unknown} _id @param {string} name */
      getWorkerUrl: (_id, name) => urlOf(name),
    },
  })
}

/** As a script of this page's own: its policy lets nothing else run. @param {string} text */
function run(text) {
  const script = document.createElement('script')
  script.nonce = byId('page-script', HTMLScriptElement).nonce
  script.textContent = text
  document.head.append(script)
}
