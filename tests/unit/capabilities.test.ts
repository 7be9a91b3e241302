import { describe, expect, test } from 'vitest'
import { capabilities, forgetsAfterAWeek, keepBound, type Ability, type Features } from '../../src/app/capabilities.ts'
import { en } from '../../src/app/messages/en.ts'

/** As read in Chromium 156 on Linux. */
const chromium: Features = {
  folderHandles: true,
  folderLists: true,
  observesFolders: true,
  serviceWorker: true,
  webRtc: true,
  locks: true,
  touchOnly: false,
  homeScreen: false,
  gestureEvents: false,
  installed: false,
  installPrompt: true,
  persisted: false,
  badges: true,
  notifications: 'default',
  movableChannels: true,
}
/** As read in Firefox 153 ESR on Linux. */
const firefox: Features = {
  ...chromium,
  folderHandles: false,
  observesFolders: false,
  installPrompt: false,
  badges: false,
}
/** As the documents of WebKit say; not tried. */
const safari: Features = { ...firefox, gestureEvents: true, badges: true }
const iphone: Features = { ...safari, touchOnly: true, homeScreen: true, notifications: undefined }

const judged = (features: Features): Record<string, Ability> =>
  Object.fromEntries(capabilities(features).map(({ what, can }) => [what.replace('capability.', ''), can]))

describe('each browser is told what it can do', () => {
  test.each([
    ['Chromium', chromium, 'yes yes yes yes partly yes partly partly yes'],
    ['Firefox', firefox, 'partly no partly yes partly no no partly yes'],
    ['Safari', safari, 'partly no partly yes no partly partly partly yes'],
    ['an iPhone', iphone, 'partly no partly no no partly partly no yes'],
    ['an installed app on an iPhone', { ...iphone, installed: true }, 'partly no partly no partly yes yes no yes'],
    ['a phone with Chromium', { ...chromium, touchOnly: true }, 'yes yes yes partly partly yes partly partly yes'],
  ])('%s', (_, features, expected) => {
    expect(Object.values(judged(features)).join(' ')).toBe(expected)
  })
})

test('a week without a visit is warned of only where it costs everything', () => {
  expect([chromium, firefox, safari, iphone].map(forgetsAfterAWeek)).toEqual([false, false, true, true])
  expect(forgetsAfterAWeek({ ...iphone, installed: true })).toBe(false)
})

test('a browser that forgets after a week keeps only as an installed app, and one that stops hidden pages is told so', () => {
  const installed = [safari, iphone].map((features) => ({ ...features, installed: true }))
  expect([chromium, firefox, safari, iphone, ...installed].map(keepBound)).toEqual([
    undefined,
    undefined,
    'week',
    'week',
    undefined,
    'front',
  ])
})

test('every judgement has its sentence', () => {
  const booleans = [true, false]
  for (const notifications of [undefined, 'default', 'granted', 'denied'] as const) {
    for (const persisted of [undefined, true, false]) {
      for (const folderHandles of booleans) {
        for (const installed of booleans) {
          for (const webRtc of booleans) {
            const features = {
              ...iphone,
              notifications,
              persisted,
              folderHandles,
              installed,
              webRtc,
              homeScreen: webRtc,
            }
            for (const { what, sentence } of [
              ...capabilities(features),
              ...capabilities({ ...features, folderLists: false, serviceWorker: false }),
            ]) {
              expect(Object.hasOwn(en, what)).toBe(true)
              expect(Object.hasOwn(en, sentence), sentence).toBe(true)
            }
          }
        }
      }
    }
  }
})
