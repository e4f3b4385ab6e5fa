import { parseArgs } from 'node:util'
import { MAX_SHARDS, type RecordSettings } from '../calls/calls.js'
import { isPointer, MAX_POINTERS, POINTER_RULE } from '../domain/json-pointer.js'
import type { EndpointId } from '../domain/tenant.js'
import { readWhole } from './arguments.js'
import { atGateway } from './at-endpoint.js'
import { toPrintable } from './printable.js'
import type { Program } from './program.js'
import { UsageError } from './usage-error.js'

/** Shows how the calls of an endpoint are recorded, and changes what is given. */
export async function callsSettings(args: readonly string[], program: Program): Promise<void> {
  const { values } = parseArgs({
    args: [...args],
    options: {
      endpoint: { type: 'string' },
      shards: { type: 'string' },
      redact: { type: 'string', multiple: true },
      'no-redact': { type: 'boolean', default: false },
    },
  })
  const shards = readWhole('shards', values.shards, { min: 1, max: MAX_SHARDS })
  const redact = readPointers(values.redact, values['no-redact'])
  await atGateway(program, values.endpoint, async ({ calls }, endpointId) => {
    const isChange = shards !== undefined || redact !== undefined
    const settings = isChange
      ? await calls.changeSettings(endpointId, {
          ...(shards && { shards }),
          ...(redact && { redact }),
        })
      : await calls.settings(endpointId)
    program.stdout.write(`${lines(endpointId, settings).join('\n')}\n`)
  })
}

/** @returns undefined to leave them as they are */
function readPointers(given: readonly string[] | undefined, isNone: boolean) {
  if (isNone && given !== undefined)
    throw new UsageError('--no-redact: expected without --redact, which it would undo')
  if (isNone) return []
  if (given !== undefined && given.length > MAX_POINTERS)
    throw new UsageError(`--redact: expected at most ${MAX_POINTERS} of them`)
  if (given?.every(isPointer) === false) throw new UsageError(`--redact: expected ${POINTER_RULE}`)
  return given
}

function lines(endpointId: EndpointId, { shards, redact }: RecordSettings): string[] {
  const pointers = redact.map(
    (pointer) => `redact ${pointer === '' ? '(all)' : toPrintable(pointer)}`,
  )
  return [
    `endpoint ${endpointId}`,
    `shards ${shards}`,
    ...(pointers.length === 0 ? ['redact nothing'] : pointers),
  ]
}
