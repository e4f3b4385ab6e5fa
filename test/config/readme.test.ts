import { readFileSync } from 'node:fs'
import { expect, it } from 'vitest'
import { settingsHelp } from '../../src/config/help.js'

/** The README's table, as it has to be: one row a setting, from the same text as `--help`. */
function tableRows(): string[] {
  return settingsHelp()
    .split('\n')
    .map((line) => {
      const [, name, meaning, byDefault = ''] = /^ {2}(\S+) +(.*?)(?: \[(.*)\])?$/.exec(line) ?? []
      return `| \`${name}\` | ${meaning} | ${byDefault && `\`${byDefault}\``} |`
    })
}

it('the README lists every setting with its meaning and default, as --help does', () => {
  const readme = readFileSync(new URL('../../README.md', import.meta.url), 'utf8')
  const table = ['| variable | meaning | default |', '| --- | --- | --- |', ...tableRows()]
  expect(readme).toContain(table.join('\n'))
})
