/** Shows the page. Its first frame has its content, whose code early.ts has requested beside this one. */

import { mount } from 'svelte'
import './styles/tokens.css'
import './styles/base.css'
import './styles/controls.css'
import App from './App.svelte'
import { board } from './lib/live/board.svelte'
import { pageOf } from './lib/page/router'
import { loadContent } from './pages/preload'

board.start()
// Without `await`, for which the content would wait: it imports the file that this module is in.
void loadContent(pageOf(location.pathname)).finally(() => mount(App, { target: document.body }))
