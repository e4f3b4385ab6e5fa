/** Signing in by password on the live page, in a real browser, on the real product. */
import type { Browser } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { chromiumPath, openTab, startBrowser, type Tab, violationsOf } from '../support/browser.js'
import { callAdd, connected, MARGIN } from '../support/live-page.js'
import {
  createDataFolder,
  type Gateway,
  mcpDaemon,
  removeDataFolder,
  run,
  startGateway,
} from '../support/product.js'
import { TIMEOUT_MS } from './fresh-product.js'

const PASSWORD = 'correct horse'

describe.skipIf(chromiumPath === undefined)('a password', { timeout: TIMEOUT_MS }, () => {
  let dataFolder: string
  let browser: Browser
  let gateway: Gateway
  beforeAll(async () => {
    dataFolder = await createDataFolder()
    const env = { EXECUTOR: 'worker', LOG_LEVEL: 'error', PASSWORD_COST: '10' }
    ;[browser, gateway] = await Promise.all([startBrowser(), startGateway({ dataFolder, env })])
    const adding = run([...mcpDaemon, 'users', 'add', 'ann', '--password-stdin'], {
      DATA_DIR: dataFolder,
      PASSWORD_COST: '10',
    })
    adding.stdin.end(PASSWORD)
    const { exitCode } = await adding.ended
    if (exitCode !== 0) throw new Error(adding.stderr())
  }, TIMEOUT_MS)
  afterAll(async () => {
    await browser?.close()
    await gateway?.stop()
    await removeDataFolder(dataFolder)
  })

  const visit = async (): Promise<Tab> => {
    const tab = await openTab(browser)
    tab.page.setDefaultTimeout(MARGIN.timeout)
    await tab.page.goto(new URL('/default/live', gateway.url).href)
    return tab
  }
  const type = async ({ page }: Tab, password: string) => {
    await page.getByLabel('User').fill('ann')
    await page.getByLabel('Password').fill(password)
    await page.getByLabel('Password').press('Enter')
  }

  it('opens the page, stays good by itself, and is over with the sign-out', async () => {
    const tab = await visit()
    const { page, context } = tab
    await page.clock.install()
    await type(tab, 'wrong horse')
    await page.getByText('The user name or password is wrong').waitFor()
    expect(await violationsOf(tab)).toEqual([])
    await type(tab, PASSWORD)
    await connected(page)
    expect(await page.evaluate('JSON.stringify(sessionStorage)')).not.toContain(PASSWORD)

    const refreshed = page.waitForResponse(/\/default\/auth\/refresh$/)
    await page.clock.fastForward('14:00')
    await callAdd(page)
    const answer = (await (await refreshed).json()) as { access_token: string }
    await page.reload()
    await connected(page)
    const left = page.waitForResponse(/\/default\/auth\/logout$/)
    await page.getByRole('button', { name: 'Sign out' }).click()
    expect((await left).status()).toBe(204)
    expect(await page.getByLabel('Password').inputValue()).toBe('')
    expect(await page.evaluate('sessionStorage.length')).toBe(0)
    const isLetIn = async () => {
      const headers = { authorization: `Bearer ${answer.access_token}` }
      const url = new URL('/default/events/ticket', gateway.url)
      return (await fetch(url, { method: 'POST', headers })).status
    }
    await expect.poll(isLetIn, { timeout: 2000, interval: 100 }).toBe(401)
    await context.close()
  })
})
