/** Where things lie in a bundle: publishing looks for them, the runtime imports modules. */

/** The manifest, relative to the bundle's root. */
export const MANIFEST_FILE = 'mcp_configuration.json'

const EXTENSIONS = ['js', 'mjs', 'cjs']

/**
 * Where a module may lie, relative to the bundle's root and best first: beside the manifest under
 * its own name, or inside the package's folder. As a folder it is `index`, as a file its own name.
 */
export function moduleFileCandidates(packageName: string, moduleName: string): string[] {
  const bases = [`${moduleName}/index`, moduleName]
  if (moduleName !== packageName)
    bases.push(`${packageName}/${moduleName}/index`, `${packageName}/${moduleName}`)
  return bases.flatMap((base) => EXTENSIONS.map((extension) => `${base}.${extension}`))
}
