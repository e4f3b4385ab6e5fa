/** One tool: what it is, a form for its arguments, and its last call. */
import { createCallView } from './call-view.js'
import { durationOf, element } from './dom.js'
import { createSchemaForm } from './form.js'
import { isUnauthenticated } from './gateway.js'
import { isObject, textOf } from './json.js'
import { askPerson } from './question.js'
import { callTool, titleOf } from './tools.js'

/** @typedef {import('./json.js').JsonObject} JsonObject */
/** @typedef {import('./tools.js').Tool} Tool */

/**
 * @typedef {object} PanelParts
 * @property {import('./gateway.js').Gateway} gateway
 * @property {import('./event-rows.js').ReadResource} readResource
 * @property {() => void} onUnauthenticated
 * @property {AbortSignal} signal aborted when its user signs out
 */

/**
 * @param {Tool} tool
 * @param {PanelParts} parts
 */
export function createToolPanel(tool, parts) {
  const schemaForm = createSchemaForm(tool['inputSchema'])
  const view = createCallView(parts.readResource)
  const call = element('button', { type: 'submit', class: 'main' }, 'Call')
  const cancel = element('button', { type: 'button', class: 'quiet', hidden: true }, 'Cancel')
  const noArguments = element('p', { class: 'hint' }, 'It takes no arguments.')
  const form = element(
    'form',
    { novalidate: true, 'aria-label': `Arguments of ${titleOf(tool)}`, onsubmit: submit },
    ...(schemaForm.fields.length > 0 ? schemaForm.fields : [noArguments]),
    element('div', { class: 'buttons' }, call, cancel),
  )
  const heading = element('h2', { tabindex: -1 }, titleOf(tool))
  const panel = element(
    'section',
    { 'aria-label': `Tool ${titleOf(tool)}` },
    heading,
    ...toFacts(tool),
    form,
    ...view.elements,
  )
  return { element: panel, focus: () => heading.focus() }

  /** @param {Event} event */
  function submit(event) {
    event.preventDefault()
    if (call.disabled) return
    const read = schemaForm.read(form)
    if ('value' in read) void run(read.value)
    else if (read.problems === 1) view.say('One field is not right yet.', 'bad')
    else view.say(`${read.problems} fields are not right yet.`, 'bad')
  }

  /** @param {JsonObject} args */
  async function run(args) {
    const cancelled = new AbortController()
    const stop = () => cancelled.abort()
    cancel.addEventListener('click', stop)
    setRunning(true)
    view.begin()
    try {
      const signal = AbortSignal.any([cancelled.signal, parts.signal])
      await callAndShow({ tool, args, signal }, { parts, view, onAnswered: () => cancel.focus() })
    } finally {
      cancel.removeEventListener('click', stop)
      view.end()
      setRunning(false)
    }
  }

  /** @param {boolean} isRunning */
  function setRunning(isRunning) {
    const [hiding, showing] = isRunning ? [call, cancel] : [cancel, call]
    // Whoever has pressed the one would lose the place in the page.
    const hadFocus = hiding === document.activeElement
    call.disabled = isRunning
    cancel.hidden = !isRunning
    if (hadFocus) showing.focus()
    panel.setAttribute('aria-busy', String(isRunning))
  }
}

/**
 * @typedef {object} Shown
 * @property {PanelParts} parts
 * @property {ReturnType<typeof createCallView>} view
 * @property {() => void} onAnswered a question was answered, and its form is gone
 */

/**
 * @param {{ tool: Tool, args: JsonObject, signal: AbortSignal }} call
 * @param {Shown} shown
 */
async function callAndShow(call, { parts, view, onAnswered }) {
  const { signal } = call
  const startedAt = performance.now()
  const spent = () => durationOf(performance.now() - startedAt)
  /** @param {import('./tools.js').Question} asked */
  const onQuestion = async (asked) => {
    view.say('It waits for your answer.')
    const answer = await askPerson(view.question, asked, signal)
    view.goOn()
    onAnswered()
    return answer
  }
  try {
    /** @param {JsonObject} told */
    const onProgress = (told) => view.showProgress(told)
    view.showResult(await callTool(parts.gateway, { ...call, onProgress, onQuestion }), spent())
  } catch (error) {
    if (isUnauthenticated(error)) parts.onUnauthenticated()
    else if (signal.aborted) view.say(`Cancelled after ${spent()}.`, 'bad')
    else view.showError(error)
  }
}

/** @param {Tool} tool */
function toFacts({ name, title, description, annotations }) {
  const facts = []
  if (textOf(title) !== undefined)
    facts.push(element('p', { class: 'name' }, element('code', {}, name)))
  if (textOf(description) !== undefined)
    facts.push(element('p', { class: 'about' }, String(description)))
  const chips = toChips(isObject(annotations) ? annotations : {})
  if (chips.length > 0)
    facts.push(element('ul', { class: 'chips', 'aria-label': 'What it says of itself' }, ...chips))
  return facts
}

/** @param {JsonObject} annotations hints of whoever published the tool: nothing to rely on */
function toChips({ readOnlyHint, destructiveHint, idempotentHint, openWorldHint }) {
  const words = [
    readOnlyHint === true && 'changes nothing',
    readOnlyHint !== true && destructiveHint === true && 'may destroy',
    idempotentHint === true && 'safe to repeat',
    openWorldHint === true && 'reaches outside',
  ]
  return words.flatMap((word) => (word === false ? [] : [element('li', {}, word)]))
}
