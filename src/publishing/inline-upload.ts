/** A small ZIP that travels inside a message. */
import { type ArchiveLimits, bundleInvalid, formatBytes } from '../bundles/bundles.js'
import type { EndpointId } from '../domain/tenant.js'

export interface InlineRequest {
  readonly endpointId: EndpointId
  /** The ZIP; base64 with its padding, at most 4 MiB decoded. */
  readonly base64: string
  /** Fill `${VAR}` in the settings of the manifest. */
  readonly variables: Readonly<Record<string, string>>
  /** Who does it, for the audit. */
  readonly actor: string
}

const MAX_INLINE_BYTES = 4 * 1024 * 1024

/** @throws GatewayError `BUNDLE_INVALID` for more than may travel so, or for what is no base64 */
export function decodeInline(
  { base64 }: Pick<InlineRequest, 'base64'>,
  { maxZipBytes }: Pick<ArchiveLimits, 'maxZipBytes'>,
): Buffer {
  const maxBytes = Math.min(MAX_INLINE_BYTES, maxZipBytes)
  const tooLarge = () =>
    bundleInvalid(
      `the archive is larger than the ${formatBytes(maxBytes)} that are taken inline: upload it instead`,
    )
  if (base64.length > Math.ceil(maxBytes / 3) * 4) throw tooLarge()
  const zip = Buffer.from(base64, 'base64')
  // Several texts stand for the same bytes, and Node reads on after what is none: only one is taken.
  if (zip.toString('base64') !== base64) throw bundleInvalid('the archive is not base64')
  if (zip.length > maxBytes) throw tooLarge()
  return zip
}
