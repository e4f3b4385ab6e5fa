import { Writable } from 'node:stream'

/**
 * Takes standard output for the protocol alone: whatever else in this process prints, a bundle
 * under the `inline` executor for one, lands on standard error.
 *
 * @returns the only way to the real output
 */
export function claimOutput(stdout: Writable, stderr: Writable): Writable {
  const write = stdout.write.bind(stdout)
  const claimed = new Writable({
    decodeStrings: false,
    write: (chunk: string | Buffer, _encoding, done) => void write(chunk, done),
  })
  stdout.on('error', (error) => claimed.destroy(error))
  claimed.on('error', () => undefined)
  stdout.write = stderr.write.bind(stderr)
  return claimed
}
