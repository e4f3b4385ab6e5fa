/** Who may call what a link answers for, as its bundle says. */
import { ACCESS_LISTS, ACCESS_RULE, isAccessRule } from '../domain/access-rules.js'
import type { ModuleLink } from './manifest-schema.js'

export function accessProblems({ access }: ModuleLink, path: string): string[] {
  if (!access) return []
  return ACCESS_LISTS.flatMap((list) =>
    (access[list] ?? []).flatMap((rule, index) =>
      isAccessRule(rule) ? [] : [`${path}.access.${list}[${index}]: expected ${ACCESS_RULE}`],
    ),
  )
}
