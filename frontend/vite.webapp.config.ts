/** Builds the page of webapp.zip into dist/webapp: plain scripts without modules, so that it also works from a folder. */

import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { gzipSync } from 'node:zlib'
import { defineConfig, type Plugin } from 'vite'

const SOURCE = join(import.meta.dirname, 'src', 'webapp')
const WASM = join(import.meta.dirname, 'node_modules', 'onnxruntime-web', 'dist', 'ort-wasm-simd-threaded.wasm')
const COPIED = ['index.html', 'LICENSES.txt']

/** Otherwise Vite puts 14 MB of WebAssembly into the script at each place where ONNX Runtime names its address. */
const withoutAddresses: Plugin = {
  name: 'without-addresses',
  enforce: 'pre',
  transform: (code, id) => (id.includes('onnxruntime-web') ? code.replaceAll('import.meta.url', 'document.baseURI') : null),
}

/** Writes the WebAssembly as a script, because a page that was opened from a folder may not fetch files. */
const runtimeAndPage: Plugin = {
  name: 'runtime-and-page',
  generateBundle() {
    const wasm = gzipSync(readFileSync(WASM), { level: 9 }).toString('base64')
    this.emitFile({ type: 'asset', fileName: 'runtime.js', source: `self.epochboardRuntime = "${wasm}"\n` })
    for (const fileName of COPIED) this.emitFile({ type: 'asset', fileName, source: readFileSync(join(SOURCE, fileName)) })
  },
}

export default defineConfig({
  plugins: [withoutAddresses, runtimeAndPage],
  build: {
    target: 'es2022',
    outDir: 'dist/webapp',
    lib: { entry: join(SOURCE, 'main.ts'), formats: ['iife'], name: 'epochboardPage', fileName: () => 'app.js', cssFileName: 'app' },
    rolldownOptions: { checks: { pluginTimings: false } },
  },
})
