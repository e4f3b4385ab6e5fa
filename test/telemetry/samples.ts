/**
 * What a scrape in Prometheus' text format says: name with labels → value.
 *
 * @throws for a line that the format does not know
 */
export function readSamples(text: string): Record<string, number> {
  const lines = text.split('\n').filter((line) => line !== '')
  return Object.fromEntries(
    lines.flatMap((line) => {
      if (/^# (HELP|TYPE) [a-zA-Z_:][\w:]* .+$/.test(line)) return []
      const [, name, value] =
        /^([a-zA-Z_:][\w:]*(?:\{[a-zA-Z_]\w*="[^"\\]*"(?:,[a-zA-Z_]\w*="[^"\\]*")*\})?) (\S+)$/.exec(
          line,
        ) ?? []
      if (name === undefined || !Number.isFinite(Number(value)))
        throw new Error(`not a sample: ${line}`)
      return [[name, Number(value)]]
    }),
  )
}
