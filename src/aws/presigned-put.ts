/** A URL with which somebody without credentials of ours may write one object, and nothing else. */
import type { PutObjectCommandInput } from '@aws-sdk/client-s3'
import type { Aws } from './aws.js'

export interface PresignedPutOptions {
  readonly key: string
  readonly bytes: number
  /** Lower-case hex. */
  readonly sha256: string
  readonly expiresInSeconds: number
  readonly now: Date
}

export interface PresignedPut {
  readonly url: string
  /** Signed: a request with other ones is refused, and S3 compares the body with its checksum. */
  readonly headers: Readonly<Record<string, string>>
}

/** What the SDK gives to a step before it signs. */
interface BuiltRequest {
  readonly protocol: string
  readonly hostname: string
  readonly port?: number | undefined
  readonly path: string
  readonly query?: Readonly<Record<string, string | string[] | null>> | undefined
  headers: Record<string, string>
}

/** What the SDK's signer of S3 can beside `sign`, which is all that its type says. */
interface Presigner {
  presign(
    request: BuiltRequest,
    options: {
      readonly expiresIn: number
      readonly signingDate: Date
      readonly unhoistableHeaders: Set<string>
    },
  ): Promise<BuiltRequest>
}

const CHECKSUM = 'x-amz-checksum-sha256'
const LENGTH = 'content-length'

/**
 * Signs a `PutObject` bound to length and checksum.
 *
 * @param options.expiresInSeconds at most a week
 */
export async function presignPut(
  aws: Pick<Aws, 's3' | 'bucket'>,
  { key, bytes, sha256, expiresInSeconds, now }: PresignedPutOptions,
): Promise<PresignedPut> {
  const checksum = Buffer.from(sha256, 'hex').toString('base64')
  const { presigner, request } = await buildRequest(aws, { Key: key, ContentLength: bytes })
  // Host, length and checksum are all that is signed: the uploader sends what it likes beside them.
  request.headers = {
    host: hostOf(request),
    [LENGTH]: String(bytes),
    [CHECKSUM]: checksum,
    'x-amz-content-sha256': 'UNSIGNED-PAYLOAD',
  }
  const signed = await presigner.presign(request, {
    expiresIn: expiresInSeconds,
    signingDate: now,
    unhoistableHeaders: new Set([CHECKSUM]),
  })
  return { url: toUrl(signed), headers: { [LENGTH]: String(bytes), [CHECKSUM]: checksum } }
}

/** Lets the SDK find bucket, address and credentials, and stops it before anything is sent. */
async function buildRequest(
  { s3, bucket }: Pick<Aws, 's3' | 'bucket'>,
  input: Omit<PutObjectCommandInput, 'Bucket'>,
): Promise<{ presigner: Presigner; request: BuiltRequest }> {
  const [client, { PutObjectCommand }] = await Promise.all([s3(), import('@aws-sdk/client-s3')])
  const command = new PutObjectCommand({ ...input, Bucket: bucket })
  let built: { presigner: Presigner; request: BuiltRequest } | undefined
  command.middlewareStack.add(
    (_next, context) => async (args) => {
      const scheme = context.endpointV2?.properties?.authSchemes?.[0]
      const signer: unknown = await client.config.signer(scheme)
      const { request } = args
      if (!isPresigner(signer) || !isBuilt(request))
        throw new Error('the SDK signs differently now')
      built = { presigner: signer, request }
      return { response: {}, output: { $metadata: {} } }
    },
    { step: 'finalizeRequest', priority: 'low', name: 'presign' },
  )
  await client.send(command)
  if (built === undefined) throw new Error('the SDK built no request')
  return built
}

function isPresigner(signer: unknown): signer is Presigner {
  return typeof signer === 'object' && signer !== null && 'presign' in signer
}

function isBuilt(request: unknown): request is BuiltRequest {
  return typeof request === 'object' && request !== null && 'hostname' in request
}

function hostOf({ hostname, port }: BuiltRequest): string {
  return port === undefined ? hostname : `${hostname}:${port}`
}

function toUrl(request: BuiltRequest): string {
  const query = Object.entries(request.query ?? {}).flatMap(([name, value]) =>
    typeof value === 'string' ? [`${encode(name)}=${encode(value)}`] : [],
  )
  return `${request.protocol}//${hostOf(request)}${request.path}?${query.join('&')}`
}

/** As the signature does it: also what `encodeURIComponent` leaves alone. */
function encode(text: string): string {
  return encodeURIComponent(text).replaceAll(
    /[!'()*]/g,
    (letter) => `%${letter.charCodeAt(0).toString(16).toUpperCase()}`,
  )
}
