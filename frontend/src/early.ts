/** Runs within the document, before any file is loaded: the theme, the first requests, and the files of the page that is opened. */

import { readEarly } from './lib/api/early-reads'
import { firstReads } from './lib/page/first-reads'
import { pageOf } from './lib/page/router'
import { showStoredTheme } from './lib/page/stored-theme'

/** The build names the files of a page in an attribute of this script (page-head.ts). */
function preload(file: string): void {
  const isStyle = file.endsWith('.css')
  document.head.append(Object.assign(document.createElement('link'), { href: file, rel: isStyle ? 'preload' : 'modulepreload', as: isStyle ? 'style' : 'script', crossOrigin: '' }))
}

const page = pageOf(location.pathname)
showStoredTheme()
document.currentScript?.dataset[page.name]?.split(' ').forEach(preload)
firstReads(page, location.search).forEach(readEarly)
