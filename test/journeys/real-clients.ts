/** The official clients of both generations, behind what these journeys ask of a client. */
import {
  Client as ClientV2,
  StreamableHTTPClientTransport as HttpV2,
} from '@modelcontextprotocol/client'
import { StdioClientTransport as StdioV2 } from '@modelcontextprotocol/client/stdio'
import { Client as ClientV1 } from '@modelcontextprotocol/sdk/client/index.js'
import { StdioClientTransport as StdioV1 } from '@modelcontextprotocol/sdk/client/stdio.js'
import { StreamableHTTPClientTransport as HttpV1 } from '@modelcontextprotocol/sdk/client/streamableHttp.js'

/** Where the server is: a URL with a token, or a program to start. */
export type Server =
  | { readonly url: string; readonly token: string }
  | {
      readonly command: string
      readonly args: string[]
      readonly env: Record<string, string>
    }

export interface Progress {
  readonly progress: number
  readonly total?: number | undefined
}

export interface ToolResult {
  readonly [member: string]: unknown
  readonly content?: unknown
  readonly structuredContent?: unknown
  readonly isError?: unknown
}

export interface RealClient {
  readonly era: string
  serverName(): string | undefined
  toolNames(): Promise<string[]>
  callTool(
    name: string,
    args: Record<string, unknown>,
    onProgress?: (progress: Progress) => void,
  ): Promise<ToolResult>
  cancelTool(name: string): Promise<unknown>
  readText(uri: string): Promise<unknown>
  promptText(name: string, args: Record<string, string>): Promise<unknown>
  close(): Promise<void>
}

const INFO = { name: 'journey', version: '1.0.0' }

/** @param onLog hears each log message of the server */
async function connectV1(server: Server, onLog: (data: unknown) => void): Promise<RealClient> {
  const client = new ClientV1(INFO)
  const { LoggingMessageNotificationSchema } = await import('@modelcontextprotocol/sdk/types.js')
  client.setNotificationHandler(LoggingMessageNotificationSchema, ({ params }) =>
    onLog(params.data),
  )
  const transport =
    'url' in server
      ? new HttpV1(new URL(server.url), { requestInit: withToken(server.token) })
      : new StdioV1({ ...server, stderr: 'ignore' })
  await client.connect(transport)
  return {
    era: 'legacy',
    serverName: () => client.getServerVersion()?.name,
    toolNames: async () => (await client.listTools()).tools.map(({ name }) => name),
    callTool: (name, args, onprogress) =>
      client.callTool({ name, arguments: args }, undefined, onprogress ? { onprogress } : {}),
    cancelTool: (name) =>
      client.callTool({ name, arguments: {} }, undefined, { signal: AbortSignal.timeout(300) }),
    readText: async (uri) => (await client.readResource({ uri })).contents[0],
    promptText: async (name, args) =>
      (await client.getPrompt({ name, arguments: args })).messages[0]?.content,
    close: () => client.close(),
  }
}

function connectV2(mode: 'legacy' | 'auto') {
  return async (server: Server, onLog: (data: unknown) => void): Promise<RealClient> => {
    const client = new ClientV2(INFO, { versionNegotiation: { mode } })
    client.setNotificationHandler('notifications/message', ({ params }) => onLog(params.data))
    await client.connect(
      'url' in server
        ? new HttpV2(new URL(server.url), { requestInit: withToken(server.token) })
        : new StdioV2({ ...server, stderr: 'ignore' }),
    )
    return {
      era: client.getProtocolEra() ?? 'unknown',
      serverName: () => client.getServerVersion()?.name,
      toolNames: async () => (await client.listTools()).tools.map(({ name }) => name),
      callTool: (name, args, onprogress) =>
        client.callTool({ name, arguments: args }, onprogress ? { onprogress } : {}),
      cancelTool: (name) =>
        client.callTool({ name, arguments: {} }, { signal: AbortSignal.timeout(300) }),
      readText: async (uri) => (await client.readResource({ uri })).contents[0],
      promptText: async (name, args) =>
        (await client.getPrompt({ name, arguments: args })).messages[0]?.content,
      close: () => client.close(),
    }
  }
}

function withToken(token: string) {
  return { headers: { authorization: `Bearer ${token}` } }
}

export const realClients = [
  ['SDK 1', 'legacy', connectV1],
  ['SDK 2 in its legacy mode', 'legacy', connectV2('legacy')],
  ['SDK 2', 'modern', connectV2('auto')],
] as const
