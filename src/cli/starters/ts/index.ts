import { defineBundle } from 'mcp-daemon-engine/bundle'

const GREETINGS: Record<string, string> = {
  de: 'Hallo',
  en: 'Hello',
  es: 'Hola',
  fr: 'Bonjour',
  it: 'Ciao',
}

export default defineBundle({
  package: '__NAME__',

  // Every function gets it as its third argument. '${API_KEY}' would be filled from
  // `--var API_KEY=…` or MCP_VAR_API_KEY, and from nothing else.
  setting: { language: 'en' },

  tools: {
    hello: {
      title: 'Say hello',
      description: 'Greets somebody by name and returns the greeting.',
      inputSchema: {
        type: 'object',
        properties: {
          name: { type: 'string', description: 'Whom to greet', examples: ['Ann'] },
          times: { type: 'integer', minimum: 1, maximum: 10, default: 1 },
        },
        required: ['name'],
        additionalProperties: false,
      },
      annotations: { readOnlyHint: true, openWorldHint: false },
      // Arguments are valid already; `call` tells progress, logs, asks the client.
      handler({ name, times = 1 }, call, setting) {
        call.log('info', { name, times })
        const greeting = `${GREETINGS[setting.language]}, ${name}!`
        return Array.from({ length: times }, () => greeting).join(' ')
      },
    },
  },

  resources: {
    greeting: {
      uriTemplate: 'greeting://{language}',
      description: 'How people greet in a language, by its code.',
      mimeType: 'text/plain',
      // Nothing, where there is nothing: the client learns that there is no such resource.
      handler: ({ params }) => GREETINGS[params.language],
      // What a client offers while the variable is typed.
      complete: {
        language: (value) => Object.keys(GREETINGS).filter((code) => code.startsWith(value)),
      },
    },
  },

  prompts: {
    introduce: {
      description: 'Asks for a short introduction of somebody.',
      arguments: {
        name: { description: 'Whom to introduce', required: true },
        tone: { description: 'Such as formal or playful' },
      },
      handler: ({ name, tone = 'friendly' }) =>
        `Introduce ${name} in two sentences, in a ${tone} tone.`,
    },
  },
})
