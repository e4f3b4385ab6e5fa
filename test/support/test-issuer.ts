import { once } from 'node:events'
import { createServer, type RequestListener, type ServerResponse } from 'node:http'
import { type CryptoKey, exportJWK, generateKeyPair, type JWK, SignJWT } from 'jose'

/** What a request for a document gets in place of it. */
export type Trouble = (response: ServerResponse) => void

export interface TestIssuer {
  /** `http://127.0.0.1:PORT`, and a path where one was asked for. */
  readonly issuer: string
  /** Paths that were asked for, in order. */
  readonly asked: string[]
  /** When it is set, its keys, or everything, are answered so. */
  trouble: Trouble | undefined
  /** Members of its metadata that are other than they should be. */
  lies: object
  /** In place of the keys that it has. */
  published: readonly JWK[] | undefined
  /** The private key that signs now. */
  readonly key: CryptoKey
  /** Of that key, as it is published. */
  readonly jwk: JWK
  /** From now on another key signs; the ones before are gone. */
  readonly rotate: () => Promise<void>
  /** Signs claims as its own, for ten minutes; a claim that is undefined is left out. */
  readonly sign: (claims: object, options?: SignOptions) => Promise<string>
  readonly stop: () => Promise<void>
}

export interface SignOptions {
  /** Beside `alg`, `kid` and `typ`; one that is undefined is left out. */
  readonly header?: { readonly [member: string]: unknown }
  readonly key?: CryptoKey | Uint8Array
}

export interface TestIssuerOptions {
  readonly algorithm?: string
  /** Behind the origin, like `/pool`. */
  readonly path?: string
  /** Where its metadata are. Default: as OpenID Connect wants it. */
  readonly metadataPath?: string
  /** Where its keys are. */
  readonly jwksPath?: string
  /** Milliseconds since 1970. */
  readonly now?: () => number
  /** Answers what is no document of an issuer. */
  readonly others?: RequestListener
}

/** An issuer over real HTTP, on loopback, that does as it is told. */
export async function startTestIssuer(options: TestIssuerOptions = {}): Promise<TestIssuer> {
  const { algorithm = 'RS256', path = '', now = Date.now } = options
  const { metadataPath = `${path}/.well-known/openid-configuration`, jwksPath = `${path}/keys` } =
    options
  const server = createServer((request, response) => {
    const asked = request.url ?? ''
    test.asked.push(asked)
    const isDocument = asked === metadataPath || asked === jwksPath
    if (isDocument && test.trouble !== undefined) test.trouble(response)
    else if (asked === metadataPath) send(response, metadata())
    else if (asked === jwksPath) send(response, { keys: test.published ?? [test.jwk] })
    else if (options.others !== undefined) options.others(request, response)
    else response.writeHead(404).end()
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  const address = server.address()
  if (address === null || typeof address === 'string') throw new Error('no port')
  const origin = `http://127.0.0.1:${address.port}`
  const issuer = `${origin}${path}`
  const metadata = () => ({ issuer, jwks_uri: `${origin}${jwksPath}`, ...test.lies })
  let made = 0
  const makeKey = async () => {
    const { publicKey, privateKey } = await generateKeyPair(algorithm)
    const jwk = {
      ...(await exportJWK(publicKey)),
      kid: `key-${++made}`,
      alg: algorithm,
      use: 'sig',
    }
    return { key: privateKey, jwk }
  }
  const test: TestIssuer = {
    issuer,
    asked: [],
    trouble: undefined,
    lies: {},
    published: undefined,
    ...(await makeKey()),
    rotate: async () => {
      Object.assign(test, await makeKey())
    },
    sign: (claims, { header, key = test.key } = {}) => {
      const seconds = Math.floor(now() / 1000)
      const said = { iss: issuer, iat: seconds, exp: seconds + 600, ...claims }
      return new SignJWT(JSON.parse(JSON.stringify(said)))
        .setProtectedHeader({ alg: algorithm, kid: test.jwk.kid ?? '', typ: 'at+jwt', ...header })
        .sign(key)
    },
    stop: async () => {
      server.closeAllConnections()
      server.close()
      await once(server, 'close')
    },
  }
  return test
}

function send(response: ServerResponse, body: object): void {
  response.writeHead(200, { 'content-type': 'application/json' }).end(JSON.stringify(body))
}
