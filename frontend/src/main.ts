import './styles/tokens.css'
import './styles/base.css'
import './styles/controls.css'
import { mount } from 'svelte'
import App from './App.svelte'
import { board } from './lib/live/board.svelte'
import { theme } from './lib/page/theme.svelte'

theme.apply()
board.start()
mount(App, { target: document.body })
