/** Setting values as they lie in the database: sealed, each for its endpoint and row alone. */
import type { Setting } from '../domain/capability.js'
import { GatewayError } from '../domain/errors.js'
import { isJsonObject } from '../domain/json.js'
import type { EndpointId } from '../domain/tenant.js'
import { keyIdOf, type Sealer } from '../sealing/sealing.js'

export interface SettingText {
  /** Of the row: setting and activation. */
  readonly setting_id: string
  readonly setting: string
  readonly package_name: string
}

export interface SealedSettings {
  seal(endpointId: EndpointId, rowId: string, json: string): string
  /** @returns the JSON text, or undefined when no key opens it */
  read(endpointId: EndpointId, row: SettingText): string | undefined
  /** @throws GatewayError `BUNDLE_UNAVAILABLE` naming package and key, never the value */
  open(endpointId: EndpointId, row: SettingText): Setting
  /** False for a row that is to be sealed anew. */
  isCurrent(row: SettingText): boolean
}

export function createSealedSettings(sealer: Sealer): SealedSettings {
  const read = (endpointId: EndpointId, row: SettingText) => {
    // Written before settings were sealed: an object's JSON, which no sealed text looks like.
    if (row.setting.startsWith('{')) return row.setting
    return sealer.open(row.setting, contextOf(endpointId, row.setting_id))
  }
  return {
    seal: (endpointId, rowId, json) => sealer.seal(json, contextOf(endpointId, rowId)),
    read,
    open(endpointId, row) {
      const setting = parse(read(endpointId, row))
      if (setting !== undefined) return setting
      throw unopened(endpointId, row)
    },
    isCurrent: (row) => keyIdOf(row.setting) === sealer.keyId,
  }
}

function contextOf(endpointId: EndpointId, rowId: string): string {
  return `${endpointId}\n${rowId}`
}

/** Without the cause of a failure, which quotes the text and could end up in a log. */
function parse(json: string | undefined): Setting | undefined {
  try {
    const value: unknown = json === undefined ? undefined : JSON.parse(json)
    return isJsonObject(value) ? value : undefined
  } catch {
    return undefined
  }
}

function unopened(endpointId: EndpointId, row: SettingText): GatewayError {
  const keyId = keyIdOf(row.setting)
  const reason =
    keyId === undefined
      ? 'is damaged'
      : `was sealed with the key "${keyId}", and no key of this gateway opens it (SETTINGS_KEYS)`
  return new GatewayError(
    'BUNDLE_UNAVAILABLE',
    `A setting of package "${row.package_name}" at endpoint "${endpointId}" ${reason}`,
  )
}
