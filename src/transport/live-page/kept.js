/** What outlives a reload of the tab, and nothing else: no other tab sees it, and closing ends it. */

/**
 * @typedef {object} Kept
 * @property {() => string | undefined} read
 * @property {(text: string | undefined) => void} write undefined forgets it
 */

/**
 * @param {string} name
 * @returns {Kept}
 */
export function keepInTab(name) {
  // Endpoints share an origin, and may not see each other's.
  const key = `mcp-live ${location.pathname} ${name}`
  // A browser may forbid its use: then it is kept until a reload.
  let here = fromStorage(() => sessionStorage.getItem(key)) ?? undefined
  return {
    read: () => here,
    write: (text) => {
      here = text
      fromStorage(() =>
        text === undefined ? sessionStorage.removeItem(key) : sessionStorage.setItem(key, text),
      )
    },
  }
}

/**
 * @template Found
 * @param {() => Found} use
 * @returns {Found | undefined}
 */
function fromStorage(use) {
  try {
    return use()
  } catch {
    return undefined
  }
}
