/** What the build writes into the head of index.html. */

import { join } from 'node:path'
import { build, type Plugin, type Rolldown } from 'vite'

const EARLY = '<script type="module" src="/src/early.ts"></script>'
/** Pages whose files are loaded beside those of all pages, by their name in the router. */
export const CONTENT = { runs: '/pages/Runs.svelte', run: '/pages/run/Run.svelte' }

type Bundle = Record<string, Rolldown.OutputAsset | Rolldown.OutputChunk>

/** Writes the code of early.ts into the document, which runs it before a file is loaded. The content security policy allows it by its hash. */
export const inlineEarly: Plugin = {
  name: 'inline-early',
  apply: 'build',
  transformIndexHtml: {
    order: 'pre',
    handler: async (html) => (html.includes(EARLY) ? html.replace(EARLY, await script(join(import.meta.dirname, 'src/early.ts'))) : html),
  },
}

/** Names the files of each page of CONTENT in an attribute of the script, beside which they are not named already. */
export const namePageFiles: Plugin = {
  name: 'name-page-files',
  apply: 'build',
  transformIndexHtml: {
    order: 'post',
    handler(html, { bundle = {} }) {
      const attributes = Object.entries(CONTENT).map(([page, module]) => {
        const files = filesOf(chunkOf(module, bundle), bundle).filter((file) => !html.includes(file))
        return ` data-${page}="${files.map((file) => `/${file}`).join(' ')}"`
      })
      return html.replace('<script>', `<script${attributes.join('')}>`)
    },
  },
}

async function script(entry: string): Promise<string> {
  const options = { write: false, target: 'es2022', minify: true, lib: { entry, formats: ['iife' as const], name: 'early' } }
  const results = (await build({ configFile: false, logLevel: 'warn', build: options })) as Rolldown.RolldownOutput[]
  return `<script>${results[0]!.output[0].code.trim()}</script>`
}

/** Fails the build where a page of CONTENT was moved: vite.config.ts would divide its files otherwise. */
function chunkOf(module: string, bundle: Bundle): Rolldown.OutputChunk {
  const chunk = Object.values(bundle).find((file) => file.type === 'chunk' && file.facadeModuleId?.endsWith(module))
  if (!chunk) throw new Error(`page-head.ts names ${module}, which is no page of the build. Write its new path in CONTENT.`)
  return chunk as Rolldown.OutputChunk
}

/** Returns a chunk, those that it imports statically, and the styles of all of them. */
function filesOf(chunk: Rolldown.OutputChunk, bundle: Bundle): string[] {
  const imported = chunk.imports.flatMap((name) => filesOf(bundle[name] as Rolldown.OutputChunk, bundle))
  return [...new Set([chunk.fileName, ...chunk.viteMetadata!.importedCss, ...imported])]
}
