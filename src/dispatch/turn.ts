/** How one run of a function stands to its client: what is known, what is asked, what runs. */
import type { CatalogFunction } from '../catalog/catalog.js'
import type { Caller } from '../domain/caller.js'
import type { FunctionTarget } from '../domain/capability.js'
import type { McpRequest } from '../protocol/protocol.js'
import type { InputRequired, Questions } from '../runtime/runtime.js'

/** The requests that run a function. */
export type FunctionRequest = Extract<
  McpRequest,
  { method: 'tools/call' | 'prompts/get' | 'resources/read' }
>

export interface Asked {
  readonly caller: Caller
  readonly request: FunctionRequest
  readonly fn: CatalogFunction
}

export interface Turn {
  /** The code that runs: of a conversation, the version that began it. */
  readonly target: FunctionTarget
  readonly questions: Questions | undefined
  /** Absent at the first turn of a conversation that may never become one. */
  readonly conversation?: Conversation | undefined
  /** Everything that was asked before it is answered. */
  readonly isAnswered?: boolean | undefined
  /**
   * The turn after these questions, where they are answered without ending the request: the
   * function runs on at once. Undefined when there is nothing new to run on with.
   *
   * @throws GatewayError when the client cannot be asked, or does not answer
   */
  readonly resume?: ((required: InputRequired) => Promise<Turn | undefined>) | undefined
  /** The run is over: nobody waits for answers any longer. */
  end(): void
}

export interface Conversation {
  readonly id: string
  /** The number that questions of this run go out as. */
  readonly round: number
  /** When these questions expire, where that is settled: milliseconds since 1970. */
  readonly expiresAt?: number | undefined
}
