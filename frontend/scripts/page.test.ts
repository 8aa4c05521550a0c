/** Checks the built page: its size before the charts, and that it loads nothing from another origin. */

import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { gzipSync } from 'node:zlib'
import { describe, expect, test } from 'vitest'

const DIST = join(import.meta.dirname, '..', 'dist')
const BUDGET_BYTES = 100_000

const read = (path: string): string => readFileSync(join(DIST, path), 'utf8')
const loadedBy = (html: string): string[] =>
  [...html.matchAll(/(?:src|href)="(\/assets\/[^"]+)"/g)].map((match) => match[1]!)

describe.skipIf(!existsSync(join(DIST, 'index.html')))('the built page', () => {
  test('loads at most 100 KB gz before the charts', () => {
    const index = read('index.html')
    const sizes = [index, ...loadedBy(index).map(read)].map((text) => gzipSync(text).length)
    expect(sizes.length).toBeGreaterThan(2)
    expect(sizes.reduce((sum, size) => sum + size, 0)).toBeLessThanOrEqual(BUDGET_BYTES)
  })

  test.each(['index.html', 'docs.html'])('%s has no inline script and no other origin', (name) => {
    const html = read(name)
    expect(html.match(/<script(?![^>]*\bsrc=)[^>]*>/g)).toBeNull()
    expect(html.match(/(?:src|href)="(?:https?:)?\/\//g)).toBeNull()
  })
})
