/** GraphiQL, out of its package: read and packed when somebody who may have it asks first. */
import { once } from 'node:events'
import { Worker } from 'node:worker_threads'
import { z } from 'zod'

export const GRAPHIQL_FILES = [
  'graphiql.js',
  'graphiql.css',
  'editor-worker.js',
  'json-worker.js',
  'graphql-worker.js',
] as const

export type GraphiqlFile = (typeof GRAPHIQL_FILES)[number]

/** JavaScript as it is, beside this file: a thread begins from there, compiled or not. */
const PACKER = new URL('pack-graphiql.js', import.meta.url)

const Packed = z.record(z.enum(GRAPHIQL_FILES), z.instanceof(Uint8Array))

type PackedFiles = z.infer<typeof Packed>

/** All of it together: what is 9 MB whole is 2 MB then. */
let packing: Promise<PackedFiles> | undefined

/** @returns it as gzip has it, which every browser takes */
export async function readGraphiql(file: GraphiqlFile): Promise<Buffer> {
  packing ??= pack().catch((error: unknown) => {
    // What failed once may do the next time.
    packing = undefined
    throw error
  })
  const { buffer, byteOffset, byteLength } = (await packing)[file]
  return Buffer.from(buffer, byteOffset, byteLength)
}

/** Beside everything else: it would keep all others waiting for a third of a second. */
async function pack(): Promise<PackedFiles> {
  const [message] = await once(new Worker(PACKER, { env: {} }), 'message')
  return Packed.parse(message)
}
