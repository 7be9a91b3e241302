/**
 * An internet of network namespaces: a coordinator and a relay in the middle, and peers behind routers that translate
 * addresses as home, mobile and company routers do. Needs root; no packet leaves the machine.
 */
import { execFile, spawn, type ChildProcess } from 'node:child_process'
import { chmod, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { promisify } from 'node:util'
import { findChromium } from '../chromium.mjs'
import { root, type JsonEvent } from '../e2e/program.ts'

/**
 * open: an address of its own. cone: what comes back is let in from whoever was spoken to, at a port that stays.
 * symmetric: another port for everybody who is spoken to. udp-blocked: TCP alone gets out.
 */
export type Nat = 'open' | 'cone' | 'symmetric' | 'udp-blocked'

/** Several machines on one cable, behind one router. */
export interface House {
  /** The namespaces, ready to be used. */
  readonly homes: readonly string[]
  /** What went through the router's line to the outside since it was laid, in both directions. */
  lineBytes(): Promise<number>
}

const run = promisify(execFile)
const MIDDLE = 'kt-middle'
const SERVER = '203.0.113.1'
const SECRET = 'a secret of coordinator and relay'
export const url = `http://${SERVER}:8787`

const outside = (number: number): string => `203.0.113.${10 + number}`

export class NatLab {
  readonly #folder: string
  readonly #namespaces: string[] = []
  readonly #processes = new Set<ChildProcess>()

  private constructor(folder: string) {
    this.#folder = folder
  }

  /** @throws Error where namespaces cannot be had */
  static async start(folder: string): Promise<NatLab> {
    if (process.getuid?.() !== 0) throw new Error('Network namespaces need root: run this story as root.')
    const lab = new NatLab(folder)
    try {
      await lab.#namespace(MIDDLE)
      await lab.in(MIDDLE, 'ip', 'link', 'add', 'name', 'hub', 'type', 'bridge')
      await lab.in(MIDDLE, 'ip', 'addr', 'add', `${SERVER}/24`, 'dev', 'hub')
      await lab.in(MIDDLE, 'ip', 'link', 'set', 'hub', 'up')
      return lab
    } catch (thrown) {
      await lab.stop()
      throw thrown
    }
  }

  /** The names of the namespaces that peers of these kinds live in, ready to be used. */
  async behind(nats: readonly Nat[]): Promise<string[]> {
    const homes: string[] = []
    for (const [i, nat] of nats.entries()) homes.push(await this.#home(i + 1, nat))
    return homes
  }

  /** @param lineBits a second, that its line to the outside carries in each direction */
  async house(number: number, people: number, lineBits: number): Promise<House> {
    const router = await this.#router(number, 'cone')
    // As much as waits in a home router; less would be lost between two turns of the kernel at such a rate.
    const limit = ['root', 'tbf', 'rate', `${lineBits}`, 'burst', '64kb', 'latency', '50ms']
    await this.in(router, 'tc', 'qdisc', 'add', 'dev', 'wan', ...limit)
    await this.in(MIDDLE, 'tc', 'qdisc', 'add', 'dev', `to${number}`, ...limit)
    await this.in(router, 'ip', 'link', 'add', 'name', 'lan', 'type', 'bridge')
    await this.in(router, 'ip', 'link', 'set', 'lan', 'up')
    const homes: string[] = []
    for (let person = 1; person <= people; person += 1) {
      const home = `kt-home${number}-${person}`
      await this.#namespace(home)
      await this.#cable(router, `lan${person}`, home, 'lan')
      await this.in(router, 'ip', 'link', 'set', `lan${person}`, 'master', 'lan')
      homes.push(home)
    }
    await this.#lan(number, router, homes)
    return {
      homes,
      lineBytes: async () => {
        const counted = ['rx_bytes', 'tx_bytes'].map((name) => `/sys/class/net/wan/statistics/${name}`)
        const text = await this.in(router, 'cat', ...counted)
        return text
          .trim()
          .split('\n')
          .reduce((sum, line) => sum + Number(line), 0)
      },
    }
  }

  /** @returns what it said */
  async in(namespace: string, ...command: readonly string[]): Promise<string> {
    const { stdout } = await run('ip', ['netns', 'exec', namespace, ...command])
    return stdout
  }

  /** The coordinator in the middle, with STUN, and with TURN where it is wanted. Resolves when it answers. */
  async coordinator(data: string, turn: boolean, more: readonly string[] = []): Promise<Resident> {
    const args = ['signaling/main.ts', '--host', '0.0.0.0', '--port', '8787', '--data', data, ...more]
    const started = this.#node(MIDDLE, args, {
      STUN_URLS: `stun:${SERVER}:3478`,
      ...(turn && {
        TURN_URLS: `turn:${SERVER}:3478?transport=udp,turn:${SERVER}:3478?transport=tcp`,
        TURN_SECRET: SECRET,
      }),
    })
    await started.line((line) => (line.includes('coordinator ready') ? true : undefined))
    return started
  }

  /** coturn as the operator's guide sets it up. It serves STUN too. */
  async relay(): Promise<Resident> {
    const config = join(this.#folder, 'turnserver.conf')
    const lines = [
      'listening-port=3478',
      `listening-ip=${SERVER}`,
      `relay-ip=${SERVER}`,
      'realm=keeptab.test',
      'use-auth-secret',
      `static-auth-secret=${SECRET}`,
      'no-cli',
      'no-tls',
      'no-dtls',
      'no-multicast-peers',
      'denied-peer-ip=10.0.0.0-10.255.255.255',
      'denied-peer-ip=172.16.0.0-172.31.255.255',
      'denied-peer-ip=192.168.0.0-192.168.255.255',
      'log-file=stdout',
      `pidfile=${join(this.#folder, 'turnserver.pid')}`,
      `userdb=${join(this.#folder, 'turn.sqlite')}`,
    ]
    await writeFile(config, `${lines.join('\n')}\n`)
    const started = this.#start(MIDDLE, ['stdbuf', '-oL', 'turnserver', '-c', config])
    // The last that it says before it serves.
    await started.line((line) => (line.includes('admin thread') ? true : undefined))
    return started
  }

  peer(home: string): Resident {
    return this.#node(home, ['tests/soak/nat-peer.ts', url])
  }

  /** So many headless keepers with accounts of their own, once they keep. @returns their devices */
  async keepers(home: string | undefined, data: string, count = 1): Promise<string[]> {
    const args = (i: number) => ['--coordinator', url, '--data', `${data}-${i}`, '--json', 'keep', '--space', '2GB']
    return Promise.all(
      Array.from({ length: count }, async (_, i) => {
        const { device } = await this.#node(home ?? MIDDLE, ['headless/keeptab.mjs', ...args(i)]).event('keeping')
        return String(device)
      }),
    )
  }

  /** A program that starts Chromium in a home, for Playwright, which speaks to it over pipes and not over the network. */
  async chromiumIn(home: string): Promise<string> {
    const chromium = findChromium()
    if (chromium === undefined) throw new Error('There is no Chromium.')
    const path = join(this.#folder, `chromium-in-${home}`)
    await writeFile(path, `#!/bin/sh\nexec ip netns exec ${home} ${chromium} "$@"\n`)
    await chmod(path, 0o755)
    return path
  }

  async stop(): Promise<void> {
    for (const process of this.#processes) process.kill('SIGKILL')
    for (const name of this.#namespaces.splice(0)) await run('ip', ['netns', 'del', name])
  }

  async #home(number: number, nat: Nat): Promise<string> {
    const home = `kt-home${number}`
    await this.#namespace(home)
    if (nat === 'open') {
      await this.#cable(MIDDLE, `to${number}`, home, 'wan')
      await this.#plug(number)
      await this.#address(home, 'wan', `${outside(number)}/24`)
      return home
    }
    const router = await this.#router(number, nat)
    await this.#cable(router, 'lan', home, 'lan')
    await this.#lan(number, router, [home])
    return home
  }

  /** One with a line to the outside, and nobody behind it yet. */
  async #router(number: number, nat: Exclude<Nat, 'open'>): Promise<string> {
    const router = `kt-router${number}`
    await this.#namespace(router)
    await this.#cable(MIDDLE, `to${number}`, router, 'wan')
    await this.#plug(number)
    await this.#address(router, 'wan', `${outside(number)}/24`)
    await this.in(router, 'sysctl', '-qw', 'net.ipv4.ip_forward=1')
    const rules = join(this.#folder, `${router}.nft`)
    await writeFile(rules, rulesOf(nat))
    await this.in(router, 'nft', '-f', rules)
    return router
  }

  /** Addresses on the device `lan` of a router, and of the homes on the other end. */
  async #lan(number: number, router: string, homes: readonly string[]): Promise<void> {
    await this.#address(router, 'lan', `10.0.${number}.1/24`)
    for (const [i, home] of homes.entries()) {
      await this.#address(home, 'lan', `10.0.${number}.${2 + i}/24`)
      await this.in(home, 'ip', 'route', 'add', 'default', 'via', `10.0.${number}.1`)
    }
  }

  async #namespace(name: string): Promise<void> {
    // One of an earlier run that was killed.
    await run('ip', ['netns', 'del', name]).catch(() => undefined)
    await run('ip', ['netns', 'add', name])
    this.#namespaces.push(name)
    await this.in(name, 'ip', 'link', 'set', 'lo', 'up')
  }

  async #cable(from: string, fromName: string, to: string, toName: string): Promise<void> {
    const ends = ['link', 'add', 'name', fromName, 'netns', from, 'type', 'veth', 'peer', 'name', toName, 'netns', to]
    await run('ip', ends)
    await this.in(from, 'ip', 'link', 'set', fromName, 'up')
    await this.in(to, 'ip', 'link', 'set', toName, 'up')
  }

  async #plug(number: number): Promise<void> {
    await this.in(MIDDLE, 'ip', 'link', 'set', `to${number}`, 'master', 'hub')
  }

  async #address(namespace: string, device: string, address: string): Promise<void> {
    await this.in(namespace, 'ip', 'addr', 'add', address, 'dev', device)
  }

  #node(namespace: string, args: readonly string[], env: Record<string, string> = {}): Resident {
    return this.#start(namespace, [process.execPath, '--import', 'tsx', ...args], env)
  }

  #start(namespace: string, command: readonly string[], env: Record<string, string> = {}): Resident {
    const started = spawn('ip', ['netns', 'exec', namespace, ...command], {
      cwd: root,
      stdio: ['pipe', 'pipe', 'pipe'],
      env: { ...process.env, ...env },
    })
    this.#processes.add(started)
    return new Resident(started)
  }
}

