/** Who reaches whom behind which routers, tried by every pair, with and without a relay; and all of it again after the coordinator was killed. */
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Browser } from '@playwright/test'
import type { Millis } from '../../src/core/units.ts'
import { appWith } from './app-with.ts'
import { chromiumAt } from './lab-tab.ts'
import type { Dialled } from './nat-dial.ts'
import { NatLab, url, type Nat } from './nat-lab.ts'
import type { NatPage } from './nat-page.ts'

declare const nat: NatPage

const HEADLESS: readonly Nat[] = ['open', 'open', 'cone', 'cone', 'symmetric', 'symmetric']
const TABS_WITH_RELAY: readonly Nat[] = ['udp-blocked', 'cone', 'symmetric']
const TABS_WITHOUT: readonly Nat[] = ['cone', 'cone', 'symmetric']
/** Everybody is back after a restart within this. */
const BACK_MS: Millis = 60_000

interface Party {
  readonly name: string
  readonly nat: Nat
  readonly device: string
  dial(device: string): Promise<Dialled>
  /** Resolves as soon as it has no link. */
  rest(): Promise<void>
  /** Resolves when it has come online once more since this was called. */
  back(): Promise<unknown>
}

interface Round {
  /** Of the pairs that can connect, in both directions. */
  readonly possible: number
  readonly connected: number
  /** Of the possible ones, those that did not. */
  readonly failed: readonly string[]
  /** Pairs without a way between them: a relay was not there. */
  readonly impossible: number
  readonly connectedAllTheSame: number
  readonly slowestMs: Millis
  readonly backAfterRestartMs: Millis
}

/** @throws Error with all that was found when too many that should connect did not, or peers did not come back */
export async function natMatrix(): Promise<{ withRelay: Round; withoutRelay: Round }> {
  const withRelay = await round(true)
  const withoutRelay = await round(false)
  const facts = { withRelay, withoutRelay }
  const failed = [...withRelay.failed, ...withoutRelay.failed]
  if (failed.length > 0.01 * (withRelay.possible + withoutRelay.possible)) throw new Error(JSON.stringify(facts))
  return facts
}

async function round(relay: boolean): Promise<Round> {
  const folder = await mkdtemp(join(tmpdir(), 'keeptab-nat-'))
  const pages = await appWith('nat-page.ts')
  const lab = await NatLab.start(folder)
  const browsers: Browser[] = []
  try {
    const tabs = relay ? TABS_WITH_RELAY : TABS_WITHOUT
    const homes = await lab.behind([...HEADLESS, ...tabs])
    const data = join(folder, 'coordinator')
    await lab.relay() // which answers to STUN in both rounds
    const opened = () => lab.coordinator(data, relay, ['--page', pages])
    let coordinator = await opened()

    const parties = [
      ...(await Promise.all(HEADLESS.map((nat, i) => headless(lab, homes[i] ?? '', `${nat} ${i + 1}`, nat)))),
      ...(await Promise.all(
        tabs.map(async (nat, i) => {
          const browser = await chromiumAt(lab, homes[HEADLESS.length + i] ?? '')
          browsers.push(browser)
          return inTab(browser, `tab ${i + 1}, ${nat}`, nat)
        }),
      )),
    ]

    const tried = await everyPair(parties)
    print(parties, tried, relay)
    const possible = tried.filter(({ from, to }) => relay || canReach(from.nat, to.nat))
    const failed = possible.filter(({ ms }) => ms === undefined)

    await coordinator.kill()
    const back = parties.map((party) => party.back())
    coordinator = await opened()
    const backAt = performance.now()
    const [first, ...others] = parties
    if (first === undefined) throw new Error('nobody is there')
    await Promise.all([
      ...back,
      // Whom it reached before.
      ...others
        .filter((to) => tried.some((one) => one.from === first && one.to === to && one.ms !== undefined))
        .map((to) => untilReached(first, to, backAt)),
    ])
    const backAfterRestartMs = Math.round(performance.now() - backAt)
    if (backAfterRestartMs > BACK_MS) throw new Error(`Everybody was back after ${backAfterRestartMs} ms only.`)

    const impossible = tried.filter((one) => !possible.includes(one))
    return {
      possible: possible.length,
      connected: possible.length - failed.length,
      failed: failed.map(({ from, to, code }) => `${from.name} to ${to.name}: ${code ?? ''}`),
      impossible: impossible.length,
      connectedAllTheSame: impossible.filter(({ ms }) => ms !== undefined).length,
      slowestMs: Math.max(...possible.map(({ ms }) => ms ?? 0)),
      backAfterRestartMs,
    }
  } finally {
    await Promise.all(browsers.map((browser) => browser.close()))
    await lab.stop()
    for (const made of [folder, pages]) await rm(made, { recursive: true, force: true })
  }
}

