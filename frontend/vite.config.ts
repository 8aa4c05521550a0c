import { svelte } from '@sveltejs/vite-plugin-svelte'
import { defineConfig } from 'vitest/config'
import { compressed } from './compress'
import { inlineEarly, namePageFiles } from './page-head'

const api = process.env.EPOCHBOARD_URL ?? 'http://127.0.0.1:8000'

/**
 * Each file costs a round trip, and a browser has six connections. So what every page and the list of runs use is one file, what the page of a
 * run shares is another, and what at least four of the other pages share a third.
 */
const FIRST =
  /svelte.src|clsx|openapi-fetch|rolldown.runtime|preload-helper|src.(main|App|styles.(tokens|base|controls)|pages.(preload|Missing)|components.(page|table.Keys\.|common.(Popover|StatusPill|Dialog|DeleteDialog|TimeZone)|runs.(Sparkline|RunStatus))|lib.(live|table.keys|page.(?!stored|theme|first)|text.(format|exact-time|csv|save|time-zone|interval)|charts.(sparkline|palette)|compare.address|runs.(run-status|run-fields|study-names)|spec.(spec\.|field)|api.(client|clock|early|problem|runs-table)))/
const RUN = /components.(common|run\b)|lib.(charts|diagnosis|runs|spec)|plotly\.ts/
const groups = [
  { name: 'first', test: FIRST, priority: 2 },
  { name: 'charts', test: RUN, minShareCount: 2, priority: 1 },
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
