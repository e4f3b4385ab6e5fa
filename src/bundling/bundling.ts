/**
 * How does what an author has on disk become a bundle's ZIP? A folder of plain JavaScript as it is;
 * TypeScript, dependencies and `defineBundle` are built. The front door of the room.
 */
import type { BuildOptions } from './build-folder.js'

export interface Bundling {
  /**
   * Reads a bundle from this machine's disk; the same files give the same ZIP, wherever they lie.
   *
   * @param path a ZIP; a manifest of any name ending in `.json`, beside the folders of its modules;
   * or a folder with `mcp_configuration.json`, or with code that exports `defineBundle(…)`
   * @throws GatewayError `BUNDLE_INVALID` naming what is wrong, in code by file, line and column
   */
  read(path: string): Promise<BundleOnDisk>
}

export interface BundleOnDisk {
  readonly zip: Buffer
  readonly sha256: string
  /** False when the ZIP holds the files as they lie there. */
  readonly isBuilt: boolean
  /** Absolute paths of the code that was built; they may lie outside of the folder. */
  readonly sources: readonly string[]
  /**
   * Where code that is not built cannot be parsed: file, line and column, for whoever sees it
   * refused later.
   */
  syntaxProblems(): Promise<string[]>
}

export function createBundling(options: BuildOptions): Bundling {
  return {
    async read(path) {
      // The ZIP library is imported when needed: whoever publishes no folder starts without it.
      const { readBundle } = await import('./read-bundle.js')
      return readBundle(path, options)
    },
  }
}
