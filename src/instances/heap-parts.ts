/** V8 keeps new objects in a part of their own; both together are the limit. In MiB. */
export interface HeapParts {
  readonly youngMb: number
  readonly oldMb: number
}

export function heapParts(maxHeapMb: number): HeapParts {
  const youngMb = Math.max(1, Math.min(16, Math.floor(maxHeapMb / 4)))
  return { youngMb, oldMb: Math.max(1, maxHeapMb - youngMb) }
}
