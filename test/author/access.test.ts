import { expect, it } from 'vitest'
import { type AccessRule, defineBundle } from '../../src/author/author.js'
import { toBundleClass } from '../../src/author/bundle-class.js'

it('who may call an item stands in its link, and clients are shown nothing of it', () => {
  const bundle = defineBundle({
    package: 'guarded',
    tools: {
      pay: {
        description: 'Pays',
        inputSchema: { type: 'object' },
        access: { allow: ['role:publisher', 'user:ann'], deny: ['key:old-*'] },
        handler: () => 'paid',
      },
    },
    resources: {
      books: {
        uri: 'books://all',
        description: 'The books',
        access: { allow: ['role:admin'] },
        handler: () => '',
      },
    },
    prompts: {
      ask: { description: 'Asks', access: { deny: ['user:bob'] }, handler: () => '' },
    },
  })
  const made: unknown = new (toBundleClass({ default: bundle }))({})
  const { manifest } = JSON.parse((made as { manifest(): string }).manifest())
  expect(manifest.module_links.map((link: { access: unknown }) => link.access)).toEqual([
    { allow: ['role:publisher', 'user:ann'], deny: ['key:old-*'] },
    { allow: ['role:admin'] },
    { deny: ['user:bob'] },
  ])
  const { tools, resources, prompts } = manifest
  expect(JSON.stringify([tools, resources, prompts])).not.toContain('access')
})

it('a rule of no kind is a mistake that TypeScript finds', () => {
  // @ts-expect-error -- it says neither role nor user nor key
  const wrong: AccessRule = 'group:staff'
  // @ts-expect-error -- there is no such role
  const unknown: AccessRule = 'role:root'
  expect([wrong, unknown]).toHaveLength(2)
})
