/** What of the settings belongs to the HTTP server. */
import { readFileSync } from 'node:fs'
import { createSecureContext } from 'node:tls'
import { type Config, ConfigError } from '../config/config.js'
import { isLoopback } from '../config/edge-settings.js'
import { codeOf } from '../domain/code-of.js'
import type { HttpOptions } from '../transport/http-server.js'

/** @throws ConfigError when the files of TLS cannot be read, or do not belong together */
export function toHttpOptions(config: Config): HttpOptions {
  return {
    isLoopback: isLoopback(config.HOST),
    publicUrl: config.PUBLIC_URL,
    allowedOrigins: config.ALLOWED_ORIGINS ?? [],
    allowedHosts: config.ALLOWED_HOSTS,
    trustProxy: config.TRUST_PROXY,
    tls: readTls(config),
    maxConnections: config.MAX_CONNECTIONS,
    maxBodyBytes: config.MAX_BODY_BYTES,
    maxUploadBytes: config.MAX_ZIP_BYTES,
    maxBacklogBytes: config.MAX_STREAM_BACKLOG_BYTES,
    maxEventStreamsPerUser: config.MAX_EVENT_STREAMS_PER_USER,
    placeLimits: {
      maxPlaces: config.MAX_STREAMS,
      maxPerUser: config.MAX_STREAMS_PER_USER,
    },
  }
}

function readTls({ TLS_CERT_FILE: certFile, TLS_KEY_FILE: keyFile }: Config): HttpOptions['tls'] {
  if (certFile === undefined || keyFile === undefined) return undefined
  const tls = { cert: readPem('TLS_CERT_FILE', certFile), key: readPem('TLS_KEY_FILE', keyFile) }
  try {
    createSecureContext(tls)
  } catch (error) {
    // What OpenSSL says names no secret, and is all that helps.
    const why = error instanceof Error ? error.message : String(error)
    throw new ConfigError([`TLS_CERT_FILE and TLS_KEY_FILE do not make a certificate: ${why}`])
  }
  return tls
}

function readPem(name: string, file: string): string {
  try {
    return readFileSync(file, 'utf8')
  } catch (error) {
    throw new ConfigError([`${name} ${file} cannot be read: ${codeOf(error) ?? String(error)}`])
  }
}
