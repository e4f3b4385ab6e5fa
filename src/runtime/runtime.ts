/**
 * Run one function of a bundle, within its limits: the contract of every executor.
 *
 * `worker` isolates faults (heap, CPU, globals, environment) and is no security boundary;
 * `inline` isolates nothing. An executor never runs two tenants or two bundle versions in one
 * instance.
 */
import type { OpenBundle } from '../bundles/bundles.js'
import type { CancelSignal } from '../domain/cancel-signal.js'
import type { FunctionTarget, McpType } from '../domain/capability.js'
import type { ExecutorKind } from '../domain/executor.js'
import type { LogLevel } from '../domain/log-level.js'
import type { ListKind } from '../domain/notice.js'
import type {
  AnsweredQuestion,
  McpResult,
  MethodName,
  Progress,
  Question,
  Trace,
} from '../function-host/function-host.js'
import type { InstanceLimits } from '../instances/instances.js'

export {
  type AnsweredQuestion,
  FunctionError,
  type McpResult,
  type MethodName,
  type Progress,
  type Question,
  type QuestionMethod,
} from '../function-host/function-host.js'

export type { ExecutorKind } from '../domain/executor.js'

export { DENIES_NETWORK } from '../instances/instances.js'

export interface Executor {
  readonly kind: ExecutorKind
  /**
   * Runs one function and waits for its answer.
   *
   * @returns the MCP result as the function's kind wants it: `{ content, … }` for a tool,
   * `{ contents }` for a resource, `{ messages }` for a prompt, `{ completion }` for a completion;
   * or, with `rounds`, its questions
   * @throws FunctionError what the function itself threw, with its message and never its stack
   * @throws GatewayError `CALL_TIMED_OUT`, `CPU_EXCEEDED`, `CALL_CANCELLED`, `RESULT_TOO_LARGE`,
   * `RESULT_INVALID` (not JSON), `FUNCTION_FAILED` (its instance died), `BUSY`
   */
  run(job: FunctionJob): Promise<RunOutcome>

  /**
   * Trial load: imports the modules in a fresh instance and looks for the classes and methods,
   * without constructing anything.
   *
   * @returns one sentence a problem; empty when everything is there
   */
  check(bundle: OpenBundle, methods: readonly MethodName[]): Promise<string[]>

  /** How many instances of an endpoint live. */
  count(endpointId: string): number

  /**
   * Instances of an endpoint get no new calls: one that runs none ends at once, any other one after
   * its last. The next call begins in a new one.
   *
   * @param modules only those that have run one of these, by name; default: all
   * @returns how many
   */
  retire(endpointId: string, modules?: ReadonlySet<string>): number

  /** Ends every instance. Calls that still run fail with `SHUTTING_DOWN`. */
  close(): Promise<void>
}

export type RunOutcome = CompletedRun | InputRequired

export interface CompletedRun {
  readonly kind: 'completed'
  readonly result: McpResult
}

/** The run has ended with questions; another run, with their answers, goes on from the top. */
export interface InputRequired {
  readonly kind: 'input_required'
  /** By key; at least one. */
  readonly questions: Readonly<Record<string, Question>>
  /** What `call.state` holds; the next run finds it there. */
  readonly state: Record<string, unknown>
}

/**
 * How a function's questions reach the client. `rounds`: nothing stays in memory, an open question
 * ends the run. `requests`: the function waits while the client is asked.
 */
export type Questions =
  | {
      readonly mode: 'rounds'
      /** Of earlier rounds, by key. */
      readonly answers: Readonly<Record<string, AnsweredQuestion>>
      readonly state: Record<string, unknown>
    }
  | {
      readonly mode: 'requests'
      /** Known before the function asks, by key: these are not asked. */
      readonly answers?: Readonly<Record<string, AnsweredQuestion>> | undefined
      /** What `call.state` holds at first. */
      readonly state?: Record<string, unknown> | undefined
      /**
       * @param key as the function's author gave it; asked once a key
       * @throws what reaches the function: of a GatewayError its message
       */
      ask(question: Question, key: string): Promise<Record<string, unknown>>
    }

export interface FunctionJob {
  readonly callId: string
  readonly userId: string
  readonly bundle: OpenBundle
  readonly target: FunctionTarget
  /** What its result has to be. */
  readonly mcpType: McpType | 'completion'
  /**
   * A tool's or prompt's arguments; `{ uri, params }` for a resource; for a completion
   * `{ argument: { name, value }, arguments }`. Already valid.
   */
  readonly input: unknown
  /** MIME type declared for a resource, used when the function names none. */
  readonly mimeType?: string | undefined
  /** Milliseconds since 1970; at this time the run is stopped, a busy loop too. */
  readonly deadline: number
  readonly signal: CancelSignal
  /** Absent: whatever the function asks is refused. */
  readonly questions?: Questions | undefined
  /** Where the call belongs in a distributed trace. */
  readonly trace?: Trace | undefined
  onProgress(progress: Progress): void
  onLog(entry: LogEntry): void
  /** The function says that what a URI reads as has changed, or a list of its endpoint. */
  onResourceUpdated(uri: string): void
  onListChanged(list: ListKind): void
  /** The function wants the client's connection closed while it goes on. */
  onCloseStream(): void
}

export interface LogEntry {
  readonly level: LogLevel
  readonly data: unknown
  readonly logger?: string | undefined
}

export interface RuntimeLimits extends InstanceLimits {
  /** CPU time that one call may use, in milliseconds; its share of it, where calls run together. */
  readonly maxCpuMs: number
  /** Calls in flight in one instance; others wait. */
  readonly maxConcurrentCalls: number
  /** Calls of one tenant that may wait for a place; one more is `BUSY`. */
  readonly maxWaitingCalls: number
  /** Instances in all; beyond it the one that has been idle longest makes room, or calls wait. */
  readonly maxInstances: number
  /** Instances of one tenant; beyond it its own make room, or its calls wait. */
  readonly maxInstancesPerTenant: number
  /** An instance without a call for this long is ended, in milliseconds. */
  readonly idleMs: number
}
