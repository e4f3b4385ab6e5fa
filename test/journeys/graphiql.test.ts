/** GraphiQL in a real browser, on a whole gateway: who signs in asks, and sees what happens. */
import type { Browser, Page } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { Role } from '../../src/domain/caller.js'
import {
  chromiumPath,
  openTab,
  startBrowser,
  type Tab,
  takePicture,
  violationsOf,
} from '../support/browser.js'
import { startTestGateway, type TestGateway } from '../support/gateway.js'
import { MARGIN } from '../support/live-page.js'
import { modernPost } from '../support/modern-post.js'
import { TIMEOUT_MS } from './fresh-product.js'

const PASSWORD = 'correct horse battery'

describe.skipIf(chromiumPath === undefined)('the console', { timeout: TIMEOUT_MS }, () => {
  let browser: Browser
  let gateway: TestGateway
  beforeAll(async () => {
    const env = { EXECUTOR: 'inline', PASSWORD_COST: '10' }
    ;[browser, gateway] = await Promise.all([startBrowser(), startTestGateway({ env })])
    await gateway.publish('journey_tools')
    await add('ann', 'default', 'admin')
    await add('rea', 'default', 'reader')
    await add('operator:olga', '*', 'operator')
  }, TIMEOUT_MS)
  afterAll(async () => {
    await browser?.close()
    await gateway?.stop()
  })

  const add = (username: string, home: string, role: Role) =>
    gateway.parts.userChanges.add(
      { home, username, by: 'test' },
      { roles: [role], password: PASSWORD },
    )

  const visit = async (path = '/default/graphql'): Promise<Tab> => {
    const tab = await openTab(browser)
    tab.page.setDefaultTimeout(MARGIN.timeout)
    await tab.page.setViewportSize({ width: 1280, height: 800 })
    await tab.page.goto(new URL(path, gateway.url).href)
    return tab
  }

  it('signs in who may, who asks, and sees a call of somebody else in the moment when it ends', async () => {
    const tab = await visit()
    const { page, context } = tab
    expect(await violationsOf(tab)).toEqual([])
    await takePicture(page, 'console-sign-in')
    await signIn(page, 'ann', 'wrong horse battery')
    await page.getByText('The user name or password is wrong').waitFor()
    expect(await violationsOf(tab)).toEqual([])
    await signIn(page, 'ann')

    await run(page, 'query Viewer { viewer { userId roles } }')
    await shown(page, '"userId": "ann"')
    await run(page, 'subscription Calls { callRecorded { call { name userId status } } }')
    // GraphiQL shows nothing before the first event, so calls are made until one is heard.
    await expect.poll(() => callAndLook(page), MARGIN).toContain('"userId": "ben"')
    expect(await resultOf(page)).toContain('"status": "COMPLETED"')
    await takePicture(page, 'console')

    await page.getByRole('button', { name: /^Stop/ }).click()
    await page.getByRole('button', { name: /^Execute/ }).waitFor()
    // Nothing of the page was forbidden to it, and nobody's secret is where others find it.
    expect(tab.complaints.filter((text) => !text.includes('status of 401'))).toEqual([])
    expect(page.url()).toBe(new URL('/default/graphql', gateway.url).href)
    const kept = String(await page.evaluate('JSON.stringify([localStorage, document.cookie])'))
    expect(kept).not.toMatch(/eyJ|mcpr_/)

    await page.reload()
    await page.getByRole('tab', { name: 'Calls', exact: true }).waitFor()
    await page.getByRole('button', { name: 'Sign out' }).click()
    await page.getByLabel('Password').waitFor()
    expect(await page.evaluate('sessionStorage.length')).toBe(0)
    await context.close()
  })

  it('gives GraphiQL to nobody who may not publish', async () => {
    const { page, context } = await visit()
    await signIn(page, 'rea')
    await page.getByText('Refused: This needs the right "publish"').waitFor()
    expect(await page.locator('.graphiql-container').count()).toBe(0)
    expect(await page.evaluate('sessionStorage.length')).toBe(0)
    await context.close()
  })

  it('of the whole gateway is for its operators', async () => {
    const { page, context } = await visit('/graphql')
    await signIn(page, 'ann')
    await page.getByText(/^Refused: /).waitFor()
    await signIn(page, 'operator:olga')
    await run(page, 'query Mine { viewer { userId endpointId } }')
    await shown(page, '"userId": "operator:olga"')
    expect(await resultOf(page)).toContain('"endpointId": null')
    await context.close()
  })

  const callAndLook = async (page: Page) => {
    const token = await gateway.tokenFor('ben')
    const call = modernPost('tools/call', { name: 'whoami', arguments: {} }, token)
    expect((await fetch(new URL('/default/mcp', gateway.url), call)).status).toBe(200)
    return resultOf(page)
  }
})

async function signIn(page: Page, username: string, password = PASSWORD): Promise<void> {
  await page.getByLabel('User').fill(username)
  await page.getByLabel('Password').fill(password)
  await page.getByLabel('Password').press('Enter')
}

/** Types an operation that has a name, and runs it. */
async function run(page: Page, operation: string): Promise<void> {
  await page.locator('.graphiql-query-editor .view-lines').click()
  await page.keyboard.press('ControlOrMeta+A')
  await page.keyboard.insertText(operation)
  // GraphiQL has read it when its tab is called so.
  const name = operation.split(' ')[1] ?? ''
  await page.getByRole('tab', { name, exact: true }).waitFor()
  await page.getByRole('button', { name: /^Execute/ }).click()
}

/** What an editor shows has its own kind of spaces. */
async function resultOf(page: Page): Promise<string> {
  const text = await page.locator('.result-window .view-lines').textContent()
  return (text ?? '').replaceAll('\u00A0', ' ')
}

async function shown(page: Page, text: string): Promise<void> {
  await expect.poll(() => resultOf(page), MARGIN).toContain(text)
}
