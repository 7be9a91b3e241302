/** The page: one state, one view. */
import './app/arrivals.ts' // first: see there
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
if (location.pathname === '/operator') {
  const { default: Operator } = await import('./ui/Operator.svelte')
  mount(Operator, { target })
} else {
  const app = new AppState()
  mount(App, { target, props: { app } })
  app.start()
}
