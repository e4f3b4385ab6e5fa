/** Where a bundle lies between its upload and its publication. A port. */
import type { Readable } from 'node:stream'
import type { EndpointId } from '../domain/tenant.js'

/** One upload of one tenant. */
export interface UploadKey {
  readonly endpointId: EndpointId
  readonly uploadId: string
}

/** What its uploader has said of it, and what is held against it. */
export interface UploadContent {
  readonly bytes: number
  /** Lower-case hex. */
  readonly sha256: string
}

/** Where and how the uploader sends the bytes. */
export interface UploadTarget {
  /** Of S3, or a path of this gateway. */
  readonly url: string
  readonly method: 'PUT'
  /** To be sent as they are. */
  readonly headers: Readonly<Record<string, string>>
}

export interface UploadArea {
  /**
   * A target that needs nothing of the gateway; undefined where the uploader cannot reach the
   * store, so that the gateway takes the bytes itself.
   */
  target(
    key: UploadKey,
    content: UploadContent & { readonly lifetimeMs: number },
  ): Promise<UploadTarget | undefined>
  /**
   * Stores what comes; an object appears only when everything was as it was said.
   *
   * @throws GatewayError `BODY_TOO_LARGE` as soon as it is longer than was said; `INVALID_REQUEST`
   * when it is shorter or has another hash; `BUNDLE_UNAVAILABLE` when the store does not take it
   */
  receive(key: UploadKey, content: UploadContent, body: Readable): Promise<void>
  /** @returns undefined when nothing has come yet */
  read(key: UploadKey, maxBytes: number): Promise<Buffer | undefined>
  remove(key: UploadKey): Promise<void>
  /** Removes what has been there since before that time, in milliseconds since 1970. */
  removeOlder(beforeMs: number): Promise<number>
}
