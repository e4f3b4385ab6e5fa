/** Whether the management API has done what it was asked for. */
import type { Answer } from '../draw.js'

/** @param path of what is not the asker's: nothing stands there */
export function isGood({ status, text }: Answer, path: readonly string[]): boolean {
  const isRefused = /"errors":\s*\[\{|"userErrors":\s*\[\{/.test(text)
  if (status !== 200 || isRefused) return false
  if (path.length === 0) return true
  return [...text.matchAll(/\{"data":.*\}/g)].some(([data]) => {
    const { data: whole } = JSON.parse(data) as { data: unknown }
    return isThere(whole, path)
  })
}

function isThere(value: unknown, path: readonly string[]): boolean {
  if (Array.isArray(value)) return value.some((each) => isThere(each, path))
  const [name, ...rest] = path
  if (name === undefined) return value !== null && value !== undefined
  if (typeof value !== 'object' || value === null) return false
  return isThere((value as Record<string, unknown>)[name], rest)
}
