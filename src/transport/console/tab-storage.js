/** What GraphiQL keeps: in this tab, until its user signs out. Variables may hold what is secret. */

/**
 * @typedef {object} TabStorage
 * @property {(name: string) => string | null} getItem
 * @property {(name: string, text: string) => void} setItem
 * @property {(name: string) => void} removeItem
 * @property {() => void} clear
 * @property {number} length
 */

/** @returns {TabStorage} */
export function createTabStorage() {
  // Endpoints share an origin, and may not see each other's.
  const prefix = `mcp-graphiql ${location.pathname} `
  const storage = findStorage()
  const own = () => Object.keys(storage ?? {}).filter((name) => name.startsWith(prefix))
  return {
    getItem: (name) => storage?.getItem(prefix + name) ?? null,
    setItem: (name, text) => storage?.setItem(prefix + name, text),
    removeItem: (name) => storage?.removeItem(prefix + name),
    clear: () => {
      for (const name of own()) storage?.removeItem(name)
    },
    get length() {
      return own().length
    },
  }
}

/** A browser may forbid its use: then nothing is kept. */
function findStorage() {
  try {
    return sessionStorage
  } catch {
    return undefined
  }
}
