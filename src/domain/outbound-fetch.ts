/**
 * A `fetch` that the gateway makes for a bundle's code. Bodies are whole, and each side of the
 * instance holds them in its own way; the rest is the same on both.
 */
export interface FetchRequestHead {
  readonly url: string
  readonly method: string
  readonly headers: HeaderPairs
  readonly redirect: 'follow' | 'manual' | 'error'
}

export interface FetchResponseHead {
  /** Where the redirects ended. */
  readonly url: string
  readonly status: number
  readonly statusText: string
  readonly headers: HeaderPairs
}

type HeaderPairs = readonly (readonly [name: string, value: string])[]
