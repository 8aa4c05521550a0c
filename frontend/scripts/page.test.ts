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

  test('names the files of the pages that are opened most, which are loaded beside those of all pages', () => {
    const files = [...read('index.html').matchAll(/ data-(runs|run)="([^"]+)"/g)].flatMap((match) => match[2]!.split(' '))
    expect(files.filter((file) => /\/Runs?-[^/]+\.js$/.test(file))).toHaveLength(2)
    expect(files.filter((file) => !existsSync(join(DIST, file)))).toEqual([])
  })

  test.each([
    ['runs', ['Runs.css', 'Runs.js']],
    ['run', ['Run.css', 'Run.js', 'charts.css', 'charts.js']],
  ])('the page %s waits for no file of other pages', (page, expected) => {
    const files = new RegExp(` data-${page}="([^"]+)"`).exec(read('index.html'))![1]!.split(' ')
    expect(files.map((file) => file.replace(/^\/assets\/(.+)-.{8}\./, '$1.')).sort()).toEqual(expected)
  })

  test.each([
    ['index.html', 1],
    ['docs.html', 0],
  ])('%s has no inline script but early.ts, whose hash the service allows, and no other origin', (name, scripts) => {
    const html = read(name)
    expect(html.match(/<script(?![^>]*\bsrc=)[^>]*>/g) ?? []).toHaveLength(scripts)
    expect(html.match(/(?:src|href)="(?:https?:)?\/\//g)).toBeNull()
  })
})
