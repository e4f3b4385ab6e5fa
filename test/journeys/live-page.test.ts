/** The live page in a real browser, on the real product, which is killed under it. */
import type { Browser, BrowserContext, Page } from 'playwright-core'
import { fileURLToPath } from 'node:url'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { createLocalTokens } from '../../src/auth/local-tokens.js'
import {
  chromiumPath,
  openTab,
  openTabOf,
  startBrowser,
  type Tab,
  takePicture,
} from '../support/browser.js'
import { ADMIN_TOKEN, SIGNING_KEY } from '../support/gateway.js'
import {
  callAdd,
  connected,
  eventRow,
  MARGIN,
  rowTexts,
  signIn,
  submitToken,
} from '../support/live-page.js'
import { modernPost } from '../support/modern-post.js'
import {
  createDataFolder,
  type Gateway,
  removeDataFolder,
  startGateway,
} from '../support/product.js'
import { hasRedis, startTestRedis, type TestRedis } from '../support/redis.js'
import { TIMEOUT_MS } from './fresh-product.js'

const pageTools = fileURLToPath(new URL('bundles/page_tools', import.meta.url))

/** Clocks may differ by as much: a token that is over is taken for so long. */
const TOLERANCE_MS = 30_000

const tokenOf = (userId: string, expiresAt = Date.now() + 600_000) =>
  createLocalTokens(SIGNING_KEY).sign({
    userId,
    endpointId: 'default',
    roles: ['caller'],
    expiresAt,
  })

describe.skipIf(chromiumPath === undefined)('the live page', { timeout: TIMEOUT_MS }, () => {
  let dataFolder: string
  let browser: Browser
  let product: Product
  /** Of somebody whose token is over soon. */
  let late: Tab
  beforeAll(async () => {
    dataFolder = await createDataFolder()
    ;[browser, product] = await Promise.all([startBrowser(), startProduct(dataFolder)])
    late = await visit()
    const token = await tokenOf('late', Date.now() - TOLERANCE_MS + 8000)
    await submitToken(late.page, token)
    await late.page.getByRole('button', { name: 'Sign out' }).waitFor()
  })
  afterAll(async () => {
    await browser?.close()
    await product?.stop()
    await removeDataFolder(dataFolder)
  })

  const openPage = async (tab: Tab, token?: string) => {
    tab.page.setDefaultTimeout(MARGIN.timeout)
    await tab.page.goto(product.pageUrl)
    if (token !== undefined) await signIn(tab.page, token)
    return tab
  }
  const visit = async (token?: string) => openPage(await openTab(browser), token)

  it('is used with the keyboard alone, and tells every tab of its user what happens', async () => {
    const tab = await visit()
    const { page, context } = tab
    expect(await page.title()).toBe('Live: default · MCP Daemon')
    await page.keyboard.type(await tokenOf('ann'))
    await page.keyboard.press('Enter')
    await connected(page)
    const second = await openPage(await openTabOf(context), await tokenOf('ann'))
    const other = await visit(await tokenOf('ben'))

    expect(await page.getByRole('status').first().textContent()).toBe('Connected')
    await tabTo(page, 'Filter')
    await page.keyboard.type('numbers')
    await page.getByText('1 of 7 tools').waitFor()
    await tabTo(page, /^Add add/)
    await page.keyboard.press('Enter')
    await tabTo(page, /^a required/)
    await page.keyboard.type('2')
    await page.keyboard.press('Tab')
    await page.keyboard.type('40.5')
    await page.keyboard.press('Tab')
    await page.keyboard.press('Enter')
    await page.getByText(/^Done in /).waitFor()
    expect(await page.locator('.result pre').textContent()).toBe('{\n  "sum": 42.5\n}')
    const callId = await page.locator('.result .call-id code').textContent()

    for (const each of [page, second.page]) {
      const row = each.getByRole('log').getByRole('listitem')
      await row.filter({ hasText: 'call.completed' }).filter({ hasText: 'add' }).waitFor()
      expect(await row.count()).toBe(1)
      await row.locator('summary').click()
      expect(await row.locator('code').textContent()).toBe(callId)
    }
    // Told after it, it would be heard after it.
    await callAdd(other.page)
    await eventRow(other.page, 'call.completed').waitFor()
    expect(await rowTexts(other.page)).toEqual(['call.completed'])
    expect(await rowTexts(page)).toEqual(['call.completed'])
    expect([tab, second, other].flatMap(({ complaints }) => complaints)).toEqual([])
    await Promise.all([context.close(), other.context.close()])
  })

  it('says that a token is wrong, and leaves nothing of one behind', async () => {
    const { page, context } = await visit()
    const field = page.getByLabel('Access token')
    for (const wrong of ['not-a-token', await foreignToken()]) {
      await field.fill(wrong)
      await page.keyboard.press('Enter')
      await page.getByText('This token is not valid here, or it is over.').waitFor()
    }
    await signIn(page, ADMIN_TOKEN)
    await page.reload()
    await connected(page)
    expect(page.url()).toBe(product.pageUrl)
    await page.getByRole('button', { name: 'Sign out' }).click()
    await field.waitFor()
    expect(await field.inputValue()).toBe('')
    expect(
      await page.evaluate('JSON.stringify([sessionStorage, localStorage, document.cookie])'),
    ).toBe('[{},{},""]')
    await page.reload()
    await field.waitFor()
    await context.close()
  })

  it('signs out when its token is over', async () => {
    const { page, context } = late
    await page.getByText('You were signed out').waitFor()
    expect(await page.getByRole('log').isVisible()).toBe(false)
    expect(await page.evaluate('sessionStorage.length')).toBe(0)
    await context.close()
  })

  it('says that it has missed events when a server without Redis was killed', async () => {
    const context = await browser.newContext()
    const token = await tokenOf('without')
    const [first, second] = await twoTabs(context, token)
    await callAdd(first.page)
    await eventRow(second.page, 'call.completed').waitFor()
    await product.kill()
    for (const { page } of [first, second]) await page.getByText('reconnecting').waitFor()
    await product.restart()
    for (const { page } of [first, second]) {
      await connected(page)
      await page.getByText('Some events were missed').waitFor()
    }
    await callAdd(first.page)
    for (const { page } of [first, second])
      await expect
        .poll(() => rowTexts(page), MARGIN)
        .toEqual(['call.completed', 'gap', 'call.completed'])
    await takePicture(first.page, 'missed')
    await context.close()
  })

  const twoTabs = async (context: BrowserContext, token: string): Promise<[Tab, Tab]> => [
    await openPage(await openTabOf(context), token),
    await openPage(await openTabOf(context), token),
  ]

  describe.skipIf(!hasRedis)('on a server with Redis', () => {
    let redis: TestRedis
    beforeAll(async () => {
      redis = await startTestRedis()
      await product.stop()
      product = await startProduct(dataFolder, { REDIS_URL: redis.url })
    })
    afterAll(() => redis?.stop())

    it('misses nothing when that is killed: tabs, a reload, and one that had heard nothing', async () => {
      const context = await browser.newContext()
      const token = await tokenOf('with')
      const [first, second] = await twoTabs(context, token)
      await product.kill()
      for (const { page } of [first, second]) await page.getByText('reconnecting').waitFor()
      await context.setOffline(true)
      await product.restart()
      await product.add(token)
      await context.setOffline(false)
      for (const { page } of [first, second]) {
        await connected(page)
        await expect.poll(() => rowTexts(page), MARGIN).toEqual(['call.completed'])
      }
      await second.page.goto('about:blank')
      await product.add(token)
      await second.page.goto(product.pageUrl)
      await eventRow(second.page, 'call.completed').waitFor()
      await callAdd(second.page)
      await expect
        .poll(() => rowTexts(first.page), MARGIN)
        .toEqual(['call.completed', 'call.completed', 'call.completed'])
      expect(await rowTexts(second.page)).toEqual(['call.completed', 'call.completed'])
      await takePicture(first.page, 'recovered')
      await context.close()
    })
  })
})

