/** What others wrote, for a terminal: nothing in it moves the cursor, or shows what is not there. */

/** Control characters, line ends among them, and those that stay unseen or turn the direction. */
const UNPRINTABLE = /[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/gu

export function toPrintable(text: string): string {
  return text.replace(UNPRINTABLE, toEscape)
}

/** JSON of the same value; with an indent, line ends stand between its members and nowhere else. */
export function toPrintableJson(value: unknown, indent?: number): string {
  const json = JSON.stringify(value, undefined, indent) ?? 'null'
  return json.replace(UNPRINTABLE, (character) =>
    character === '\n' ? character : toEscape(character),
  )
}

/** As JSON writes it: beyond the first 65,536 characters in two parts. */
function toEscape(character: string): string {
  const units = Array.from({ length: character.length }, (_, at) => character.charCodeAt(at))
  return units.map((unit) => String.raw`\u${unit.toString(16).padStart(4, '0')}`).join('')
}
