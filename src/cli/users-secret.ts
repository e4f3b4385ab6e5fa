/** How a password comes into a command: never as an argument, which others of the machine can see. */
import { randomBytes } from 'node:crypto'
import { createInterface } from 'node:readline'
import { type Readable, Writable } from 'node:stream'
import type { Program } from './program.js'
import { UsageError } from './usage-error.js'

export const PASSWORD_OPTIONS = {
  'password-stdin': { type: 'boolean', default: false },
  generate: { type: 'boolean', default: false },
} as const

interface TypedPassword {
  readonly 'password-stdin': boolean
  readonly generate: boolean
}

/** More than any password may have. */
const MAX_PIPED_CHARS = 1024

const GENERATED_BYTES = 18

/**
 * From standard input, generated, or typed twice on a terminal that does not show it.
 *
 * @throws UsageError where there is no terminal to ask at
 */
export async function readNewPassword(
  { stdin, stderr }: Pick<Program, 'stdin' | 'stderr'>,
  { 'password-stdin': isPiped, generate }: TypedPassword,
): Promise<string> {
  if (isPiped && generate)
    throw new UsageError('--generate: expected without --password-stdin, which brings one')
  if (generate) return randomBytes(GENERATED_BYTES).toString('base64url')
  if (isPiped) return readPiped(stdin)
  if (!('isTTY' in stdin) || stdin.isTTY !== true)
    throw new UsageError('There is no terminal to ask at: use --password-stdin or --generate')
  return askTwice(stdin, stderr)
}

/** All of it, without the line end that most tools put behind it. */
async function readPiped(stdin: Readable): Promise<string> {
  let text = ''
  for await (const chunk of stdin.setEncoding('utf8')) {
    text += String(chunk)
    if (text.length > MAX_PIPED_CHARS) throw new UsageError('--password-stdin: it is too long')
  }
  return text.replace(/\r?\n$/, '')
}

async function askTwice(stdin: Readable, stderr: Writable): Promise<string> {
  const nowhere = new Writable({ write: (_chunk, _encoding, done) => done() })
  const typed = createInterface({ input: stdin, output: nowhere, terminal: true, historySize: 0 })
  const lines = typed[Symbol.asyncIterator]()
  const ask = async (question: string): Promise<string> => {
    stderr.write(question)
    const line = await lines.next()
    stderr.write('\n')
    if (line.done === true) throw new UsageError('Nothing was typed, and nothing changed')
    return line.value
  }
  try {
    const password = await ask('Password: ')
    if ((await ask('The same again: ')) === password) return password
    throw new UsageError('The two differ, and nothing changed')
  } finally {
    typed.close()
  }
}
