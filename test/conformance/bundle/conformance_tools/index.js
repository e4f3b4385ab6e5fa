/** What the official suite calls by name: each answers as its scenario wants. No dependencies. */

const PNG =
  'iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg=='
/** RIFF header of 44 bytes, no samples. */
const WAV = 'UklGRiQAAABXQVZFZm10IBAAAAABAAEARKwAAIhYAQACABAAZGF0YQAAAAA='
const STEP_MS = 50

const IDS = ['1', '12', '123']
const WORDS = ['hello', 'help', 'world']

const beginningWith = (values, typed) => values.filter((value) => value.startsWith(typed))

const text = (value) => ({ type: 'text', text: value })
const image = { type: 'image', data: PNG, mimeType: 'image/png' }

/** Ends early when the call is cancelled, by throwing the signal's reason. */
function pause(ms, signal) {
  return new Promise((resolve, reject) => {
    const stop = () => {
      clearTimeout(timer)
      reject(signal.reason)
    }
    const timer = setTimeout(() => {
      signal.removeEventListener('abort', stop)
      resolve()
    }, ms)
    signal.addEventListener('abort', stop, { once: true })
  })
}

export class Tools {
  simpleText() {
    return 'This is a simple text response for testing.'
  }

  imageContent() {
    return image
  }

  audioContent() {
    return { type: 'audio', data: WAV, mimeType: 'audio/wav' }
  }

  embeddedResource() {
    return {
      type: 'resource',
      resource: {
        uri: 'test://embedded-resource',
        mimeType: 'text/plain',
        text: 'This is an embedded resource content.',
      },
    }
  }

  multipleContentTypes() {
    return [
      text('Multiple content types test:'),
      image,
      {
        type: 'resource',
        resource: {
          uri: 'test://mixed-content-resource',
          mimeType: 'application/json',
          text: JSON.stringify({ test: 'data', value: 123 }),
        },
      },
    ]
  }

  async withLogging(_args, call) {
    call.log('info', 'Tool execution started')
    await pause(STEP_MS, call.signal)
    call.log('info', 'Tool processing data')
    await pause(STEP_MS, call.signal)
    call.log('info', 'Tool execution completed')
    return 'Logged three messages.'
  }

  errorHandling() {
    throw new Error('This tool intentionally returns an error for testing')
  }

  async withProgress(_args, call) {
    call.progress(0, 100)
    await pause(STEP_MS, call.signal)
    call.progress(50, 100)
    await pause(STEP_MS, call.signal)
    call.progress(100, 100)
    return 'Reported progress three times.'
  }

  /** The client is sent away in the middle of the call and fetches the result when it is back. */
  async reconnection(_args, call) {
    call.closeStream()
    await pause(2 * STEP_MS, call.signal)
    return 'Reconnection test completed.'
  }

  jsonSchema202012(args) {
    return `Received ${JSON.stringify(args)}`
  }

  mcpHeader({ region }) {
    return `region=${region}`
  }

  logging(_args, call) {
    call.log('info', 'A message for those who asked for messages')
    return 'Logged one message.'
  }

  triggerToolChange(_args, call) {
    call.listChanged('tools')
    return 'Announced a change of the tools.'
  }

  triggerPromptChange(_args, call) {
    call.listChanged('prompts')
    return 'Announced a change of the prompts.'
  }
}

export class Resources {
  staticText() {
    return 'This is the content of the static text resource.'
  }

  staticBinary() {
    return new Uint8Array(Buffer.from(PNG, 'base64'))
  }

  watched() {
    return 'This resource can be watched.'
  }

  template({ params }) {
    const { id } = params
    return JSON.stringify({ id, templateTest: true, data: `Data for ID: ${id}` })
  }

  completeTemplate({ argument }) {
    return beginningWith(IDS, argument.value)
  }
}

export class Prompts {
  simple() {
    return 'This is a simple prompt for testing.'
  }

  withArguments({ arg1, arg2 }) {
    return `Prompt with arguments: arg1='${arg1}', arg2='${arg2}'`
  }

  completeArguments({ argument }) {
    return beginningWith(WORDS, argument.value)
  }

  withEmbeddedResource({ resourceUri }) {
    const resource = {
      uri: resourceUri,
      mimeType: 'text/plain',
      text: 'Embedded resource content for testing.',
    }
    return [
      { role: 'user', content: { type: 'resource', resource } },
      { role: 'user', content: text('Please process the embedded resource above.') },
    ]
  }

  withImage() {
    return [
      { role: 'user', content: image },
      { role: 'user', content: text('Please analyze the image above.') },
    ]
  }
}
