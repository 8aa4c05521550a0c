import { svelte } from '@sveltejs/vite-plugin-svelte'
import { defineConfig } from 'vitest/config'
import { compressed } from './compress'
import { blockRender, preloadStart } from './page-head'

const api = process.env.EPOCHBOARD_URL ?? 'http://127.0.0.1:8000'

/** What main.ts needs before all other code. */
const first = { name: 'first', test: /lib\/(api\/early-reads|page\/(first-reads|router|stored-theme)|table\/view\/default-view)\.ts/, priority: 1 }
/** What at least four pages share is one file: each file costs a round trip, and a browser has six connections. */
const shared = { name: 'shared', minShareCount: 4 }

export default defineConfig({
  plugins: [svelte(), blockRender, preloadStart, compressed],
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
      output: { codeSplitting: { groups: [first, shared] } },
      checks: { pluginTimings: false },
    },
  },
  worker: { format: 'es' },
  test: { include: ['src/**/*.test.ts', 'scripts/**/*.test.ts'] },
})
