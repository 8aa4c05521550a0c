import { svelte } from '@sveltejs/vite-plugin-svelte'
import type { Plugin } from 'vite'
import { defineConfig } from 'vitest/config'
import { compressed } from './compress'

const api = process.env.EPOCHBOARD_URL ?? 'http://127.0.0.1:8000'

/** Blocks the first paint until the script has set the theme: the content security policy allows no inline script. */
const blockRender: Plugin = {
  name: 'block-render',
  transformIndexHtml: {
    order: 'post',
    handler: (html) => html.replace(/<script type="module"(?=[^>]*index)/, '<script type="module" blocking="render"'),
  },
}

export default defineConfig({
  plugins: [svelte(), blockRender, compressed],
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
    rolldownOptions: { input: { index: 'index.html', docs: 'docs.html' }, checks: { pluginTimings: false } },
  },
  worker: { format: 'es' },
  test: { include: ['src/**/*.test.ts', 'scripts/**/*.test.ts'] },
})
