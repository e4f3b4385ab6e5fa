import type { JsonObject } from '../protocol/protocol.js'

/** What every endpoint can do, in every revision; each stands for methods that answer. */
export const CAPABILITIES: JsonObject = {
  tools: {},
  resources: {},
  prompts: {},
  logging: {},
  completions: {},
}
