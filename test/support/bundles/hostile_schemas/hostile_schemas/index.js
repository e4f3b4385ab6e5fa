const doubling = { type: 'string', pattern: '^(a+)+$' }
const as = `${'a'.repeat(60)}!`

function nested(levels) {
  let value = {}
  for (let level = 0; level < levels; level++) value = { next: value }
  return value
}

export class HostileSchemas {
  accept({ code }) {
    return `accepted ${code.length}`
  }

  report() {
    return { content: [], structuredContent: as }
  }

  nest({ levels }) {
    return { content: [], structuredContent: nested(levels) }
  }

  logNested({ levels }, call) {
    call.log('info', nested(levels))
    return 'logged'
  }

  async askNested({ levels }, call) {
    const requestedSchema = { type: 'object', default: nested(levels) }
    await call.elicit('deep', { message: 'How deep?', requestedSchema })
    return 'answered'
  }

  async ask(_args, call) {
    const requestedSchema = { type: 'object', properties: { code: doubling } }
    const { content } = await call.elicit('code', { message: 'Your code?', requestedSchema })
    return `your code is ${content.code}`
  }

  echo({ text }) {
    return text
  }
}
