/** Which settings one instance has been given already: a setting travels once, not with each call. */
import type { FunctionTarget, Setting } from '../domain/capability.js'

export interface SettingChanges {
  /** The target's setting when the instance must construct the class (anew), else undefined. */
  take(target: FunctionTarget): Setting | undefined
}

const jsonOfSetting = new WeakMap<Setting, string>()

export function createSettingChanges(): SettingChanges {
  const given = new Map<string, string>()
  return {
    take({ moduleName, className, setting }) {
      const key = `${moduleName}\n${className}`
      const json = toJson(setting)
      const isKnown = given.get(key) === json
      // Also when known: the comparison is free while both are the same string.
      given.set(key, json)
      return isKnown ? undefined : setting
    },
  }
}

/** Written once per setting object; a snapshot never changes one. */
function toJson(setting: Setting): string {
  const known = jsonOfSetting.get(setting)
  if (known !== undefined) return known
  const json = JSON.stringify(setting)
  jsonOfSetting.set(setting, json)
  return json
}
