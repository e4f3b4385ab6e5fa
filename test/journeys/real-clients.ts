/** The official clients of both generations, behind what these journeys ask of a client. */
import {
  Client as ClientV2,
  StreamableHTTPClientTransport as HttpV2,
} from '@modelcontextprotocol/client'
import { StdioClientTransport as StdioV2 } from '@modelcontextprotocol/client/stdio'
import { Client as ClientV1 } from '@modelcontextprotocol/sdk/client/index.js'
import { StdioClientTransport as StdioV1 } from '@modelcontextprotocol/sdk/client/stdio.js'
import { StreamableHTTPClientTransport as HttpV1 } from '@modelcontextprotocol/sdk/client/streamableHttp.js'
import {
  CreateMessageRequestSchema,
  ElicitRequestSchema,
  ListRootsRequestSchema,
} from '@modelcontextprotocol/sdk/types.js'

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

export interface Notice {
  readonly method: string
  readonly params?: Readonly<Record<string, unknown>> | undefined
}

export interface ToolResult {
  readonly [member: string]: unknown
  readonly content?: unknown
  readonly structuredContent?: unknown
  readonly isError?: unknown
}

export interface CallOptions {
  readonly onProgress?: (progress: Progress) => void
  readonly signal?: AbortSignal
}

type Ref =
  | { readonly type: 'ref/prompt'; readonly name: string }
  | { readonly type: 'ref/resource'; readonly uri: string }

export interface CompletionQuestion {
  readonly ref: Ref
  readonly argument: { readonly name: string; readonly value: string }
  readonly context?: { readonly arguments: Record<string, string> }
}

export interface RealClient {
  readonly era: string
  serverName(): string | undefined
  toolNames(): Promise<string[]>
  callTool(name: string, args?: Record<string, unknown>, options?: CallOptions): Promise<ToolResult>
  readText(uri: string): Promise<unknown>
  promptText(name: string, args: Record<string, string>): Promise<unknown>
  complete(question: CompletionQuestion): Promise<object>
  /**
   * Asks to be told when a list changes, or what one of these URIs reads as.
   *
   * @returns what settles when that has ended, and says how; nothing ends it in older revisions
   */
  watch(uris: readonly string[]): Promise<{ readonly closed?: Promise<string> }>
  close(): Promise<void>
}

/** What the client's user says when a function asks. */
export interface Answers {
  elicit(): Elicited | Promise<Elicited>
  sample(): Sampled
  roots(): { roots: { uri: string }[] }
}

// Types, since an interface has no room for members that the SDKs would take beside these.
type Elicited = {
  readonly action: 'accept' | 'decline' | 'cancel'
  readonly content?: Record<string, string>
}

type Sampled = {
  readonly role: 'assistant'
  readonly model: string
  readonly content: { readonly type: 'text'; readonly text: string }
}

export interface User {
  /** Hears each notification that belongs to no request's progress. */
  readonly onNotice?: (notice: Notice) => void
  /** Hears what the client itself finds wrong, such as a message that it does not expect. */
  readonly onError?: (error: Error) => void
  /** Absent: the client declares that it cannot be asked. */
  readonly answers?: Answers
}

export type Connect = (server: Server, user?: User) => Promise<RealClient>

const INFO = { name: 'journey', version: '1.0.0' }
const ASKABLE = { elicitation: {}, sampling: {}, roots: {} }

const connectV1: Connect = async (server, { onNotice, onError, answers } = {}) => {
  const client = new ClientV1(INFO, { capabilities: answers ? ASKABLE : {} })
  Object.assign(client, { onerror: onError })
  client.fallbackNotificationHandler = async (notice) => onNotice?.(notice)
  if (answers) {
    client.setRequestHandler(ElicitRequestSchema, () => answers.elicit())
    client.setRequestHandler(CreateMessageRequestSchema, () => answers.sample())
    client.setRequestHandler(ListRootsRequestSchema, () => answers.roots())
  }
  await client.connect(
    'url' in server
      ? new HttpV1(new URL(server.url), { requestInit: withToken(server.token) })
      : new StdioV1({ ...server, stderr: 'ignore' }),
  )
  return {
    ...commonOf(client),
    era: 'legacy',
    callTool: (name, args = {}, options = {}) =>
      client.callTool({ name, arguments: args }, undefined, toSdkOptions(options)),
    watch: async (uris) => {
      for (const uri of uris) await client.subscribeResource({ uri })
      return {}
    },
  }
}

function connectV2(mode: 'legacy' | 'auto'): Connect {
  return async (server, { onNotice, onError, answers } = {}) => {
    const capabilities = answers ? ASKABLE : {}
    const client = new ClientV2(INFO, { capabilities, versionNegotiation: { mode } })
    Object.assign(client, { onerror: onError })
    client.fallbackNotificationHandler = async (notice) => onNotice?.(notice)
    if (answers) {
      client.setRequestHandler('elicitation/create', () => answers.elicit())
      client.setRequestHandler('sampling/createMessage', () => answers.sample())
      client.setRequestHandler('roots/list', () => answers.roots())
    }
    await client.connect(
      'url' in server
        ? new HttpV2(new URL(server.url), { requestInit: withToken(server.token) })
        : new StdioV2({ ...server, stderr: 'ignore' }),
    )
    const era = client.getProtocolEra() ?? 'unknown'
    return {
      ...commonOf(client),
      era,
      callTool: (name, args = {}, options = {}) =>
        client.callTool({ name, arguments: args }, toSdkOptions(options)),
      watch: async (uris) => {
        if (era === 'modern')
          return client.listen({ ...ALL_LISTS, resourceSubscriptions: [...uris] })
        for (const uri of uris) await client.subscribeResource({ uri })
        return {}
      },
    }
  }
}

const ALL_LISTS = { toolsListChanged: true, promptsListChanged: true, resourcesListChanged: true }

/** What both generations spell alike. */
function commonOf(client: ClientV1 | ClientV2) {
  return {
    serverName: () => client.getServerVersion()?.name,
    toolNames: async () => (await client.listTools()).tools.map(({ name }) => name),
    readText: async (uri: string) => (await client.readResource({ uri })).contents[0],
    promptText: async (name: string, args: Record<string, string>) =>
      (await client.getPrompt({ name, arguments: args })).messages[0]?.content,
    complete: async (question: CompletionQuestion) => (await client.complete(question)).completion,
    close: () => client.close(),
  }
}

/** The SDKs take a member that is there but undefined for one that is given. */
function toSdkOptions({ onProgress, signal }: CallOptions) {
  return { ...(onProgress && { onprogress: onProgress }), ...(signal && { signal }) }
}

function withToken(token: string) {
  return { headers: { authorization: `Bearer ${token}` } }
}

export const realClients = [
  ['SDK 1', 'legacy', connectV1],
  ['SDK 2 in its legacy mode', 'legacy', connectV2('legacy')],
  ['SDK 2', 'modern', connectV2('auto')],
] as const satisfies readonly (readonly [name: string, era: string, connect: Connect])[]

/** Those that hold a session, and come back to a stream that was cut. */
export const legacyClients = realClients.filter(([, era]) => era === 'legacy')
