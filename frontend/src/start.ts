import { mount } from 'svelte'
import App from './App.svelte'
import { board } from './lib/live/board.svelte'

board.start()
mount(App, { target: document.body })
