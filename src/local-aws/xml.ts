/** An element as text; only `element` makes one, so what stands in it is escaped. */
export type Xml = string & { readonly xml: unique symbol }

export function element(name: string, content: string | readonly Xml[]): Xml {
  const inner = typeof content === 'string' ? escape(content) : content.join('')
  return `<${name}>${inner}</${name}>` as Xml
}

export const toDocument = (root: Xml): string => `<?xml version="1.0" encoding="UTF-8"?>\n${root}`

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
