/** Who reaches whom behind which routers, tried by every pair, with and without a relay; and all of it again after the coordinator was killed. */
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Browser } from '@playwright/test'
import type { Millis } from '../../src/core/units.ts'
import { chromiumAt, keepInTab } from './lab-tab.ts'
import { NatLab, type Nat, type Resident } from './nat-lab.ts'

const HOMES: readonly Nat[] = ['open', 'open', 'cone', 'cone', 'symmetric', 'symmetric']
/** Everybody is back after a restart within this. */
const BACK_MS: Millis = 60_000

interface Party {
  readonly name: string
  readonly nat: Nat
  readonly device: string
  /** The browser only answers. */
  readonly resident?: Resident
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
  const lab = await NatLab.start(folder)
  let browser: Browser | undefined
  try {
    const browserNat: Nat = relay ? 'udp-blocked' : 'cone'
    const nats = [...HOMES, browserNat]
    const homes = await lab.behind(nats)
    const data = join(folder, 'coordinator')
    await lab.relay() // which answers to STUN in both rounds
    let coordinator = await lab.coordinator(data, relay)

    const parties: Party[] = await Promise.all(
      HOMES.map(async (nat, i) => {
        const resident = lab.peer(homes[i] ?? '')
        const { device } = await resident.event('ready')
        return { name: `${nat} ${i + 1}`, nat, device: String(device), resident }
      }),
    )
    browser = await chromiumAt(lab, homes.at(-1) ?? '')
    parties.push({ name: `browser, ${browserNat}`, nat: browserNat, device: await keepInTab(browser) })

    const tried = await everyPair(parties)
    print(parties, tried, relay)
    const possible = tried.filter(({ from, to }) => relay || canReach(from.nat, to.nat))
    const failed = possible.filter(({ ms }) => ms === undefined)

    await coordinator.kill()
    const seen = parties.map(({ resident }) => resident?.lines.length ?? 0)
    coordinator = await lab.coordinator(data, relay)
    const backAt = performance.now()
    const [first, ...others] = parties
    if (first === undefined) throw new Error('nobody is there')
    await Promise.all([
      ...parties.map(({ resident }, i) => resident?.event('online', undefined, seen[i])),
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
    await browser?.close()
    await lab.stop()
    await rm(folder, { recursive: true, force: true })
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
  await Promise.all(parties.map(rested))
  const back = pairs.filter(([, from]) => from.resident !== undefined)
  return [...there, ...(await Promise.all(back.map(([to, from]) => dial(from, to))))]
}

async function rested({ resident }: Party): Promise<void> {
  const seen = resident?.lines.length
  resident?.say('rest')
  await resident?.event('resting', undefined, seen)
}

async function dial(from: Party, to: Party): Promise<Try> {
  const { resident } = from
  if (resident === undefined) throw new Error(`${from.name} only answers.`)
  const seen = resident.lines.length
  resident.say(`dial ${to.device}`)
  const { connected, ms, code } = await resident.event('dialled', ({ device }) => device === to.device, seen)
  if (connected !== true) return { from, to, ms: undefined, code: String(code) }
  return { from, to, ms: Number(ms) }
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
    if (found === undefined) return from === to ? '' : '·'
    return found.ms === undefined ? 'no' : `${found.ms} ms`
  }
  const width = Math.max(...parties.map(({ name }) => name.length)) + 2
  const row = (cells: readonly string[]) => console.log(cells.map((text) => text.padEnd(width)).join(''))
  row(['from \\ to', ...parties.map(({ name }) => name)])
  for (const from of parties) {
    if (from.resident !== undefined) row([from.name, ...parties.map((to) => cell(from, to))])
  }
}
