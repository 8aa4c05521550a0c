/** What a page reads first, before its code is loaded. */

import { defaultRowsAddress } from '../table/view/default-view'
import { runHref, type Page } from './router'

const STATUS_BAR = ['/api/runs?status=queued&status=preparing&status=running&status=stopping&limit=200', '/api/workers']

/** Returns the addresses that the page opened at `query` requests, as the client writes them. */
export function firstReads(page: Page, query: string): string[] {
  if (page.name === 'run') return [`/api${runHref(page.id)}`, `/api${runHref(page.id)}/metrics?max_points=2000`, ...STATUS_BAR]
  return page.name === 'runs' && query === '' ? [defaultRowsAddress(), ...STATUS_BAR] : STATUS_BAR
}
