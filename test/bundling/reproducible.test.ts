import { cp, mkdir, rename, symlink } from 'node:fs/promises'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { Workbench } from '../../src/parts.js'
import { filesIn, folderOf, GREETER, openTestWorkbench } from './author-folder.js'

let workbench: Workbench
beforeAll(() => {
  workbench = openTestWorkbench()
})
afterAll(() => workbench.close())

describe('the same files', () => {
  const files = {
    ...GREETER,
    'package.json': { dependencies: { dep: '1' } },
    'node_modules/dep/package.json': { name: 'dep', type: 'module', exports: './dep.js' },
    'node_modules/dep/dep.js': 'export const dep = () => import("./lazy.js")\n',
    'node_modules/dep/lazy.js': 'export const lazy = 1\n',
    'lib/greet.ts':
      "import { dep } from 'dep'\nexport const greet = (word: string, name: string) => `${word}, ${name}!${dep.length}`\n",
    'assets/b.txt': 'b',
    'assets/a.txt': 'a',
  }

  it('give the same ZIP in another folder, at another depth and under another name', async () => {
    const here = await folderOf(files)
    const elsewhere = join(await folderOf({}), 'much', 'deeper')
    await mkdir(join(elsewhere, '..'))
    await cp(here, elsewhere, { recursive: true })
    const [first, again, moved] = [
      await workbench.bundling.read(here),
      await workbench.bundling.read(here),
      await workbench.bundling.read(elsewhere),
    ]
    expect([again.sha256, moved.sha256]).toEqual([first.sha256, first.sha256])
    const inside = Object.entries(await filesIn(first.zip))
      .flat()
      .join('\n')
    expect(inside).not.toContain(here)
    expect(inside).not.toContain(process.cwd())
    expect(inside).not.toContain('/tmp/')
  })

  it('give the same ZIP when packages lie above the folder, or are linked', async () => {
    const root = await folderOf({})
    await cp(await folderOf(files), join(root, 'a/bundle'), { recursive: true })
    await rename(join(root, 'a/bundle/node_modules'), join(root, 'a/node_modules'))
    const above = await workbench.bundling.read(join(root, 'a/bundle'))
    await mkdir(join(root, 'b'))
    await rename(join(root, 'a'), join(root, 'b/c'))
    expect((await workbench.bundling.read(join(root, 'b/c/bundle'))).sha256).toBe(above.sha256)
    await symlink(join(root, 'b/c/bundle'), join(root, 'link'))
    expect((await workbench.bundling.read(join(root, 'link'))).sha256).toBe(above.sha256)
  })

  it('and one more character give another', async () => {
    const [first, changed] = [
      await workbench.bundling.read(await folderOf(GREETER)),
      await workbench.bundling.read(await folderOf({ ...GREETER, 'note.txt': '' })),
    ]
    expect(changed.sha256).not.toBe(first.sha256)
  })
})
