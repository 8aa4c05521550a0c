import { dirname } from 'node:path'
import { expect, test } from 'vitest'
import { pagesThatNeed } from '../module-pages'

const FOLDER = dirname(import.meta.dirname)
const IMPORTERS: Record<string, string[]> = {
  '/index.html': [],
  '/src/main.ts': ['/index.html'],
  '/src/pages/run/Run.svelte': [],
  '/src/format.ts': ['/src/names.ts', '/src/main.ts'],
  '/src/names.ts': ['/src/format.ts', '/src/pages/run/Run.svelte'],
}
const build = { getModuleInfo: (id: string) => ({ importers: IMPORTERS[id.replace(FOLDER, '')]!.map((path) => FOLDER + path) }) }

test('the pages that need a module are found through others, also where these import each other', () => {
  const of = (path: string): string[] => [...pagesThatNeed(FOLDER + path, build)].sort()
  expect(of('/src/names.ts')).toEqual(['/index.html', '/pages/run/Run.svelte'])
  expect([of('/src/main.ts'), of('/src/pages/run/Run.svelte')]).toEqual([['/index.html'], ['/pages/run/Run.svelte']])
})
