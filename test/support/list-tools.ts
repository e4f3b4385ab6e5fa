import type { TestGateway } from './gateway.js'
import { modernPost } from './modern-post.js'

/** Names of the tools that somebody sees over MCP, in order. */
export async function listTools(
  { url }: Pick<TestGateway, 'url'>,
  { endpointId, token }: { readonly endpointId: string; readonly token: string },
): Promise<string[]> {
  const response = await fetch(`${url}/${endpointId}/mcp`, modernPost('tools/list', {}, token))
  const { result } = (await response.json()) as { result: { tools: { name: string }[] } }
  return result.tools.map(({ name }) => name).toSorted()
}
