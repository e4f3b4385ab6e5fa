/** What people do on the live page, and what they see. */
import type { Page } from 'playwright-core'

/** Machines are busy with others: milliseconds. */
export const MARGIN = { timeout: 20_000, interval: 50 }

export async function submitToken(page: Page, token: string): Promise<void> {
  const field = page.getByLabel('Access token')
  await field.fill(token)
  await field.press('Enter')
}

export async function signIn(page: Page, token: string): Promise<void> {
  await submitToken(page, token)
  await connected(page)
}

export async function connected(page: Page): Promise<void> {
  await page.getByText('Connected', { exact: true }).waitFor()
}

export async function choose(page: Page, title: string): Promise<void> {
  await page.getByRole('list', { name: 'Tools' }).getByRole('button', { name: title }).click()
}

export async function call(page: Page): Promise<void> {
  await page.getByRole('button', { name: 'Call', exact: true }).click()
}

export async function callAdd(page: Page): Promise<void> {
  await choose(page, 'Add')
  await page.getByLabel('a required', { exact: true }).fill('1')
  await page.getByLabel('b required', { exact: true }).fill('2')
  await call(page)
  await page.getByText(/^Done in /).waitFor()
}

export function eventRow(page: Page, type: string) {
  return page.getByRole('log').getByRole('listitem').filter({ hasText: type })
}

/** Types of the rows that are shown, the newest first. */
export function rowTexts(page: Page): Promise<string[]> {
  return page.getByRole('log').locator('.type').allTextContents()
}

/** What is said of the field with a label: what it is for, and what is wrong. */
export async function described(page: Page, label: string): Promise<string> {
  const ids = await page.getByLabel(label).first().getAttribute('aria-describedby')
  const words = (ids ?? '').split(' ').map((id) => page.locator(`#${id}`).textContent())
  return (await Promise.all(words)).filter(Boolean).join(' ')
}
