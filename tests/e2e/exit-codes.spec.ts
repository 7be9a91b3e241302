/** What a script learns from the exit code of the headless peer, for each way a command can end early. */
import { execFileSync } from 'node:child_process'
import { mkdir, readdir, readFile, rm, writeFile } from 'node:fs/promises'
import { createServer, type AddressInfo } from 'node:net'
import { join } from 'node:path'
import { differences } from './corpus.ts'
import { loadDrills, saveDrills } from '../../headless/drill-memory.ts'
import { ended, expectCode, keeptabBin, Network, shardsIn } from './network.ts'
import type { Program } from './program.ts'
import { expect, test } from './story.ts'

test('each way to fail has its own exit code and its own sentence', async ({ network }) => {
  const source = join(network.folder, 'source')
  await mkdir(source)
  await writeFile(join(source, 'readable'), 'text')
  const owner = await network.owner('owner')
  let keepers: Program | undefined

  await test.step('2: a command that does not exist', async () => {
    expect(expectCode(2, await network.keeptabRun(owner.data, ['back-up'])).last).toMatchObject({ code: 'usage' })
  })

  // These two wait for a while before they give up: the rest is told meanwhile, in a network that is not theirs.
  const unreachable = test.step('3: nobody listens at the address of the coordinator', async () => {
    const nobody = `http://localhost:${await closedPort()}`
    const { data } = await network.owner('elsewhere')
    const ls = await network.keeptabRun(data, ['--coordinator', nobody, 'ls'])
    expect(expectCode(3, ls).last).toMatchObject({ code: 'coordinator-unreachable' })
    expect(ls.errors).toContain(nobody)
    // The address that was right is not given up for one that is not.
    expect((await readFile(join(data, 'coordinator'), 'utf8')).trim()).toBe(network.url)
  })

  await test.step('1 and 2: a data folder that is named by mistake is told, and not made', async () => {
    const mistaken = join(network.folder, 'mistaken')
    const run = expectCode(1, await network.keeptabRun(mistaken, ['backup', source]))
    expect(run.errors).toContain(`There is no data folder ${mistaken}.`)
    expectCode(2, await network.keeptabRun(join(mistaken, 'keeper'), ['keep', '--space', '1GB']))
    expect(await readdir(network.folder)).not.toContain('mistaken')
    const { device, data, program } = await network.addKeeper()
    expect(program.events('new-account')).toMatchObject([{ device, data }])
    expect(await program.stop('SIGINT')).toBe(0)
  })

  const alone = test.step('5: fewer than six keepers', async () => {
    const empty = await Network.start()
    try {
      const { data } = await empty.owner('owner')
      const file = join(empty.folder, 'file')
      await writeFile(file, 'text')
      const run = expectCode(5, await empty.keeptabRun(data, ['backup', file]))
      expect(run.last).toMatchObject({ code: 'not-enough-keepers' })
      expect(run.events).toContainEqual({ event: 'waiting', for: 'keepers' })
    } finally {
      await empty.stop()
    }
  })
  const waiting = Promise.all([unreachable, alone])

  await test.step('4: a phrase with a word that is not on the list, which is named', async () => {
    const phrase = join(network.folder, 'wrong.words')
    await writeFile(phrase, `${'abandon '.repeat(23)}keeptab`)
    const run = await network.restoreAfresh({ ...owner, phrase }, join(network.folder, 'to'))
    expect(expectCode(4, run).last).toMatchObject({ code: 'phrase-unknown-word' })
    expect(run.errors).toContain('keeptab')
  })

  await test.step('130: stopped while it waits', async () => {
    const waiting = network.keeptab(owner.data, ['backup', source])
    await waiting.event('waiting')
    expect(await waiting.stop('SIGINT')).toBe(130)
  })

  await test.step('7: something that was named cannot be read, the rest is safe', async () => {
    keepers = await network.addKeepersTogether(6)
    const run = expectCode(7, await network.keeptabRun(owner.data, ['backup', source, join(network.folder, 'gone')]))
    expect(run.last).toMatchObject({ event: 'done', state: 'safe', trial: true, files: 1, leftOut: 1 })
    expect(run.events).toContainEqual(expect.objectContaining({ event: 'source-away', carried: false }))
  })

  await test.step('0: what has no content is left out, said once, and nothing is partial for it', async () => {
    execFileSync('mkfifo', [join(source, 'pipe')])
    await writeFile(join(source, 'readable'), 'more text')
    const { events, last } = await network.backup(owner, source)
    expect(last).toMatchObject({ files: 1, leftOut: 0 })
    expect(events.filter(({ event }) => event === 'notice')).toMatchObject([
      { what: 'ignored', detail: 'a named pipe' },
    ])
  })

  await test.step('0: a log on a full disk ends no backup', () => {
    const args = [keeptabBin, '--coordinator', network.url, '--data', owner.data, 'backup', source]
    const text = execFileSync('sh', ['-c', '"$0" "$@" 2>/dev/full', process.execPath, ...args], { encoding: 'utf8' })
    expect(text).toMatch(/^Safe\. 1 file/)
  })

  await test.step('1: of snapshots that are to be forgotten those that stay are named, and the list marks them', async () => {
    const list = async () => expectCode(0, await network.keeptabRun(owner.data, ['ls'])).events
    const [newest = '', before = ''] = (await list()).map(({ id }) => String(id))
    expectCode(0, await network.keeptabRun(owner.data, ['protect', before]))
    expect(await list()).toMatchObject([
      { id: newest, protected: false },
      { id: before, protected: true },
    ])
    const refused = expectCode(1, await network.keeptabRun(owner.data, ['forget', before, newest]))
    expect(refused.last).toMatchObject({ code: 'snapshot-stays' })
    expect(refused.errors).toContain(`${newest} is the newest`)
    expect(refused.errors).toContain(`${before} is protected`)
    expect(await list()).toHaveLength(2)
  })

  await test.step('0 and 6: once a week a backup drills by itself, and says what does not come back', async () => {
    const other = await network.owner('other')
    const readable = join(source, 'readable')
    const before = await filesOfShards(join(network.folder, 'keepers'))
    await network.backup(other, readable)
    const aWeekLater = async () => {
      const { last } = (await loadDrills(join(other.data, 'owner'))) ?? {}
      await saveDrills(join(other.data, 'owner'), { seenAt: 0, last: last && { ...last, provenAt: 0 } })
      return network.keeptabRun(other.data, ['backup', readable])
    }
    const proven = expectCode(0, await aWeekLater())
    const drilled = proven.events.find(({ event }) => event === 'drilled')
    expect(drilled).toMatchObject({ proven: true, failures: 0 })
    expect(await loadDrills(join(other.data, 'owner'))).toMatchObject({ last: { provenAt: drilled?.['provenAt'] } })
    const { events } = await network.backup(other, readable)
    expect(events.map(({ event }) => event)).not.toContain('drilled')

    const after = await filesOfShards(join(network.folder, 'keepers'))
    for (const file of after) if (!before.includes(file)) await rm(file)
    const failed = expectCode(6, await aWeekLater())
    expect(failed.events).toContainEqual(expect.objectContaining({ event: 'drilled', proven: false }))
    const unproven = { event: 'unproven', code: 'too-few-shards', away: false }
    expect(failed.events).toContainEqual(expect.objectContaining(unproven))
    expect(failed.last.event).toBe('done')

    // What is remembered of drills cannot be read: a backup that is done says so all the same.
    const drills = join(other.data, 'owner', 'drill')
    await rm(drills)
    await mkdir(drills)
    expect(expectCode(0, await network.keeptabRun(other.data, ['backup', readable])).last.event).toBe('done')
  })

  await test.step('0 and 6: a drill proves what was backed up, and says when its keepers are gone', async () => {
    const proven = expectCode(0, await network.keeptabRun(owner.data, ['drill']))
    expect(proven.last).toMatchObject({ event: 'done', proven: true, files: 2, failures: 0 })
    await keepers?.stop('SIGINT')
    const failed = expectCode(6, await network.keeptabRun(owner.data, ['drill']))
    expect(failed.last).toMatchObject({ event: 'done', proven: false, files: 0, failures: 1 })
    const unproven = { event: 'unproven', stage: 'manifest', code: 'too-few-shards', away: true }
    expect(failed.events).toContainEqual(expect.objectContaining(unproven))
  })

  await waiting
})

