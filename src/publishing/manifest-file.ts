/** Where a bundle's manifest lies, relative to its root. */
export const MANIFEST_FILE = 'mcp_configuration.json'
