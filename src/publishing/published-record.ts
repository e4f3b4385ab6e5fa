/** What came of an upload, as it is kept for a day for whoever asks again. */
import { z } from 'zod'
import type { EndpointId } from '../domain/tenant.js'

/** A record has its place in a row of 64 KiB. */
const MAX_WARNINGS = 50
const MAX_WARNING_CHARS = 500

const PublishedRecord = z.object({
  ref: z.object({ packageName: z.string(), sha256: z.string() }),
  outcome: z.enum(['activated', 'unchanged']),
  functions: z.object({
    tools: z.number(),
    resources: z.number(),
    resourceTemplates: z.number(),
    prompts: z.number(),
  }),
  warnings: z.array(z.string()),
})

/** As it is read back: it was kept for this endpoint. */
export function publishedRecordAt(endpointId: EndpointId) {
  return PublishedRecord.transform((kept) => ({ ...kept, ref: { ...kept.ref, endpointId } }))
}

/** With the first warnings, cut short. */
export function toRecord<Published extends { readonly warnings: readonly string[] }>(
  published: Published,
): Published & { warnings: string[] } {
  const warnings = published.warnings
    .slice(0, MAX_WARNINGS)
    .map((warning) => warning.slice(0, MAX_WARNING_CHARS))
  return { ...published, warnings }
}
