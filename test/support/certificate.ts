import { spawnSync } from 'node:child_process'
import { join } from 'node:path'
import { readFileSync } from 'node:fs'

export interface TestCertificate {
  readonly certFile: string
  readonly keyFile: string
  /** PEM, for clients that shall trust it. */
  readonly cert: string
}

/** A key and a certificate for 127.0.0.1 and localhost, signed by itself, good for a day. */
export function createCertificate(folder: string, name = 'tls'): TestCertificate {
  const certFile = join(folder, `${name}.crt`)
  const keyFile = join(folder, `${name}.key`)
  const made = ['-keyout', keyFile, '-out', certFile]
  const options = `req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -days 1 -subj /CN=localhost
    -addext subjectAltName=IP:127.0.0.1,DNS:localhost`
  const { status, stderr } = spawnSync('openssl', [...options.split(/\s+/), ...made])
  if (status !== 0) throw new Error(`openssl made no certificate: ${String(stderr)}`)
  return { certFile, keyFile, cert: readFileSync(certFile, 'utf8') }
}
