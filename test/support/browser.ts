/** A real browser, headless, and what a page of it has complained about. */
import axe from 'axe-core'
import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { type Browser, type BrowserContext, chromium, type Page } from 'playwright-core'

/** False when tests that need a browser are to be skipped; CI has to have it. */
export const chromiumPath = findChromium()

function findChromium(): string | undefined {
  const folders = (process.env['PATH'] ?? '').split(':')
  const names = ['chromium', 'chromium-browser', 'google-chrome']
  const paths = names.flatMap((name) => folders.map((folder) => join(folder, name)))
  const found = paths.find((path) => existsSync(path))
  if (found !== undefined) return found
  const how = 'no chromium in PATH: apt-get install chromium, or brew install chromium'
  if (process.env['CI'] === 'true') throw new Error(how)
  process.stderr.write(`tests in a browser are skipped; ${how}\n`)
  return undefined
}

export async function startBrowser(): Promise<Browser> {
  if (chromiumPath === undefined) throw new Error('no chromium in PATH')
  // Root may not use its sandbox; the pages are our own.
  return chromium.launch({ executablePath: chromiumPath, args: ['--no-sandbox'] })
}

export interface Tab {
  readonly page: Page
  readonly context: BrowserContext
  /** Errors of scripts, of the console and of the content security policy, so far. */
  readonly complaints: readonly string[]
}

/** A browser of somebody's own: nothing of it is shared with others but the machine. */
export async function openTab(browser: Browser): Promise<Tab> {
  return openTabOf(await browser.newContext({ reducedMotion: 'reduce' }))
}

/** A second tab of the same browser. */
export async function openTabOf(context: BrowserContext): Promise<Tab> {
  const page = await context.newPage()
  const complaints: string[] = []
  page.on('pageerror', (error) => complaints.push(String(error)))
  page.on('console', (message) => {
    if (['error', 'warning'].includes(message.type())) complaints.push(message.text())
  })
  return { page, context, complaints }
}

/** What axe finds wrong with a page as it is shown now, one line for each. */
export async function violationsOf({ page, context }: Tab): Promise<string[]> {
  const session = await context.newCDPSession(page)
  try {
    // The debugger may run what the page's own policy forbids.
    await session.send('Runtime.evaluate', { expression: axe.source })
    const { result } = await session.send('Runtime.evaluate', {
      expression: 'axe.run().then(({ violations }) => JSON.stringify(violations))',
      awaitPromise: true,
      returnByValue: true,
    })
    const violations: readonly axe.Result[] = JSON.parse(String(result.value))
    return violations.flatMap(({ id, help, nodes }) =>
      nodes.map(({ html, failureSummary }) => `${id}: ${help}: ${html} ${failureSummary}`),
    )
  } finally {
    await session.detach()
  }
}

/** Where somebody wants to look at the page. */
export async function takePicture(page: Page, name: string): Promise<void> {
  const folder = process.env['LIVE_PAGE_SCREENSHOTS']
  if (folder !== undefined)
    await page.screenshot({ path: join(folder, `${name}.png`), fullPage: true })
}
