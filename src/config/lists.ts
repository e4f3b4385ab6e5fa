/** Settings that are lists, their entries separated by commas. */
import { z } from 'zod'
import { isSecureUrl } from '../domain/secure-url.js'

const SESSION_KEY = /^([A-Za-z0-9_-]{1,16}):(.{32,})$/
export const sessionKeys = z
  .string()
  .transform((list, context) => {
    const keys = list.split(',').flatMap((entry) => {
      const [, id, key] = SESSION_KEY.exec(entry.trim()) ?? []
      return id === undefined || key === undefined ? [] : [{ id, secret: key }]
    })
    const isWhole = keys.length === list.split(',').length
    if (isWhole && new Set(keys.map(({ id }) => id)).size === keys.length) return keys
    context.addIssue(
      'must be a list of KEY_ID:SECRET: ids of 1 to 16 of A-Z, a-z, 0-9, _ and -, each once, and secrets of 32 characters or more without commas',
    )
    return z.NEVER
  })
  .optional()

const PROVIDERS = ['local', 'cognito', 'oidc']
export const providers = z
  .string()
  .transform((list) => list.split(',').map((name) => name.trim()))
  .refine(
    (names) => names.every((name) => PROVIDERS.includes(name)),
    `must be a list of ${PROVIDERS.join(', ')}`,
  )
  .prefault('local')
export const origins = z
  .string()
  .transform((list) => list.split(',').map((origin) => origin.trim()))
  .refine(
    (list) => list.every((origin) => URL.canParse(origin) && new URL(origin).origin === origin),
    'must be a list of origins like https://app.example.com',
  )
  .optional()

const HOST = /^(\[[0-9a-fA-F:.]+\]|[A-Za-z0-9._-]+)(:\d{1,5})?$/
export const hosts = z
  .string()
  .transform((list) => list.split(',').map((host) => host.trim()))
  .refine((list) => list.every((host) => HOST.test(host)), 'must be a list of HOST or HOST:PORT')
  .optional()

const split = (list: string) => list.split(',').map((entry) => entry.trim())

export const texts = z
  .string()
  .transform(split)
  .refine((list) => list.every((entry) => entry !== ''), 'must be a list without gaps')
  .optional()

export const secureUrls = z
  .string()
  .transform(split)
  .refine(
    (list) => list.every(isSecureUrl),
    'must be a list of https URLs, or http ones on loopback',
  )
  .optional()

/** The value is what follows the last `=`: names of claims and of groups may hold some. */
const PAIR = /^(.+)=([^=]+)$/
export const pairs = z
  .string()
  .transform((list, context) => {
    const entries = split(list).flatMap((entry) => {
      const [, name, value] = PAIR.exec(entry) ?? []
      return name === undefined || value === undefined ? [] : [{ name, value }]
    })
    if (entries.length === split(list).length) return entries
    context.addIssue('must be a list of NAME=VALUE')
    return z.NEVER
  })
  .optional()
