import './styles/tokens.css'
import './styles/base.css'
import './styles/controls.css'
import { mount } from 'svelte'
import App from './App.svelte'
import { board } from './lib/board.svelte'
import { theme } from './lib/theme.svelte'

theme.show()
board.start()
mount(App, { target: document.body })
