/** S9: a coordinator that lies about the past, about a pack or about who somebody is gets caught, and it is said. */
import { cp, readdir, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import WebSocket from 'ws'
import { systemClock as clock, systemRandom as random } from '../../headless/system.ts'
import { createHttpCoordinator } from '../../src/coordinator/http.ts'
import { NO_PLATFORM } from '../../src/core/platform.ts'
import { change, query } from './coordinator-database.ts'
import { differences, randomFolder } from './corpus.ts'
import { expectCode, shardsIn, type Network, type Owner, type Run } from './network.ts'
import { forkHistory, headOf, identityOf } from './rival.ts'
import { expect, test } from './story.ts'

test('a coordinator that hides newer backups is told off by new and old devices, and the newest comes back', async ({
  network,
}) => {
  await network.addKeepersTogether(6)
  const { owner, source } = await backedUp(network)
  const { signed: first } = await headOf(network, owner)
  await twoMore(network, owner, source)
  change(network, 'UPDATE heads SET sequence = 1, signed = ?', [first])

  const rolledBack = expect.objectContaining({ event: 'rolled-back', told: 1, seen: 3 }) as unknown
  const to = join(network.folder, 'restored')
  const afresh = expectCode(0, await network.restoreAfresh(owner, to))
  expect(afresh.events).toContainEqual(rolledBack)
  expect(await differences(source, join(to, 'source'))).toEqual([])
  const old = expectCode(0, await network.keeptabRun(owner.data, ['ls']))
  expect(old.events).toContainEqual(rolledBack)
  expect(old.events.filter(({ event }) => event === 'snapshot')).toHaveLength(3)

  await writeFile(join(source, 'later'), 'more')
  const next = await network.backup(owner, source)
  expect(next.events).toContainEqual(rolledBack)
  const later = expectCode(0, await network.keeptabRun(owner.data, ['ls']))
  expect(later.events.filter(({ event }) => event === 'snapshot')).toHaveLength(4)
})

test('a coordinator put back to an older copy learns the rest from keepers, and locks nobody out', async ({
  network,
}) => {
  await network.addKeepers(6)
  const { owner, source } = await backedUp(network)
  await network.coordinator?.stop()
  const [now, then] = [network.coordinatorData, join(network.folder, 'coordinator-then')]
  await cp(now, then, { recursive: true })
  await network.startCoordinator()
  await twoMore(network, owner, source)

  await network.coordinator?.stop()
  await rm(now, { recursive: true })
  await cp(then, now, { recursive: true })
  await network.startCoordinator()
  await inventoriesIn(network)

  const to = join(network.folder, 'restored')
  expectCode(0, await network.restoreAfresh(owner, to))
  expect(await differences(source, join(to, 'source'))).toEqual([])
  await writeFile(join(source, 'later'), 'more')
  await network.backup(owner, source)
  const { events } = expectCode(0, await network.keeptabRun(owner.data, ['ls']))
  expect(events.filter(({ event }) => event === 'snapshot')).toHaveLength(4)
})

test('of two backups that claim one place in the history neither is opened unasked, and both can be chosen', async ({
  network,
}) => {
  await network.addKeepersTogether(6)
  const { owner, source } = await backedUp(network)
  const first = await headOf(network, owner)
  await twoMore(network, owner, source)
  const { device, sequence } = await forkHistory(network, owner, first)

  const { events } = expectCode(0, await network.keeptabRun(owner.data, ['ls']))
  expect(events).toContainEqual({ event: 'forked', device, sequence })
  const listed = events.filter(({ event }) => event === 'snapshot')
  expect(listed.map(({ disputed }) => disputed)).toEqual([true, true, false])

  const to = join(network.folder, 'to')
  const unasked = await network.restoreAfresh(owner, to)
  expect(expectCode(1, unasked).last).toMatchObject({ event: 'error', code: 'head-forked' })
  expect(unasked.errors).toContain('Name the one to bring back with --snapshot')
  expect(await readdir(to).catch(() => [])).toEqual([])
  expectCode(0, await network.restoreAfresh(owner, to, '--snapshot', String(listed[0]?.['id'])))
  expect(await differences(source, join(to, 'source'))).toEqual([])

  const next = await network.keeptabRun(owner.data, ['backup', source])
  expect(expectCode(1, next).last).toMatchObject({ event: 'error', code: 'head-forked' })
  expect(next.errors).toContain('Make this a new device of the account with the 24 words')
})

test('a pack record that was changed, or put in the place of another, is refused before a byte is written', async ({
  network,
}) => {
  await network.addKeepersTogether(6)
  const { owner } = await backedUp(network)
  const stranger = await network.owner('stranger')
  const other = join(network.folder, 'other')
  await randomFolder(other, 1, 1000)
  await network.backup(stranger, other)
  const { account } = await identityOf(owner)
  const { account: strange } = await identityOf(stranger)
  const replaceBy = (value: string) =>
    change(network, `UPDATE records SET value = (${value}) WHERE name IN (SELECT id FROM packs WHERE owner = ?)`, [
      account,
    ])
  const theirs = `SELECT r.value FROM records r JOIN packs p ON p.id = r.name WHERE p.owner = '${strange}' LIMIT 1`

  replaceBy(theirs)
  refused(await network.restoreAfresh(owner, join(network.folder, 'to')), 'signature-invalid')
  // Its last byte is the last one of the signature.
  replaceBy(`CAST(substr(value, 1, length(value) - 1) || x'00' AS BLOB)`)
  refused(await network.restoreAfresh(owner, join(network.folder, 'to')), 'signature-invalid')
  expect(await readdir(join(network.folder, 'to')).catch(() => [])).toEqual([])
})

test('who signs in with the certificate of another is refused', async ({ network }) => {
  const [owner, thief] = await Promise.all([network.owner('owner'), network.owner('thief')])
  const stolen = { ...(await identityOf(thief)), certificate: (await identityOf(owner)).certificate }
  const coordinator = createHttpCoordinator({
    ...{ url: network.url, identity: stolen, clock, random, patienceMs: 1000 },
    platform: NO_PLATFORM,
    WebSocket,
  })
  await expect(coordinator.heads()).rejects.toMatchObject({ code: 'signature-invalid' })
})

async function backedUp(network: Network): Promise<{ owner: Owner; source: string }> {
  const source = join(network.folder, 'source')
  await randomFolder(source, 3, 100_000)
  await writeFile(join(source, 'changing'), 'first')
  const owner = await network.owner('owner')
  await network.backup(owner, source)
  return { owner, source }
}

/** Two more backups, so that an older head than the last but one can be shown. */
async function twoMore(network: Network, owner: Owner, source: string): Promise<void> {
  for (const text of ['second', 'third']) {
    await writeFile(join(source, 'changing'), text)
    await network.backup(owner, source)
  }
}

/** Waits until the coordinator knows of every shard on the keepers' disks. */
async function inventoriesIn(network: Network): Promise<void> {
  const kept = (await Promise.all(network.keepers.map(({ data }) => shardsIn(data)))).flat().length
  await expect.poll(() => query(network, 'SELECT count(*) AS count FROM holders')).toEqual([{ count: kept }])
}

function refused(run: Run, code: string): void {
  expect(expectCode(1, run).last).toMatchObject({ event: 'error', code })
  expect(run.errors).toContain('was refused')
}
