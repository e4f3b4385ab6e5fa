/** Where a compiled file of the product lies; workers and child processes run from the build. */
export function builtFile(path: string): URL {
  return new URL(`../../dist/${path}`, import.meta.url)
}
