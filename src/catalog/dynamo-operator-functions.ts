/**
 * How operators define functions, and remove them.
 *
 * The write of a function's row decides. The row of overrides names those rows, and says before each
 * such write that one has begun and afterwards that it has ended: it is read at each look, so what
 * was written is served even if whoever wrote it died before it could say so.
 */
import { v4 as uuidV4 } from 'uuid'
import { type Clock, toIso } from '../domain/clock.js'
import { GatewayError } from '../domain/errors.js'
import type { EndpointId } from '../domain/tenant.js'
import type { FunctionRemoval, FunctionToDefine } from './administration.js'
import type { FunctionName } from './catalog.js'
import { laterOf, laterThan } from './changed-since.js'
import { labelOf, takenOver } from './copies.js'
import { auditChange } from './dynamo-audit.js'
import { deleteOperatorRow, putOperatorRow, readOperatorRows } from './dynamo-operator-rows.js'
import {
  assertSeen,
  changeOverride,
  loadOverrides,
  readFunctionRow,
  updateOverrides,
} from './dynamo-overrides.js'
import { listPackages, registeredVersion } from './dynamo-packages.js'
import type { SettlingParts } from './dynamo-settling.js'
import { readDefinition } from './function-to-define.js'
import {
  findBundle,
  keyOf,
  type OperatorFunction,
  readOperatorRow,
  uuidOf,
} from './operator-functions.js'
import { overrideOf, type Overrides, saysSomething } from './overrides.js'

export interface OperatorParts extends Pick<SettlingParts, 'aws' | 'definitions' | 'log'> {
  readonly clock: Clock
}

/** Of an endpoint: each look at a change reads them all. */
const MAX_OPERATOR_FUNCTIONS = 500

/** A change that lost against others this often is given up. */
const MAX_ATTEMPTS = 10

/** @see CatalogAdministration.defineFunction */
export async function defineFunction(parts: OperatorParts, fn: FunctionToDefine): Promise<void> {
  for (let attempt = 0; attempt < MAX_ATTEMPTS; attempt++) {
    const before = await findOwn(parts, fn)
    // One that takes the place of a lost one keeps nothing of it.
    const stays = fn.mode === 'update' ? before?.definition : undefined
    const definition = await readDefinition(fn, stays)
    await assertClass(parts, fn, definition)
    const set = overrideOf(await loadOverrides(parts.aws, fn.endpointId), fn)
    const seenAt = laterOf(before?.updatedAt, set?.updatedAt)
    const updatedAt = laterThan(seenAt, toIso(parts.clock.now()))
    const uuid = uuidOf(fn.endpointId, fn)
    const after = { uuid, stamp: uuidV4(), definition, updatedAt, updatedBy: fn.actor }
    if (await writeNamed(parts, fn, { action: 'function.define', before, after })) return
  }
  throw contested(fn)
}

/** @see CatalogAdministration.definedFunctions */
export async function listFunctions(
  { aws }: Pick<OperatorParts, 'aws'>,
  endpointId: EndpointId,
): Promise<readonly FunctionName[]> {
  const { functions: uuids } = await loadOverrides(aws, endpointId)
  const rows = await readOperatorRows(aws, endpointId, { uuids })
  return rows.map(({ definition }) => keyOf(definition))
}

/** @see CatalogAdministration.removeFunction */
export async function removeFunction(parts: OperatorParts, fn: FunctionRemoval): Promise<void> {
  for (let attempt = 0; attempt < MAX_ATTEMPTS; attempt++) {
    const row = await readFunctionRow(parts.aws, fn)
    const before = readOperatorRow(row)
    if (!before) return removeOverride(parts, fn, row !== undefined)
    await assertSeen(parts.aws, fn, await loadOverrides(parts.aws, fn.endpointId))
    if (await writeNamed(parts, fn, { action: 'function.remove', before, after: undefined })) return
  }
  throw contested(fn)
}

/** Of a bundle's function, or of one that is still to come. */
async function removeOverride(
  parts: OperatorParts,
  fn: FunctionRemoval,
  isThere: boolean,
): Promise<void> {
  const overrides = await loadOverrides(parts.aws, fn.endpointId)
  if (overrideOf(overrides, fn)) {
    await changeOverride(parts, { ...fn, status: 'active', access: null, redact: null })
    return
  }
  if (!isThere) throw notFound(fn)
  await assertSeen(parts.aws, fn, overrides)
}

/**
 * The definition that is to be changed, or replaced because it is lost; undefined for one to come.
 *
 * @throws GatewayError `CONFLICT` where there is one, or it was changed; `FUNCTION_NOT_FOUND`
 */
async function findOwn(
  parts: OperatorParts,
  fn: FunctionToDefine,
): Promise<OperatorFunction | undefined> {
  const { aws } = parts
  const row = await readFunctionRow(aws, fn)
  const own = readOperatorRow(row)
  if (fn.mode === 'create') {
    if (!row) return undefined
    if (own && !(await hasClass(parts, fn.endpointId, own.definition))) return own
    throw takenOver({ label: labelOf(fn) }, row)
  }
  if (!own) throw notFound(fn)
  await assertSeen(aws, fn, await loadOverrides(aws, fn.endpointId))
  return own
}

/** @throws GatewayError `INVALID_PARAMS` when no active bundle has the class */
async function assertClass(
  parts: OperatorParts,
  { endpointId }: FunctionToDefine,
  code: OperatorFunction['definition'],
): Promise<void> {
  if (await hasClass(parts, endpointId, code)) return
  const { moduleName, className } = code
  throw new GatewayError(
    'INVALID_PARAMS',
    `className: no active bundle has a class "${className}" in module "${moduleName}"`,
  )
}

