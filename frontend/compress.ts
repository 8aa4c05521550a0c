/** Writes a .br and a .gz beside each script and style of a build, which the API serves (backend/api/http/assets.py). */

import { readdir, readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { brotliCompress, constants, gzip } from 'node:zlib'
import type { Plugin } from 'vite'

const COMPRESSED = /\.(js|css|svg)$/
const QUALITY = 11 // of Brotli, the smallest files
const LEVEL = 9 // of gzip

async function compress(file: string): Promise<void> {
  const content = await readFile(file)
  const options = { params: { [constants.BROTLI_PARAM_QUALITY]: QUALITY, [constants.BROTLI_PARAM_SIZE_HINT]: content.length } }
  const [brotli, gzipped] = await Promise.all([promisify(brotliCompress)(content, options), promisify(gzip)(content, { level: LEVEL })])
  await Promise.all([writeFile(`${file}.br`, brotli), writeFile(`${file}.gz`, gzipped)])
}

export const compressed: Plugin = {
  name: 'compressed',
  apply: 'build',
  writeBundle: {
    sequential: true,
    order: 'post',
    async handler(options) {
      const folder = join(options.dir ?? 'dist', 'assets')
      const names = (await readdir(folder)).filter((name) => COMPRESSED.test(name))
      await Promise.all(names.map((name) => compress(join(folder, name))))
    },
  },
}
