/** Inputs of mutations that a tenant may well do: they change nothing that its calls need. */
import { createHash } from 'node:crypto'
import { UPLOAD } from '../world.js'
import { type Asking, mintName, splitType } from './asking.js'
import { SEALED, spareManifest } from './spare-bundle.js'

type Input = Record<string, unknown>
type MakeInput = (asking: Asking) => Input

const NOTHING = 'nothing-is-called-so'

/** One that may be used up: it is another's from now on, when it is. */
function expendable({ world, random, owner, asker }: Asking, kind: string): string {
  const pool = world.graphql.expendable(kind)
  return pool.own(kind === 'uploadId' ? asker : owner, random) ?? NOTHING
}

function usedUp(asking: Asking, kind: string): string {
  const value = expendable(asking, kind)
  const { world, owner, asker, attack } = asking
  if (attack === undefined)
    world.graphql.expendable(kind).forget(kind === 'uploadId' ? asker : owner, value)
  return value
}

const spareOf = ({ world, owner: { tenant } }: Asking) => {
  const spare = world.graphql.spares[tenant]
  if (spare === undefined) throw new Error('each tenant has a spare bundle')
  return spare
}

const variables = ({ world }: Asking) => [{ name: SEALED, value: world.graphql.sealed }]

function functionName(chosen: string): { type: string; key: string } {
  const [type, key] = splitType(chosen)
  return key === undefined ? { type: 'TOOL', key: type } : { type, key }
}

function member(asking: Asking) {
  const { world, random, owner } = asking
  const value = world.markers.mint(owner, 'secret')
  return { name: `member_${mintName(asking)}`, value, isSecret: random.chance(0.5) }
}

const described = ({ world, owner }: Asking) => world.markers.mint(owner, 'secret')

function newFunction(asking: Asking): Input {
  const { packageName } = spareOf(asking)
  return {
    type: 'TOOL',
    data: {
      name: `made_${mintName(asking)}`,
      description: described(asking),
      inputSchema: { type: 'object' },
    },
    moduleName: packageName,
    className: 'Spare',
    methodName: 'look',
  }
}

const sha256 = createHash('sha256').update(UPLOAD).digest('hex')
const upload = { sizeBytes: UPLOAD.length, sha256 }

const SCOPES = ['SETTING', 'MODULE', 'FUNCTION', 'WORKER', 'BUNDLE', 'SNAPSHOT', 'LIST']

/** By mutation. One that is not here is asked for with what is another tenant's alone. */
const INPUTS: ReadonlyMap<string, MakeInput> = new Map<string, MakeInput>([
  [
    'createEndpoint',
    (asking) => ({ endpointId: mintName(asking), description: described(asking) }),
  ],
  ['updateEndpoint', (asking) => ({ description: described(asking) })],
  [
    'deleteEndpoint',
    (asking) => {
      const endpointId = usedUp(asking, 'endpointId')
      return { endpointId, confirm: endpointId }
    },
  ],
  ['createUser', (asking) => ({ username: mintName(asking) })],
  [
    'updateUser',
    (asking) => ({
      username: expendable(asking, 'username'),
      isDisabled: asking.random.chance(0.5),
    }),
  ],
  ['setUserPassword', (asking) => ({ username: expendable(asking, 'username') })],
  ['revokeUser', (asking) => ({ username: expendable(asking, 'username') })],
  ['deleteUser', (asking) => ({ username: usedUp(asking, 'username') })],
  ['createApiKey', (asking) => ({ name: mintName(asking), days: 1 })],
  ['updateApiKey', (asking) => ({ keyId: expendable(asking, 'keyId'), name: mintName(asking) })],
  ['revokeApiKey', (asking) => ({ keyId: usedUp(asking, 'keyId') })],
  ['createFunction', newFunction],
  [
    'updateFunction',
    (asking) => ({ ...functionName(expendable(asking, 'key')), redact: ['/nothing'] }),
  ],
  ['deleteFunction', (asking) => functionName(usedUp(asking, 'made'))],
  [
    'setFunctionStatus',
    (asking) => ({
      ...functionName(expendable(asking, 'key')),
      status: asking.random.pick(['ACTIVE', 'DISABLED']),
    }),
  ],
  [
    'createSetting',
    (asking) => ({ settingId: usedUp(asking, 'empty'), members: [member(asking)] }),
  ],
  [
    'updateSetting',
    (asking) => ({ settingId: expendable(asking, 'settingId'), members: [member(asking)] }),
  ],
  ['deleteSetting', (asking) => ({ settingId: expendable(asking, 'settingId') })],
  ['createBundleUpload', () => upload],
  [
    'processBundle',
    (asking) => ({ uploadId: usedUp(asking, 'uploadId'), variables: variables(asking) }),
  ],
  [
    'loadConfiguration',
    (asking) => {
      const spare = spareOf(asking)
      const manifest = { ...spareManifest(spare), made: asking.random.integer(1, 3) }
      return { packageName: spare.packageName, manifest, variables: variables(asking) }
    },
  ],
  [
    'promoteBundle',
    (asking) => ({
      packageName: spareOf(asking).packageName,
      sha256: expendable(asking, 'sha256'),
    }),
  ],
  ['rollbackBundle', (asking) => ({ packageName: spareOf(asking).packageName })],
  [
    'deleteBundleVersion',
    (asking) => ({
      packageName: spareOf(asking).packageName,
      sha256: expendable(asking, 'sha256'),
    }),
  ],
  ['deletePackage', (asking) => ({ packageName: usedUp(asking, 'scrap') })],
  ['purgeCache', ({ random }) => ({ scope: random.pick(SCOPES) })],
  ['cancelCall', (asking) => ({ callId: expendable(asking, 'running') })],
  ['deleteCall', (asking) => ({ callId: usedUp(asking, 'erasable') })],
])

/** What would be written down as it is: of another tenant, the database would name two in one row. */
const WRITTEN: ReadonlySet<string> = new Set([
  'createUser.username',
  'updateUser.username',
  'revokeUser.username',
  'createEndpoint.endpointId',
  'deleteEndpoint.endpointId',
  'createBundleUpload.sha256',
  'purgeCache.key',
])

export const isWritten = (mutation: string, field: string): boolean =>
  WRITTEN.has(`${mutation}.${field}`)

export const hasHarmlessInput = (mutation: string): boolean => INPUTS.has(mutation)

/** @returns undefined for a mutation of which nothing is known */
export function harmlessInput(mutation: string, asking: Asking): Input | undefined {
  return INPUTS.get(mutation)?.(asking)
}

/** Its things are none that there are: then nothing is promised. */
export const isEmpty = (input: Input): boolean => Object.values(input).includes(NOTHING)
