/** What an instance remembers of an endpoint: nothing comes before what it is made from. */
export const CACHE_KINDS = [
  'setting',
  'module',
  'function',
  'bundle',
  'worker',
  'snapshot',
  'list',
] as const

export type CacheKind = (typeof CACHE_KINDS)[number]