/** Whether an active bundle has the class of a function. */
async function hasClass(
  { aws, definitions }: OperatorParts,
  endpointId: EndpointId,
  code: OperatorFunction['definition'],
): Promise<boolean> {
  const packages = await listPackages(aws, endpointId)
  const versions = packages.map((row) => definitions.read(registeredVersion(endpointId, row)))
  return findBundle(await Promise.all(versions), code) !== undefined
}

interface Written {
  readonly action: 'function.define' | 'function.remove'
  readonly before: OperatorFunction | undefined
  /** Undefined: the row goes. */
  readonly after: OperatorFunction | undefined
}

/** @returns false when the row is no longer as it was read */
async function writeNamed(
  parts: OperatorParts,
  fn: FunctionToDefine | FunctionRemoval,
  { action, before, after }: Written,
): Promise<boolean> {
  const { aws } = parts
  const changeId = uuidV4()
  await begin(parts, fn, changeId)
  const isWritten = after
    ? await putOperatorRow(aws, fn.endpointId, { before, after })
    : before !== undefined && (await deleteOperatorRow(aws, fn.endpointId, before))
  // A write that landed although its answer was lost is refused when it is sent again.
  const found = isWritten ? after : readOperatorRow(await readFunctionRow(aws, fn))
  const isDone = isWritten || found?.stamp === after?.stamp
  const changed = isDone ? fn : undefined
  // What is written is served from here on, whatever becomes of the rest.
  if (isDone) await auditFunction(parts, fn, { action, before, after })
  await updateOverrides(parts, fn, (overrides) =>
    toEnded(overrides, { changeId, uuid: uuidOf(fn.endpointId, fn), isThere: !!found, changed }),
  )
  return isDone
}

async function begin(
  parts: OperatorParts,
  fn: FunctionName & Pick<FunctionRemoval, 'endpointId' | 'actor'>,
  changeId: string,
): Promise<void> {
  const { aws, clock } = parts
  const uuid = uuidOf(fn.endpointId, fn)
  await updateOverrides(parts, fn, async (before) => {
    let functions = [...new Set([...before.functions, uuid])].toSorted()
    if (functions.length > MAX_OPERATOR_FUNCTIONS) {
      // Rows whose writing was refused or never came are named too.
      const rows = await readOperatorRows(aws, fn.endpointId, { uuids: before.functions })
      functions = [...rows.map((row) => row.uuid), uuid].toSorted()
    }
    if (functions.length > MAX_OPERATOR_FUNCTIONS)
      throw new GatewayError(
        'BUSY',
        `An endpoint may have ${MAX_OPERATOR_FUNCTIONS} functions that are defined by hand; remove one first`,
        { data: { limit: MAX_OPERATOR_FUNCTIONS } },
      )
    const writing = { changeId, since: clock.now() }
    return { ...before, revision: before.revision + 1, functions, writing }
  })
}

interface Ended {
  readonly changeId: string
  readonly uuid: string
  readonly isThere: boolean
  /** Undefined where nothing was done. */
  readonly changed: FunctionToDefine | FunctionRemoval | undefined
}

function toEnded(before: Overrides, { changeId, uuid, isThere, changed }: Ended): Overrides {
  const others = before.functions.filter((each) => each !== uuid)
  return {
    ...before,
    revision: before.revision + 1,
    functions: isThere ? [...others, uuid].toSorted() : others,
    writing: before.writing?.changeId === changeId ? undefined : before.writing,
    all: changed ? withoutOutdated(before, changed) : before.all,
  }
}

/** What was set for it before gives way to what its definition says now, and goes with it. */
function withoutOutdated(
  overrides: Overrides,
  changed: FunctionToDefine | FunctionRemoval,
): Overrides['all'] {
  const known = overrideOf(overrides, changed)
  if (!known) return overrides.all
  const others = overrides.all.filter((override) => override !== known)
  if (!('mode' in changed)) return others
  const { access, redact, ...rest } = known
  const left = {
    ...rest,
    ...(access && changed.access === undefined && { access }),
    ...(redact && changed.redact === undefined && { redact }),
  }
  return saysSomething(left) ? overrides.all.map((each) => (each === known ? left : each)) : others
}

interface AuditedFunction extends Written {
  readonly action: 'function.define' | 'function.remove'
}

async function auditFunction(
  parts: OperatorParts,
  fn: FunctionToDefine | FunctionRemoval,
  { action, before, after }: AuditedFunction,
): Promise<void> {
  const { endpointId, actor } = fn
  await auditChange(parts, {
    endpointId,
    actor,
    action,
    target: `${fn.mcpType} ${fn.key}`,
    before: before && shownOf(before),
    after: after && shownOf(after),
    now: after?.updatedAt ?? toIso(parts.clock.now()),
  })
}

/** Longer ones are in the row itself, and would fill the audit. */
const MAX_SHOWN_CHARS = 4096

function shownOf({ definition: { data, ...rest } }: OperatorFunction) {
  const json = JSON.stringify(data)
  return { ...rest, data: json.length > MAX_SHOWN_CHARS ? `${json.length} characters` : json }
}

function notFound(fn: FunctionName): GatewayError {
  return new GatewayError('FUNCTION_NOT_FOUND', `No operator has defined ${labelOf(fn)}`)
}

function contested(fn: FunctionName): GatewayError {
  return new GatewayError('CONFLICT', `Others are changing ${labelOf(fn)}; read it and try again`)
}
