/** The live page in a real browser: its forms, what it shows, and whether everybody can use it. */
import type { Browser } from 'playwright-core'
import { fileURLToPath } from 'node:url'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import {
  chromiumPath,
  openTab,
  startBrowser,
  takePicture,
  violationsOf,
} from '../support/browser.js'
import { startTestGateway, type TestGateway } from '../support/gateway.js'
import {
  call,
  callAdd,
  choose,
  connected,
  described,
  eventRow,
  MARGIN,
  rowTexts,
  signIn,
  submitToken,
} from '../support/live-page.js'

const pageTools = fileURLToPath(new URL('../journeys/bundles/page_tools', import.meta.url))

/** Event streams of one user at a time. */
const MAX_STREAMS = 20

describe.skipIf(chromiumPath === undefined)('the live page', () => {
  let browser: Browser
  let gateway: TestGateway
  beforeAll(async () => {
    // Lists have several pages.
    const env = { EXECUTOR: 'worker', PAGE_SIZE: '4' }
    ;[browser, gateway] = await Promise.all([startBrowser(), startTestGateway({ env })])
    await gateway.publish(pageTools)
  })
  afterAll(async () => {
    await browser?.close()
    await gateway?.stop()
  })

  const visit = async (userId?: string) => {
    const tab = await openTab(browser)
    tab.page.setDefaultTimeout(MARGIN.timeout)
    await tab.page.goto(`${gateway.url}/default/live`)
    if (userId !== undefined) await signIn(tab.page, await gateway.tokenFor(userId))
    return tab
  }

  /** So many other listeners. @returns the way to end them */
  const listen = async (token: string, count: number) => {
    const controller = new AbortController()
    const { signal } = controller
    const headers = { authorization: `Bearer ${token}` }
    for (let opened = 0; opened < count; opened++)
      await fetch(`${gateway.url}/default/events`, { headers, signal })
    return () => controller.abort()
  }

  it('leaves axe nothing to find, in light colours and in dark ones, wide and narrow', async () => {
    const tab = await visit()
    const { page } = tab
    const expectNothingFound = async (name: string) => {
      for (const colorScheme of ['light', 'dark'] as const) {
        await page.emulateMedia({ colorScheme })
        await takePicture(page, `${name}-${colorScheme}`)
        expect(await violationsOf(tab)).toEqual([])
      }
    }
    await expectNothingFound('signed-out')
    await signIn(page, await gateway.tokenFor('axe'))
    await choose(page, 'Order tea')
    await call(page)
    await page.getByText('2 fields are not right yet.').waitFor()
    await expectNothingFound('form')
    await callAdd(page)
    await choose(page, 'Fail')
    await call(page)
    await page.getByText(/^The tool has failed/).waitFor()
    await choose(page, 'Greet')
    await call(page)
    await page.getByRole('heading', { name: 'It asks' }).waitFor()
    await eventRow(page, 'call.failed').locator('summary').click()
    await expectNothingFound('results')
    await page.setViewportSize({ width: 320, height: 700 })
    await expectNothingFound('narrow')
    expect(await page.evaluate('document.documentElement.scrollWidth')).toBe(320)
    expect(tab.complaints).toEqual([])
    await tab.context.close()
  })

  it('makes a form of a schema, says at the fields what is wrong, and sends what was filled in', async () => {
    const { page, context } = await visit('orders')
    await choose(page, 'Order tea')
    const customer = page.getByRole('group', { name: 'Customer' })
    const name = customer.getByLabel('name')
    await name.fill('A')
    await customer.getByLabel('email').fill('nobody')
    await page.getByLabel('cups').fill('10')
    await page.getByLabel('code').fill('xy')
    await page.getByLabel('labels').fill('{')
    await call(page)
    const said = async (label: string) => described(page, label)
    expect(await said('name')).toBe('at least 2 characters At least 2 characters.')
    expect(await said('email')).toBe('Not a valid email.')
    expect(await said('size')).toBe('Of the cup Choose one.')
    expect(await said('cups')).toBe('1 to 9 At most 9.')
    expect(await said('code')).toBe('Must match ^[A-Z]{2}$')
    expect(await said('labels')).toMatch(/^Whatever you like · as JSON Not JSON: /)
    expect(await page.locator('input:focus').inputValue()).toBe('A')

    await name.fill('Ann')
    await customer.getByLabel('email').fill('ann@example.com')
    await page.getByLabel('size').selectOption('large')
    await page.getByLabel('cups').fill('3')
    await page.getByLabel('code').fill('XY')
    await page.getByLabel('labels').fill('{"any": [1]}')
    await page.getByLabel('day').fill('2026-11-21')
    await page.getByLabel('milk').check()
    await page.getByLabel('lemon').check()
    const add = page.getByRole('button', { name: 'Add to notes' })
    await add.click()
    await page.getByLabel('notes 1').fill('hot')
    await add.click()
    expect(await add.isDisabled()).toBe(true)
    await page.getByLabel('notes 2').fill('strong')
    await page.getByRole('button', { name: 'Remove notes 1' }).click()
    await call(page)
    await page.getByText(/^Done in /).waitFor()
    expect(JSON.parse((await page.locator('.result pre').textContent()) ?? '')).toEqual({
      order: {
        customer: { name: 'Ann', email: 'ann@example.com' },
        size: 'large',
        cups: 3,
        gift: false,
        day: '2026-11-21',
        code: 'XY',
        extras: ['milk', 'lemon'],
        notes: ['strong'],
        labels: { any: [1] },
      },
    })
    await context.close()
  })

  it('answers what a function asks, shows pictures, long texts and failures, and cancels', async () => {
    const tab = await visit('carla')
    const { page } = tab
    await choose(page, 'Greet')
    await call(page)
    const [question, result] = [page.locator('.question'), page.locator('.result')]
    await question.getByText('Who is to be greeted?').waitFor()
    await question.getByRole('button', { name: 'Answer' }).click()
    expect(await described(page, 'Name')).toBe('at least 2 characters Fill this in.')
    await question.getByLabel('Name').fill('Zoë')
    await page.keyboard.press('Enter')
    await result.getByText('Hello, Zoë!').waitFor()
    await call(page)
    await question.getByRole('button', { name: 'Decline' }).click()
    await result.getByText('Hello, whoever you are!').waitFor()

    await choose(page, 'Picture')
    await call(page)
    const picture = page.getByRole('img')
    await picture.waitFor()
    const width = 'document.querySelector(".result img").naturalWidth'
    await expect.poll(() => page.evaluate(width), MARGIN).toBe(1)

    await choose(page, 'Letter')
    await call(page)
    const told = eventRow(page, 'call.completed').filter({ hasText: 'letter' })
    await told.locator('summary').click()
    await told.getByRole('button', { name: 'Load the result' }).click()
    await told.getByText('Dear Ann, Dear Ann').waitFor()

    await choose(page, 'Fail')
    await call(page)
    await page.getByText(/^The tool has failed/).waitFor()
    expect(await page.locator('.result pre').textContent()).toContain('<b>the kettle</b> is empty')

    await choose(page, 'Wait')
    await call(page)
    await page.getByText('Running: waiting for the end').waitFor()
    await page.getByRole('button', { name: 'Cancel', exact: true }).click()
    await page.getByText(/^Cancelled after /).waitFor()
    await eventRow(page, 'call.cancelled').waitFor()
    expect(tab.complaints).toEqual([])
    await tab.context.close()
  })

  it('says why it cannot hear of events, and hears of them as soon as it can', async () => {
    const { page, context } = await visit()
    const token = await gateway.tokenFor('many')
    const leaveAll = await listen(token, MAX_STREAMS)
    await submitToken(page, token)
    await page.getByText(`A user may have ${MAX_STREAMS} event streams`).waitFor()
    leaveAll()
    await connected(page)

    // A place of another life of the server: sessionStorage outlives those.
    await page.evaluate(`sessionStorage.setItem('mcp-live /default/live last event', 'nonsense')`)
    await page.reload()
    await connected(page)
    await expect.poll(() => rowTexts(page), MARGIN).toEqual(['gap'])
    await context.close()
  })

  it('shows an event once, and the newest 500 of them', async () => {
    const { page, context } = await visit()
    const shown =
      await page.evaluate(`import('./live/event-rows.js').then(({ createEventRows }) => {
      const [list, empty] = [document.createElement('ol'), document.createElement('p')]
      const rows = createEventRows({ list, empty })
      for (let n = 1; n <= 600; n++)
        for (const _twice of [1, 2])
          rows.add({ id: String(n), type: 'resource.updated', data: { uri: 'x:' + n } })
      return [...list.querySelectorAll('code')].map((code) => code.textContent)
    })`)
    expect(shown).toEqual(Array.from({ length: 500 }, (_each, index) => `x:${600 - index}`))
    await context.close()
  })

  it('asks for JSON where a schema says more than a form can', async () => {
    const { page, context } = await visit()
    const root = { type: 'object', $defs: { color: { enum: ['red', 'blue'] }, tree: {} } }
    Object.assign(root.$defs.tree, { type: 'array', items: { $ref: '#/$defs/tree' } })
    const schemas: readonly (readonly [expected: string, schema: unknown])[] = [
      ['string', { type: ['string', 'null'] }],
      ['integer', { anyOf: [{ type: 'integer' }, { type: 'null' }] }],
      ['number', { allOf: [{ type: 'number' }] }],
      ['choice', { $ref: '#/$defs/color' }],
      ['choice', { oneOf: [{ const: 1, title: 'one' }, { const: 2 }] }],
      ['choices', { type: 'array', items: { enum: ['a', 'b'] } }],
      ['object', { properties: { a: true } }],
      ['array', { $ref: '#/$defs/tree' }],
      ['json', true],
      ['json', {}],
      ['json', { type: 'object' }],
      ['json', { type: ['string', 'integer'] }],
      ['json', { type: 'string', anyOf: [{ minLength: 2 }, { pattern: '^a' }] }],
      ['json', { type: 'array', prefixItems: [{ type: 'string' }], items: { type: 'string' } }],
      ['json', { $ref: 'https://example.com/schema.json' }],
      ['json', { $ref: '#/$defs/missing' }],
    ]
    const given = JSON.stringify([root, schemas.map(([, schema]) => schema)])
    const kinds = await page.evaluate(`import('./live/schema.js').then(({ kindOf, resolve }) => {
      const [root, schemas] = ${given}
      const kindsOf = (schema) => {
        const resolved = resolve(schema, root)
        return resolved === undefined ? 'json' : kindOf(resolved.schema)
      }
      return schemas.map(kindsOf)
    })`)
    expect(kinds).toEqual(schemas.map(([expected]) => expected))
    // A list of itself, in itself: JSON from the second time on.
    const names = await page.evaluate(`import('./live/form.js').then(({ createSchemaForm }) => {
      const form = createSchemaForm({ ...${JSON.stringify(root)}, properties: { a: { $ref: '#/$defs/tree' } } })
      const [list] = form.fields
      list.querySelector('button').click()
      return [list, ...list.querySelectorAll('fieldset, input, textarea')].map(({ tagName }) => tagName)
    })`)
    expect(names).toEqual(['FIELDSET', 'TEXTAREA'])
    await context.close()
  })
})
