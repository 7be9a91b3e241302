/** The page: one state, one view. */
import './app/kit-arrival.ts' // first: see there
import './app/join-arrival.ts' // like it
import { mount } from 'svelte'
import { AppState } from './app/app.svelte.ts'
import { preferences } from './app/preferences.svelte.ts'
import { trustOwnScripts } from './app/trusted-scripts.ts'
import App from './ui/App.svelte'
import './ui/style.css'

trustOwnScripts()
const target = document.getElementById('app')
if (target === null) throw new Error('index.html has no #app.')
await preferences.load()
const app = new AppState()
mount(App, { target, props: { app } })
app.start()
