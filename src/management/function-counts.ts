/** How many functions there are, as the schema counts them. */
import type { McpType } from '../domain/capability.js'

/** Of those that can be called. */
export function countByType(functions: readonly { readonly mcpType: McpType }[]) {
  const count = (type: McpType) => functions.filter(({ mcpType }) => mcpType === type).length
  return {
    tools: count('tool'),
    resources: count('resource'),
    resourceTemplates: count('resource_template'),
    prompts: count('prompt'),
  }
}
