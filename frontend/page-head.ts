/** What the build writes into the head of index.html. */

import type { HtmlTagDescriptor, Plugin, Rolldown } from 'vite'

/** Blocks the first paint until the script has set the theme: the content security policy allows no inline script. */
export const blockRender: Plugin = {
  name: 'block-render',
  transformIndexHtml: {
    order: 'post',
    handler: (html) => html.replace(/<script type="module"(?=[^>]*index)/, '<script type="module" blocking="render"'),
  },
}

/** Loads the code of all pages at once with main.ts, which imports it dynamically to run before it. */
export const preloadStart: Plugin = {
  name: 'preload-start',
  apply: 'build',
  transformIndexHtml: {
    order: 'post',
    handler(html, { bundle = {}, filename }) {
      if (!filename.endsWith('index.html')) return []
      const chunks = Object.values(bundle).filter((file) => file.type === 'chunk')
      const start = chunks.find((chunk) => chunk.facadeModuleId?.endsWith('/src/start.ts'))!
      const loaded = [start, ...chunks.filter((chunk) => start.imports.includes(chunk.fileName))]
      return loaded.flatMap(linksTo).filter(({ attrs }) => !html.includes(String(attrs!.href)))
    },
  },
}

function linksTo({ fileName, viteMetadata }: Rolldown.OutputChunk): HtmlTagDescriptor[] {
  const link = (rel: string, file: string): HtmlTagDescriptor => ({ tag: 'link', attrs: { rel, href: `/${file}`, crossorigin: true }, injectTo: 'head' })
  return [link('modulepreload', fileName), ...[...viteMetadata!.importedCss].map((file) => link('stylesheet', file))]
}
