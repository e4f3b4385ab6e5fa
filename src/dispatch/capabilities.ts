import type { JsonObject } from '../protocol/protocol.js'

/** What every endpoint can do, in every revision; each stands for methods that answer. */
export const CAPABILITIES: JsonObject = {
  tools: { listChanged: true },
  resources: { subscribe: true, listChanged: true },
  prompts: { listChanged: true },
  logging: {},
  completions: {},
}

/** The extension in which calls go on while their clients ask how they stand. */
export const TASKS_EXTENSION = 'io.modelcontextprotocol/tasks'

/** Only requests that stand alone say which extensions their client has. */
export const MODERN_CAPABILITIES: JsonObject = {
  ...CAPABILITIES,
  extensions: { [TASKS_EXTENSION]: {} },
}

/** Whether the client of a request that stands alone understands tasks. */
export function declaresTasks(clientCapabilities: JsonObject | undefined): boolean {
  const extensions = clientCapabilities?.['extensions']
  return typeof extensions === 'object' && extensions !== null && TASKS_EXTENSION in extensions
}
