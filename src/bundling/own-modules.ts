/** What the bundler finds in its own way: generated code, what authors import, and the root's index. */
import { readFile } from 'node:fs/promises'
import { dirname } from 'node:path'
import { fileURLToPath } from 'node:url'
import type { Plugin } from 'rolldown'

export interface OwnModules {
  readonly folder: string
  /** By id. */
  readonly generated: ReadonlyMap<string, string>
  /** Folder of the compiled room `author`: the running product's own, installed beside or not. */
  readonly author: URL
}

/** What authors import. */
const AUTHOR_MODULE = 'mcp-daemon-engine/bundle'

const ROOT_INDEX = /^index\.([cm]?[jt]sx?)$/
const NAMED_INDEX = /index\.of_bundle\.([cm]?[jt]sx?)$/

/**
 * The bundler names what an `index` file exports after the folder that it lies in, and an author's
 * folder may have any name: the root's own index is told to have another.
 */
export function ownModules({ folder, generated, author }: OwnModules): Plugin {
  const toNamedIndex = (id: string) => {
    const [, extension] = dirname(id) === folder ? (ROOT_INDEX.exec(nameOf(id)) ?? []) : []
    return extension === undefined ? id : `${folder}/index.of_bundle.${extension}`
  }
  return {
    name: 'own-modules',
    async resolveId(id, importer, options) {
      if (generated.has(id)) return id
      if (id === AUTHOR_MODULE) return fileURLToPath(new URL('author.js', author))
      const found = await this.resolve(id, importer, { ...options, skipSelf: true })
      return found && { ...found, id: toNamedIndex(found.id) }
    },
    load(id) {
      const isNamedIndex = dirname(id) === folder && NAMED_INDEX.test(id)
      return isNamedIndex ? readFile(toRealName(id), 'utf8') : generated.get(id)
    },
  }
}

/** The file behind a name that the bundler knows; also of what it says about it. */
export function toRealName(text: string): string {
  return text.replaceAll('index.of_bundle.', 'index.')
}

function nameOf(path: string): string {
  return path.slice(path.lastIndexOf('/') + 1)
}
