/** The settings as text, for `--help`: from the same table that reads them. */
import { settings } from './config.js'

export function settingsHelp(): string {
  return Object.entries(settings)
    .map(([name, schema]) => {
      const meaning = schema.description ?? ''
      const byDefault = defaultOf(schema)
      return `  ${name.padEnd(26)} ${meaning}${byDefault === '' ? '' : ` [${byDefault}]`}`
    })
    .join('\n')
}

function defaultOf(schema: (typeof settings)[keyof typeof settings]): string {
  const { def } = schema
  return 'defaultValue' in def ? String(def.defaultValue) : ''
}