async function headless(lab: NatLab, home: string, name: string, nat: Nat): Promise<Party> {
  const resident = lab.peer(home)
  const device = String((await resident.event('ready'))['device'])
  return {
    name,
    nat,
    device,
    async dial(device) {
      const seen = resident.lines.length
      resident.say(`dial ${device}`)
      return (await resident.event('dialled', (told) => told['device'] === device, seen)) as unknown as Dialled
    },
    async rest() {
      const seen = resident.lines.length
      resident.say('rest')
      await resident.event('resting', undefined, seen)
    },
    back: () => resident.event('online', undefined, resident.lines.length),
  }
}

async function inTab(browser: Browser, name: string, behind: Nat): Promise<Party> {
  const page = await browser.newPage()
  page.setDefaultTimeout(120_000)
  await page.goto(url)
  await page.waitForFunction(() => navigator.serviceWorker.controller)
  await page.evaluate(`import('/assets/nat-page.js')`)
  return {
    name,
    nat: behind,
    device: await page.evaluate(() => nat.device),
    dial: (device) => page.evaluate((device) => nat.dial(device), device),
    rest: () => page.evaluate(() => nat.rest()),
    async back() {
      const seen = await page.evaluate(() => nat.onlines())
      await page.waitForFunction((seen) => nat.onlines() > seen, seen)
    },
  }
}

interface Try {
  readonly from: Party
  readonly to: Party
  /** How long it took; absent when it failed. */
  readonly ms: Millis | undefined
  /** Why it failed. */
  readonly code?: string
}

/** Both directions of each pair, one after the other: at once they would share a connection, or find one that just ends. */
async function everyPair(parties: readonly Party[]): Promise<Try[]> {
  const pairs = parties.flatMap((from, i) => parties.slice(i + 1).map((to) => [from, to] as const))
  const there = await Promise.all(pairs.map(([from, to]) => dial(from, to)))
  await Promise.all(parties.map((party) => party.rest()))
  return [...there, ...(await Promise.all(pairs.map(([to, from]) => dial(from, to))))]
}

async function dial(from: Party, to: Party): Promise<Try> {
  const dialled = await from.dial(to.device)
  return dialled.connected ? { from, to, ms: dialled.ms } : { from, to, ms: undefined, code: dialled.code }
}

async function untilReached(from: Party, to: Party, since: Millis): Promise<void> {
  while ((await dial(from, to)).ms === undefined) {
    if (performance.now() - since > BACK_MS) throw new Error(`${to.name} did not come back.`)
  }
}

/** Without a relay. A symmetric router takes another port for each who is spoken to, which nobody else can know. */
function canReach(one: Nat, other: Nat): boolean {
  const both = [one, other]
  if (both.includes('udp-blocked')) return false
  return !both.includes('symmetric') || both.includes('open')
}

function print(parties: readonly Party[], tried: readonly Try[], relay: boolean): void {
  console.log(relay ? 'with a relay' : 'without a relay')
  const cell = (from: Party, to: Party) => {
    const found = tried.find((one) => one.from === from && one.to === to)
    if (found === undefined) return ''
    return found.ms === undefined ? 'no' : `${found.ms} ms`
  }
  const width = Math.max(...parties.map(({ name }) => name.length)) + 2
  const row = (cells: readonly string[]) => console.log(cells.map((text) => text.padEnd(width)).join(''))
  row(['from \\ to', ...parties.map(({ name }) => name)])
  for (const from of parties) row([from.name, ...parties.map((to) => cell(from, to))])
}