interface Product {
  readonly pageUrl: string
  /** As `kill -9` does. */
  kill(): Promise<void>
  /** Again on the same port, with the same data. */
  restart(): Promise<void>
  stop(): Promise<void>
  /** A call of another client. */
  add(token: string): Promise<void>
}

async function startProduct(
  dataFolder: string,
  env: Record<string, string> = {},
): Promise<Product> {
  const settings = {
    dataFolder,
    env: {
      EXECUTOR: 'worker',
      LOG_LEVEL: 'error',
      JWT_SECRET_KEY: SIGNING_KEY,
      ADMIN_STATIC_TOKEN: ADMIN_TOKEN,
      MCP_CONFIG_FILE: pageTools,
      // Lists have several pages.
      PAGE_SIZE: '4',
      ...env,
    },
  }
  let gateway: Gateway = await startGateway(settings)
  const { url } = gateway
  const PORT = url.port
  return {
    pageUrl: new URL('/default/live', url).href,
    kill: async () => {
      gateway.send('SIGKILL')
      await gateway.ended
    },
    restart: async () => {
      gateway = await startGateway({ ...settings, env: { ...settings.env, PORT } })
    },
    stop: async () => void (await gateway.stop()),
    add: async (token) => {
      const params = { name: 'add', arguments: { a: 1, b: 1 } }
      const answer = await fetch(
        new URL('/default/mcp', url),
        modernPost('tools/call', params, token),
      )
      expect(answer.status).toBe(200)
      await answer.text()
    },
  }
}

function foreignToken(): Promise<string> {
  const other = createLocalTokens('the-signing-key-of-some-other-gateway-0123456')
  const expiresAt = Date.now() + 600_000
  return other.sign({ userId: 'ann', endpointId: 'default', roles: ['caller'], expiresAt })
}

/** Presses Tab until what has that name has the focus. */
async function tabTo(page: Page, name: string | RegExp): Promise<void> {
  const seen: string[] = []
  for (let presses = 0; presses < 40; presses++) {
    await page.keyboard.press('Tab')
    const focused = String(
      await page.evaluate(
        '(document.activeElement.labels?.[0] ?? document.activeElement).innerText.replace(/\\s+/g, " ")',
      ),
    )
    if (typeof name === 'string' ? focused === name : name.test(focused)) return
    seen.push(focused)
  }
  throw new Error(`the keyboard does not reach ${String(name)}: ${seen.join(' | ')}`)
}
