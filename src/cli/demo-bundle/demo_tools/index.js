// The code behind mcp_configuration.json: `module_links` there says which method answers for what.
// A method gets the arguments, valid against the schema, and `call`: who calls, progress, logs.
import { setTimeout as sleep } from 'node:timers/promises'

const TONES = ['formal', 'friendly', 'neutral', 'playful']

export class DemoTools {
  /** @param setting the `setting` of this class in the manifest, its ${VARIABLES} filled */
  constructor(setting) {
    this.salutation = setting.greeting
  }

  /** A string becomes one block of text. */
  echo({ text }) {
    return text
  }

  /** An object becomes `structuredContent`, and its JSON a block of text. */
  add({ a, b }) {
    return { sum: a + b }
  }

  /** Long work: say how far it is, and stop when `call.signal` says that nobody waits any more. */
  async countDown({ from = 3, delay_ms: delayMs = 500 }, call) {
    for (let done = 1; done <= from; done++) {
      await sleep(delayMs, undefined, { signal: call.signal })
      const left = from - done
      call.progress(done, from, `${left} to go`)
      call.log('info', { left }, 'count_down')
    }
    return `Counted down from ${from}`
  }

  /** The text of a resource; its MIME type stands in the manifest. */
  about() {
    return [
      '# Demo bundle',
      '',
      'Three tools (`echo`, `add`, `count_down`), two resources and a prompt, in one manifest and',
      'one JavaScript file. To put your own in its place, copy the folder, change both files and run',
      '`mcp-daemon bundle push <folder>`.',
    ].join('\n')
  }

  /** For a template, `params` holds what stands in the URI in place of its variables. */
  greeting({ params }) {
    return `${this.salutation}, ${params.name}!`
  }

  /** A string becomes the user's message. */
  summarize({ topic, tone = 'neutral' }) {
    return `Summarize ${topic} in three sentences, in a ${tone} tone.`
  }

  /** What a client offers while one of the prompt's arguments is typed. */
  completeSummarize({ argument }) {
    if (argument.name !== 'tone') return []
    return TONES.filter((tone) => tone.startsWith(argument.value))
  }
}