/**
 * Linux keeps the port of a connection where it can, which makes a port-restricted cone; fully random ports make it
 * symmetric. What nobody asked for is dropped before it is remembered: it would take the port of what is to come.
 */
function rulesOf(nat: Exclude<Nat, 'open'>): string {
  const ports = nat === 'symmetric' ? ' random,fully-random' : ''
  const udp = nat === 'udp-blocked' ? 'meta l4proto udp drop' : ''
  return `
table ip translate {
  chain out {
    type nat hook postrouting priority srcnat;
    oifname "wan" masquerade${ports}
  }
}
table ip guard {
  chain in {
    type filter hook input priority filter;
    iifname "wan" ct state new drop
  }
  chain through {
    type filter hook forward priority filter; policy drop;
    ct state established,related accept
    ${udp}
    iifname "lan" accept
  }
}
`
}

/** A program in a namespace, spoken to line by line. */
export class Resident {
  readonly #process: ChildProcess
  readonly lines: string[] = []
  readonly #watchers = new Set<(line: string) => void>()
  readonly #exited: Promise<unknown>

  constructor(process: ChildProcess) {
    this.#process = process
    this.#exited = new Promise((resolve) => process.once('close', resolve))
    for (const stream of [process.stdout, process.stderr]) {
      if (stream === null) throw new Error('pipes were asked for')
      createInterface(stream).on('line', (line) => {
        this.lines.push(line)
        for (const watcher of this.#watchers) watcher(line)
      })
    }
  }

  /** The first line from number `from` on, old or new, for which `wanted` gives something. */
  line<T>(wanted: (line: string) => T | undefined, from = 0): Promise<T> {
    return new Promise((resolve, reject) => {
      const look = (line: string) => {
        const found = wanted(line)
        if (found === undefined) return
        this.#watchers.delete(look)
        resolve(found)
      }
      this.#watchers.add(look)
      for (const line of this.lines.slice(from)) look(line)
      void this.#exited.then(() => reject(new Error(`It ended first.\n${this.lines.slice(-20).join('\n')}`)))
    })
  }

  event(name: string, test: (event: JsonEvent) => boolean = () => true, from = 0): Promise<JsonEvent> {
    return this.line((line) => {
      if (!line.startsWith('{"event"')) return undefined
      const event = JSON.parse(line) as JsonEvent
      return event.event === name && test(event) ? event : undefined
    }, from)
  }

  say(line: string): void {
    this.#process.stdin?.write(`${line}\n`)
  }

  async kill(): Promise<void> {
    this.#process.kill('SIGKILL')
    await this.#exited
  }
}
