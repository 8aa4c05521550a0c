/** Small, so that it runs at once: it sends the first requests and loads the code of the page that was opened beside that of all pages. */

import './styles/tokens.css'
import './styles/base.css'
import './styles/controls.css'
import { readEarly } from './lib/api/early-reads'
import { firstReads } from './lib/page/first-reads'
import { pageOf } from './lib/page/router'
import { showStoredTheme } from './lib/page/stored-theme'
import { loadContent } from './pages/preload'

const page = pageOf(location.pathname)
showStoredTheme()
firstReads(page, location.search).forEach(readEarly)
void loadContent(page)
void import('./start')
