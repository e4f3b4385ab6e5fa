import { PassThrough, Writable } from 'node:stream'
import { text } from 'node:stream/consumers'
import { buildGateway, toGatewayOptions } from '../../src/app.js'
import { type Program, runCommand } from '../../src/cli/cli.js'
import type { OpenOptions } from '../../src/cli/program.js'
import { createParts, createWorkbench, startEngines } from '../../src/parts.js'
import { builtFile } from '../support/built.js'

export interface Terminal {
  /** What is typed after `mcp-daemon`; settles at the end of the command. */
  run(...args: string[]): Promise<Outcome>
  readonly stdin: PassThrough
  readonly stdout: PassThrough
  readonly stderr: PassThrough
  /** As SIGTERM does. */
  readonly interrupt: () => void
}

export interface Outcome {
  readonly exitCode: number
  readonly stdout: string
  readonly stderr: string
}

/**
 * One command with real parts, in this process: what it says is kept, and nothing is printed.
 *
 * @param faults what breaks in a way that real parts cannot be brought to
 */
export function openTerminal(
  env: Readonly<Record<string, string>>,
  faults: Partial<Program> = {},
): Terminal {
  const [stdin, stdout, stderr] = [new PassThrough(), new PassThrough(), new PassThrough()]
  let interrupt = () => {}
  const interrupted = new Promise<void>((resolve) => {
    interrupt = resolve
  })
  const program: Program = {
    env: { LOG_LEVEL: 'silent', ...env },
    version: '1.2.3',
    stdin,
    stdout,
    stderr,
    untilSignal: () => interrupted,
    startEngines,
    openWorkbench: (config, { log }) => createWorkbench(config, { log, built: builtFile('') }),
    open: openGateway,
    ...faults,
  }
  return {
    stdin,
    stdout,
    stderr,
    interrupt,
    run: async (...args) => {
      const said = Promise.all([text(stdout), text(stderr)])
      try {
        const exitCode = await runCommand(args, program)
        stdout.end()
        stderr.end()
        const [out, err] = await said
        return { exitCode, stdout: out, stderr: err }
      } finally {
        stdout.end()
        stderr.end()
      }
    },
  }
}

/** Standard output whose reader has gone, such as `head`. */
export function closedPipe(): Writable {
  const gone = Object.assign(new Error('write EPIPE'), { code: 'EPIPE', syscall: 'write' })
  return new Writable({ write: (_chunk, _encoding, done) => done(gone) })
}

export const openGateway: Program['open'] = (
  config,
  { log, metrics, secrets, lookEveryMs }: OpenOptions,
) => {
  const server = { name: 'test', version: '1.2.3' }
  const parts = createParts(config, { log, metrics, secrets, server, built: builtFile('') })
  const gateway = buildGateway(parts, { ...toGatewayOptions(config), lookEveryMs })
  return { ...parts, ...gateway }
}