test('a machine that keeps all day backs up with the same words from a second data folder', async ({ network }) => {
  const source = join(network.folder, 'source')
  await mkdir(source)
  await writeFile(join(source, 'readable'), 'text')
  await network.addKeepersTogether(6)
  const owner = await network.owner('nas')
  const { program } = await network.addKeeper(owner.data)

  const refused = expectCode(8, await network.keeptabRun(owner.data, ['backup', source]))
  expect(refused.last).toMatchObject({ code: 'in-use' })
  expect(refused.errors).toContain('To back up while keep runs, give backup a folder of its own with the same words')

  const second = { ...owner, data: network.freshPath('nas-backup') }
  expectCode(0, await network.keeptabRun(second.data, ['init', '--phrase-file', second.phrase]))
  await network.backup(second, source)
  const third = { ...owner, data: network.freshPath('laptop') }
  expectCode(0, await network.keeptabRun(third.data, ['init', '--phrase-file', third.phrase]))
  await network.backup(third, join(source, 'readable'))

  // Whoever wants something back does not have to stop keeping for it, nor to know the address again.
  const beside = ['restore', '--phrase-file', owner.phrase, '--to', join(network.folder, 'beside')]
  expectCode(0, await ended(network.run([keeptabBin, '--data', owner.data, '--json', ...beside])))

  // The newest comes back, and what another device has is told with the way to it.
  const newest = expectCode(0, await network.restoreAfresh(owner, join(network.folder, 'newest')))
  const others = newest.events.filter(({ event }) => event === 'other-device')
  expect(others).toMatchObject([{ sources: ['source'], files: 1 }])
  const to = join(network.folder, 'restored')
  expectCode(0, await network.restoreAfresh(owner, to, '--snapshot', String(others[0]?.['id'])))
  expect(await differences(source, join(to, 'source'))).toEqual([])
  expect(await program.stop('SIGINT')).toBe(0)
})

/** Of all keepers in a folder. */
async function filesOfShards(folder: string): Promise<string[]> {
  const each = (await readdir(folder)).map((name) => shardsIn(join(folder, name)))
  return (await Promise.all(each)).flat().map(({ file }) => file)
}

/** A port that was free a moment ago. */
function closedPort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const server = createServer()
    server.once('error', reject)
    server.listen(0, 'localhost', () => {
      const { port } = server.address() as AddressInfo
      server.close(() => resolve(port))
    })
  })
}
