import { GatewayError } from '../domain/errors.js'
import { onlyOne, readArguments } from './arguments.js'
import { atGateway } from './at-endpoint.js'
import { toCallDetails, toCallJson } from './call-lines.js'
import { endOfReading } from './end-of-reading.js'
import { toPrintable } from './printable.js'
import type { Program } from './program.js'

/** Shows everything that is recorded of a call, with its arguments and content. */
export async function callsShow(args: readonly string[], program: Program): Promise<void> {
  const { values, positionals } = readArguments(args, {
    endpoint: { type: 'string' },
    json: { type: 'boolean', default: false },
  })
  const callId = onlyOne(positionals, 'calls show: expected one ID, as calls list shows them')
  const { stdout } = program
  endOfReading(stdout)
  await atGateway(program, values.endpoint, async ({ calls }, endpointId) => {
    const call = await calls.read(endpointId, callId.toLowerCase())
    if (call === undefined)
      throw new GatewayError(
        'RESOURCE_NOT_FOUND',
        `no call ${toPrintable(callId)} at endpoint ${endpointId}`,
      )
    stdout.write(`${values.json ? toCallJson(call) : toCallDetails(call)}\n`)
  })
}
