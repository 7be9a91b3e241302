/** The coordinator as a program of its own: killed in the middle of commits, stopped, and watched while it writes. */
import { spawn, spawnSync, type ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { readFileSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import Libsql from 'libsql'
import { afterEach, describe, expect, it } from 'vitest'
import { usage } from '../../signaling/config.ts'
import type { PackId } from '../../src/core/ids.ts'
import type { Coordinator } from '../../src/coordinator/coordinator.ts'
import { connect, newIdentity, newPack, startKeepers, startPostgres, temporaryFolder } from './coordinator-fixtures.ts'

const closers: (() => unknown)[] = []
afterEach(async () => {
  for (const close of closers.splice(0).reverse()) await close()
})

interface Program {
  readonly process: ChildProcess
  readonly url: string
  /** Every line it printed. */
  readonly lines: readonly string[]
}

/** Starts `npm run coordinator`, without npm, and waits for its line. @param tracer a command to run it under */
async function start(
  dataDir: string,
  port = 0,
  tracer: readonly string[] = [],
  env: Record<string, string> = {},
): Promise<Program> {
  const args = ['--import', 'tsx', 'signaling/main.ts', '--port', String(port), '--data', dataDir, '--one-machine']
  const [command = process.execPath, ...rest] = [...tracer, process.execPath, ...args]
  const child = spawn(command, rest, {
    stdio: ['ignore', 'pipe', 'ignore'],
    env: { ...process.env, LOG_LEVEL: 'silent', ...env },
  })
  const exited = once(child, 'exit')
  closers.push(async () => {
    if (child.exitCode !== null || child.signalCode !== null) return
    for (const traced of tracer.length > 0 ? childrenOf(child) : []) process.kill(traced, 'SIGKILL')
    child.kill('SIGKILL')
    await exited
  })
  const lines: string[] = []
  const output = createInterface({ input: child.stdout })
  output.on('line', (line) => lines.push(line))
  await Promise.race([
    once(output, 'line'),
    once(child, 'exit').then(() => Promise.reject(new Error('The coordinator ended before it was ready.'))),
  ])
  const [, url] = /^coordinator ready at (http:\/\/127\.0\.0\.1:\d+)$/.exec(lines[0] ?? '') ?? []
  if (url === undefined) throw new Error(`unexpected line: ${lines[0] ?? ''}`)
  return { process: child, url, lines }
}

/** What strace runs: a signal to strace itself would leave it behind. */
const childrenOf = ({ pid }: ChildProcess): number[] =>
  readFileSync(`/proc/${pid}/task/${pid}/children`, 'utf8').trim().split(' ').filter(Boolean).map(Number)

const folder = (): string => {
  const made = temporaryFolder()
  closers.push(() => rmSync(made, { recursive: true, force: true }))
  return made
}

/** An owner with a group of six keepers. */
async function setUp(url: string) {
  const keepers = await startKeepers((identity) => connect(url, identity), 6)
  const identity = await newIdentity()
  const group = await connect(url, identity).group()
  for (const { end } of keepers.values()) end()
  return { identity, group, newPack: () => newPack(identity, group, keepers) }
}

/**
 * Kills the program in the middle of commits, time after time, and checks that all it acknowledged is there as a whole.
 * @param restart starts it on the same database, also the first time, in round 0
 */
async function commitThroughKills(kills: number, restart: (port: number, round: number) => Promise<Program>) {
  let program = await restart(0, 0)
  const port = Number(new URL(program.url).port)
  const { identity, group, newPack: nextPack } = await setUp(program.url)
  const acknowledged = new Set<PackId>()
  const sent = new Set<PackId>()

  for (let round = 0; round < kills; round++) {
    // No patience: what the kill interrupts must count as not acknowledged.
    const owner = connect(program.url, identity, undefined, 0)
    const before = acknowledged.size
    const committing = [1, 2, 3].map(async () => {
      for (;;) {
        const { pack, record, receipts } = await nextPack()
        sent.add(pack)
        await owner.commitPack(record, group.id, receipts)
        acknowledged.add(pack)
        // Somewhere in the middle of what the others are doing, a little later in every round.
        if (acknowledged.size >= before + 5 + round) program.process.kill('SIGKILL')
      }
    })
    const outcomes = await Promise.allSettled(committing)
    for (const outcome of outcomes) {
      expect(outcome).toMatchObject({ status: 'rejected', reason: { code: 'coordinator-unreachable' } })
    }
    program = await restart(port, round + 1)
  }

  const owner = connect(program.url, identity)
  const located = await owner.locatePacks([...sent])
  const there = new Set(located.map(({ pack }) => pack))
  expect([...acknowledged].filter((pack) => !there.has(pack))).toEqual([])
  expect(acknowledged.size).toBeGreaterThan(5 * kills)
  for (const { happiness, holders } of located) expect([happiness, holders.length]).toEqual([6, 6])
  return { located: there.size, program }
}

describe('the coordinator program', () => {
  it('killed 20 times during commits loses no acknowledged record and leaves none half there', async () => {
    const dataDir = folder()
    const { located, program } = await commitThroughKills(20, (port) => start(dataDir, port))
    program.process.kill('SIGKILL')
    await once(program.process, 'exit')
    expect(countsIn(dataDir)).toEqual({
      packs: located,
      records: located,
      holders: 6 * located,
      groupPacks: located,
    })
  })

  it(
    'loses nothing acknowledged on PostgreSQL either, whose server crashes every other time',
    { timeout: 300_000 },
    async () => {
      // The server's default would lose what the last moments before a crash have acknowledged.
      const { url, crash, stop } = await startPostgres(['synchronous_commit=off', 'wal_writer_delay=10s'])
      closers.push(stop)
      await commitThroughKills(4, async (port, round) => {
        if (round % 2 === 1) await crash()
        return start('no-such-folder', port, [], { DATABASE_URL: url })
      })
    },
  )

  it('has a commit on the disk before it acknowledges it', async () => {
    const tracer = 'strace'
    if (spawnSync(tracer, ['--version']).error) throw new Error('This test needs strace: apt-get install strace')
    const dataDir = folder()
    const trace = join(dataDir, 'trace')
    const program = await start(dataDir, 0, [tracer, '-f', '-e', 'trace=fsync,fdatasync', '-o', trace])
    const { identity, group, newPack: nextPack } = await setUp(program.url)
    const owner = connect(program.url, identity)
    await owner.heads()
    const synced = (): number => readFileSync(trace, 'utf8').match(/f(data)?sync\(.* = 0/g)?.length ?? 0
    for (let i = 0; i < 20; i++) {
      const { record, receipts } = await nextPack()
      const before = synced()
      await owner.commitPack(record, group.id, receipts)
      expect(synced()).toBeGreaterThan(before)
    }
    for (const traced of childrenOf(program.process)) process.kill(traced, 'SIGTERM')
    await once(program.process, 'exit')
  })

  it.each(['SIGTERM', 'SIGINT'] as const)('ends on %s with 0, and prints one line', async (signal) => {
    const program = await start(folder())
    const coordinator: Coordinator = connect(program.url, await newIdentity())
    const end = coordinator.goOnline(() => undefined)
    closers.push(end)
    await coordinator.info()
    program.process.kill(signal)
    expect(await once(program.process, 'exit')).toEqual([0, null])
    expect(program.lines).toHaveLength(1)
  })

  it('tells its options when asked, and ends with 0', () => {
    const asked = spawnSync(process.execPath, ['--import', 'tsx', 'signaling/main.ts', '--help'], { encoding: 'utf8' })
    expect(asked).toMatchObject({ status: 0, stdout: `${usage}\n`, stderr: '' })
  })

  it('ends with 1 and one sentence when its port is taken', async () => {
    const { url } = await start(folder())
    const { port } = new URL(url)
    const args = ['--import', 'tsx', 'signaling/main.ts', '--port', port, '--data', folder()]
    const second = spawnSync(process.execPath, args, { encoding: 'utf8' })
    expect(second).toMatchObject({
      status: 1,
      stdout: '',
      stderr: `Port ${port} is taken by another program: choose another with --port.\n`,
    })
  })
})

/** What lies in the tables, seen past the coordinator. */
function countsIn(dataDir: string) {
  const database = new Libsql(join(dataDir, 'coordinator.sqlite'))
  const count = (query: string): number => {
    const row = database.prepare(`select (${query}) as n`).get([]) as { n: number }
    return row.n
  }
  try {
    return {
      packs: count('select count(*) from packs where committed_at is not null'),
      records: count('select count(*) from records join packs on name = id'),
      holders: count('select count(*) from holders'),
      groupPacks: count(`select sum(stored_bytes) / ${2 * 1024 * 1024} from groups`),
    }
  } finally {
    database.close()
  }
}
