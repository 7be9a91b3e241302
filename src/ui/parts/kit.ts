/** The recovery kit where it is needed: on the printer's page, and in a file that explains itself without us. */
import { flushSync, mount, unmount } from 'svelte'
import type { AccountState } from '../../app/account.svelte.ts'
import { language, t } from '../../app/language.svelte.ts'
import Kit from './Kit.svelte'
import './kit.css'
import style from './kit.css?inline'

/** Puts the kit beside the page, which gives way to it on paper. @returns takes it away */
export function layOutKit(account: AccountState): () => void {
  return mountKit(document.body, account, false)
}

/** A page of its own: no script, nothing to load, one link. */
export function kitFile(account: AccountState): Blob {
  const [title, body] = [document.createElement('title'), document.createElement('body')]
  title.textContent = t('kit.title')
  const unmountKit = mountKit(body, account, true)
  const html = `<!doctype html>
<html lang="${language.tag}" dir="${language.direction}">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width">
<meta name="referrer" content="no-referrer">
${title.outerHTML}
<style>${style}</style>
</head>
${body.outerHTML.replaceAll(/<!--.*?-->/g, '')}
</html>
`
  unmountKit()
  return new Blob([html], { type: 'text/html' })
}

function mountKit(target: HTMLElement, account: AccountState, asFile: boolean): () => void {
  const kit = mount(Kit, { target, props: { account, asFile } })
  flushSync()
  return () => void unmount(kit)
}
