/** A setting by its members: what is shown of each, and what a change makes of them. */
import type { Setting } from '../domain/capability.js'
import { GatewayError } from '../domain/errors.js'
import { isDeeperThan } from '../domain/json.js'
import type { SettingChange, SettingMember } from './administration.js'
import { invalid } from './invalid.js'

export interface MarkedSetting {
  readonly setting: Setting
  /** Names of what nobody is shown. Undefined: all of it. */
  readonly secrets: readonly string[] | undefined
}

/** As in manifests. */
const MAX_DEPTH = 100
const MAX_NAME_CHARS = 256
/** In one change. */
const MAX_CHANGED = 1000

/** In order of name; without the values of what is secret. */
export function toMembers({ setting, secrets }: MarkedSetting): SettingMember[] {
  const isSecretName = secretNames({ setting, secrets })
  return Object.keys(setting)
    .toSorted()
    .map((name) => {
      const value = setting[name]
      const isSet = value !== null && value !== undefined && value !== ''
      if (isSecretName.has(name)) return { name, isSecret: true, isSet }
      return { name, isSecret: false, isSet, value }
    })
}

/** @throws GatewayError `CONFLICT` for one to create that has members; `INVALID_PARAMS` */
export function changeMembers(before: MarkedSetting, change: SettingChange): MarkedSetting {
  const { mode, set = [], remove = [] } = change
  if (mode === 'empty') return { setting: {}, secrets: [] }
  refuseWrong(change)
  if (mode === 'create' && Object.keys(before.setting).length > 0)
    throw new GatewayError('CONFLICT', `Setting "${change.settingId}" has members already`)
  const gone = new Set(remove)
  const members = new Map(Object.entries(before.setting).filter(([name]) => !gone.has(name)))
  const secrets = new Set(secretNames(before))
  for (const { name, value, isSecret } of set) {
    members.set(name, value ?? null)
    if (isSecret) secrets.add(name)
    else secrets.delete(name)
  }
  return {
    setting: Object.fromEntries(members),
    secrets: [...secrets].filter((name) => members.has(name)).toSorted(),
  }
}

function secretNames({ setting, secrets }: MarkedSetting): ReadonlySet<string> {
  return new Set(secrets ?? Object.keys(setting))
}

function refuseWrong({ mode, set = [], remove = [] }: SettingChange): void {
  if (mode === 'create' && set.length === 0) throw invalid('members: expected at least one')
  if (set.length + remove.length > MAX_CHANGED)
    throw invalid(`members: at most ${MAX_CHANGED} can be changed at once`)
  const names = [...set.map(({ name }) => name), ...remove]
  if (new Set(names).size < names.length) throw invalid('members: one is named twice')
  if (set.some(({ name }) => !isName(name)))
    throw invalid(`members: a name must have 1 to ${MAX_NAME_CHARS} characters`)
  if (set.some(({ value }) => isDeeperThan(MAX_DEPTH, value)))
    throw invalid(`members: a value is nested deeper than ${MAX_DEPTH} levels`)
}

function isName(name: string): boolean {
  return name.length >= 1 && name.length <= MAX_NAME_CHARS && name !== '__proto__'
}
