/** That something is to end: an `AbortSignal`, or what stands for several without the cost of one. */
export interface CancelSignal {
  readonly aborted: boolean
  addEventListener(type: 'abort', listener: CancelListener): void
  removeEventListener(type: 'abort', listener: CancelListener): void
}

export type CancelListener = (() => void) | { handleEvent(): void }
