/** Documents of issuers, over HTTP. */
import { isSecureUrl } from '../domain/secure-url.js'

/** For one document, from the connection to its last byte, in milliseconds. */
const TIMEOUT_MS = 5_000

/** Real ones have a few KiB. */
const MAX_BYTES = 256 * 1024

/**
 * @throws Error when the URL is neither https nor on loopback, redirects, is slow, answers with
 * anything but 200, or with more than 256 KiB, or not with JSON
 */
export async function fetchJson(url: string, timeoutMs = TIMEOUT_MS): Promise<unknown> {
  if (!isSecureUrl(url)) throw new Error(`${url} is neither https nor on loopback`)
  const response = await fetch(url, {
    headers: { accept: 'application/json' },
    redirect: 'manual',
    signal: AbortSignal.timeout(timeoutMs),
  })
  if (response.status !== 200) {
    await response.body?.cancel()
    throw new Error(`${url} answered with ${response.status}`)
  }
  return JSON.parse(await readText(response, url))
}

async function readText({ body }: Response, url: string): Promise<string> {
  const chunks: Uint8Array[] = []
  let bytes = 0
  // Leaving the loop cancels the rest.
  for await (const chunk of body ?? []) {
    bytes += chunk.byteLength
    if (bytes > MAX_BYTES) throw new Error(`${url} answered with more than ${MAX_BYTES} bytes`)
    chunks.push(chunk)
  }
  return Buffer.concat(chunks).toString('utf8')
}
