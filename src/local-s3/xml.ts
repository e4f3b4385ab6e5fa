/** An element, escaped already. */
export interface Xml {
  readonly markup: string
}

export function element(name: string, content: string | readonly Xml[]): Xml {
  const inner =
    typeof content === 'string' ? escape(content) : content.map(({ markup }) => markup).join('')
  return { markup: `<${name}>${inner}</${name}>` }
}

export const toDocument = ({ markup }: Xml): string =>
  `<?xml version="1.0" encoding="UTF-8"?>\n${markup}`

const ESCAPES: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
}

/** Control characters become references, as S3 writes them. */
function escape(text: string): string {
  return text.replaceAll(
    // oxlint-disable-next-line no-control-regex -- keys may hold control characters
    /[&<>"\u0000-\u001f]/g,
    (letter) => ESCAPES[letter] ?? `&#x${letter.charCodeAt(0).toString(16)};`,
  )
}
