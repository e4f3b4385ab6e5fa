/** Functions that ask the client something: a person, its model, or its roots. */

const objectOf = (properties) => ({
  type: 'object',
  properties,
  required: Object.keys(properties),
})

const askForName = {
  message: 'What is your name?',
  requestedSchema: objectOf({ name: { type: 'string' } }),
}

const askModel = (question, maxTokens) => ({
  messages: [{ role: 'user', content: { type: 'text', text: question } }],
  maxTokens,
})

const completed = ({ action, content }) =>
  `Elicitation completed: action=${action}, content=${JSON.stringify(content)}`

/** Every primitive type of an elicitation, with its default. */
const defaults = {
  name: { type: 'string', default: 'John Doe' },
  age: { type: 'integer', default: 30 },
  score: { type: 'number', default: 95.5 },
  status: { type: 'string', enum: ['active', 'inactive', 'pending'], default: 'active' },
  verified: { type: 'boolean', default: true },
}

/** Every way to offer a choice. */
const choices = {
  untitledSingle: { type: 'string', enum: ['option1', 'option2', 'option3'] },
  titledSingle: {
    type: 'string',
    oneOf: [
      { const: 'value1', title: 'First Option' },
      { const: 'value2', title: 'Second Option' },
      { const: 'value3', title: 'Third Option' },
    ],
  },
  legacyEnum: {
    type: 'string',
    enum: ['opt1', 'opt2', 'opt3'],
    enumNames: ['Option One', 'Option Two', 'Option Three'],
  },
  untitledMulti: {
    type: 'array',
    items: { type: 'string', enum: ['option1', 'option2', 'option3'] },
  },
  titledMulti: {
    type: 'array',
    items: {
      anyOf: [
        { const: 'value1', title: 'First Choice' },
        { const: 'value2', title: 'Second Choice' },
        { const: 'value3', title: 'Third Choice' },
      ],
    },
  },
}

export class Rounds {
  async sampling({ prompt }, call) {
    const answer = await call.sample('answer', askModel(prompt, 100))
    return `LLM response: ${answer.content.text}`
  }

  async elicitation({ message }, call) {
    const { action, content } = await call.elicit('user', {
      message,
      requestedSchema: objectOf({
        username: { type: 'string', description: "User's response" },
        email: { type: 'string', description: "User's email address" },
      }),
    })
    return `User response: action=${action}, content=${JSON.stringify(content)}`
  }

  async elicitationDefaults(_args, call) {
    const requestedSchema = { type: 'object', properties: defaults, required: [] }
    return completed(
      await call.elicit('profile', { message: 'Please review your profile', requestedSchema }),
    )
  }

  async elicitationEnums(_args, call) {
    const requestedSchema = { type: 'object', properties: choices, required: [] }
    return completed(
      await call.elicit('choices', { message: 'Please choose your options', requestedSchema }),
    )
  }

  async missingCapability(_args, call) {
    await call.sample('answer', askModel('Are you there?', 10))
    return 'The client can sample.'
  }

  async streamingElicitation(_args, call) {
    const { action } = await call.elicit('user_name', askForName)
    return `The user chose to ${action}.`
  }

  async askName(_args, call) {
    const { content } = await call.elicit('user_name', askForName)
    return `Hello, ${content.name}!`
  }

  async askModel(_args, call) {
    const question = 'What is the capital of France?'
    const answer = await call.sample('capital_question', askModel(question, 100))
    return `The model said: ${answer.content.text}`
  }

  async askRoots(_args, call) {
    const { roots } = await call.listRoots('client_roots')
    return `The client has ${roots.length} roots.`
  }

  async confirm(_args, call) {
    const { content } = await call.elicit('confirm', {
      message: 'Please confirm',
      requestedSchema: objectOf({ ok: { type: 'boolean' } }),
    })
    return `state-ok: ${content.ok}`
  }

  /** Three questions of three kinds at once. */
  async multipleInputs(_args, call) {
    const [user, greeting, client] = await Promise.all([
      call.elicit('user_name', askForName),
      call.sample('greeting', askModel('Generate a greeting', 50)),
      call.listRoots('client_roots'),
    ])
    return `${greeting.content.text} ${user.content.name} of ${client.roots.length} roots`
  }

  /** The second question follows from the first answer. */
  async multiRound(_args, call) {
    const first = await call.elicit('step1', {
      message: 'Step 1: What is your name?',
      requestedSchema: objectOf({ name: { type: 'string' } }),
    })
    const second = await call.elicit('step2', {
      message: 'Step 2: What is your favorite color?',
      requestedSchema: objectOf({ color: { type: 'string' } }),
    })
    return `${first.content.name} likes ${second.content.color}.`
  }

  async capabilities(_args, call) {
    const answer = await call.sample('answer', askModel('Say hello', 50))
    return `The model said: ${answer.content.text}`
  }

  async promptContext(_args, call) {
    const { content } = await call.elicit('user_context', {
      message: 'What context should the prompt use?',
      requestedSchema: objectOf({ context: { type: 'string' } }),
    })
    return `Use this context: ${content.context}`
  }
}
