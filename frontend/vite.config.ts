import { svelte } from '@sveltejs/vite-plugin-svelte'
import { defineConfig } from 'vitest/config'
import { compressed } from './compress'
import { pagesThatNeed, type Modules } from './module-pages'
import { CONTENT, inlineEarly, namePageFiles } from './page-head'

const api = process.env.EPOCHBOARD_URL ?? 'http://127.0.0.1:8000'

/**
 * Each file costs a round trip, and a browser has six connections. So what every page uses, and what the list of runs shares with other pages, is
 * one file, what the page of a run shares is another, and what at least four of the other pages share a third.
 */
const isFirst = (pages: Set<string>): boolean => pages.has('/index.html') || (pages.has(CONTENT.runs) && pages.size > 1)
const isOfCharts = (pages: Set<string>): boolean => pages.has(CONTENT.run) && pages.size > 1
const groups = [
  { name: (id: string, build: Modules) => (isFirst(pagesThatNeed(id, build)) ? 'first' : null), priority: 2 },
  { name: (id: string, build: Modules) => (isOfCharts(pagesThatNeed(id, build)) ? 'charts' : null), priority: 1 },
  { name: 'shared', minShareCount: 4 },
]

export default defineConfig({
  plugins: [svelte(), inlineEarly, namePageFiles, compressed],
  server: { proxy: { '/api': api, '/healthz': api, '/readyz': api } },
  build: {
    target: 'es2022',
    // A data: worker or font would need a wider content security policy.
    assetsInlineLimit: 0,
    // Plotly and Swagger UI are loaded after the page and are known to be large.
    chunkSizeWarningLimit: 2000,
    // Compressing a second time, only to print sizes, takes a second.
    reportCompressedSize: false,
    modulePreload: { polyfill: false },
    rolldownOptions: {
      input: { index: 'index.html', docs: 'docs.html' },
      output: { codeSplitting: { groups } },
      checks: { pluginTimings: false },
    },
  },
  worker: { format: 'es' },
  test: {
    include: ['src/**/*.test.ts', 'scripts/**/*.test.ts'],
    // Files share a thread's modules: loading them anew for each file took five sixths of the processor time.
    isolate: false,
    pool: 'threads',
  },
})
