/**
 * A phone is stolen. Whoever has it may read what it could read until then, and may unlist and condemn; some days later
 * its person removes it with the words. From then on it is refused and reads nothing newer, what it has done is undone,
 * what it had backed up stays, and the laptop goes on.
 */
import { backup } from '../../../src/backup/backup.ts'
import { removeDevices } from '../../../src/backup/devices.ts'
import type { OwnerContext } from '../../../src/backup/owner-context.ts'
import { bringBackRemoved, collectGarbage, findRemoved, removeSnapshots } from '../../../src/backup/retention.ts'
import { listSnapshots } from '../../../src/backup/snapshots.ts'
import { codeOf } from '../../../src/core/errors.ts'
import { DAY, HOUR, MINUTE } from '../../../src/core/units.ts'
import { headsDigest, signCondemnation } from '../../../src/protocol/condemnation.ts'
import { sourceOf } from '../network.ts'
import type { Fate } from './fate.ts'
import type { Laws } from './laws.ts'
import type { People } from './people.ts'
import type { OwnerMachine, World } from './world.ts'

export async function stolen(world: World, fate: Fate, laws: Laws, people: People): Promise<Record<string, number>> {
  const { time, keepers, office, diary } = world
  for (let count = 7; count > 0; count -= 1) await world.addKeeper()
  await Promise.all(keepers.map((keeper) => keeper.start()))
  const laptop = await world.addOwner()
  const phone = await world.addOwner(laptop.root)
  for (const device of [laptop, phone]) device.follows = true
  for (const device of [phone, laptop, phone]) await people.settles(device)
  time.grainMs = fate.oneOf([6, 12]) * HOUR
  await time.sleep(fate.between(0, 3) * DAY)

  const does = world.fate.inTurn(Object.keys(thefts) as (keyof typeof thefts)[])
  diary.note(`the phone is stolen by one who ${does}`)
  const past = laws.promised.filter((one) => one.owner === phone).map(({ snapshot }) => snapshot)
  await phone.run((thief) => thefts[does](thief, past))
  for (let days = fate.below(8); days > 0; days -= 1) {
    await time.sleep(DAY)
    if (fate.happens(0.3)) await people.settles(laptop)
  }

  const copy = office.copy()
  await removes(world, laptop, phone, fate)
  const before = new Set(laws.promised.map(({ snapshot }) => snapshot))
  const isLost = fate.happens(0.5)
  if (isLost) {
    // Its removal is lost with it, until the laptop comes and brings it back; meanwhile the thief is let in again.
    await office.stop()
    office.putBack(copy)
    await office.open()
    await phone.run((thief) => thefts[does](thief, [])).catch(() => phone.kill())
  }
  await people.settles(laptop)
  await laptop.run(async (person) => {
    const removed = (await findRemoved(person)).filter(({ summary }) => past.includes(summary.id))
    if (removed.length > 0) await bringBackRemoved(person, removed)
    await collectGarbage(person)
  })
  if (does !== 'looks on') await laws.nothingNeededIsCondemned(laptop)

  const until = time.now() + fate.between(31, 34) * DAY
  while (time.now() < until) {
    await time.sleep(fate.between(6, 12) * DAY)
    await people.settles(laptop)
    await laptop.run((person) => collectGarbage(person))
    await isRefused(phone, fate, laws)
    await readsNothingNewer(phone, laptop, before, laws)
  }
  time.grainMs = 0
  await time.sleep(10 * MINUTE)
  await laws.restoredFromWords(laptop)
  return { [does]: 1, ...(isLost && { 'older copy': 1 }) }
}

/** What somebody does who has a device that is not theirs. @param past its snapshots */
const thefts = {
  'condemns everything': condemnAll,
  async 'unlists and condemns everything'(thief: OwnerContext, past: OwnerPast): Promise<void> {
    await backup(thief, [sourceOf('home', {})])
    if (past.length > 0) await removeSnapshots(thief, past)
    await condemnAll(thief)
  },
  async 'looks on'(thief: OwnerContext): Promise<void> {
    await listSnapshots(thief)
  },
}
type OwnerPast = Parameters<typeof removeSnapshots>[1]

async function condemnAll({ coordinator, identity, clock }: OwnerContext): Promise<void> {
  const all = await coordinator.ownPacks()
  const statements = await Promise.all(all.map(({ pack }) => signCondemnation(identity, pack, clock.now())))
  await coordinator.condemn(statements, await headsDigest(await coordinator.heads()))
}

/** With the words, and again when the machine or the coordinator ends in the middle. */
async function removes(
  { office, time, diary }: World,
  laptop: OwnerMachine,
  phone: OwnerMachine,
  fate: Fate,
): Promise<void> {
  for (;;) {
    const ends = fate.oneOf(['nobody', 'laptop', 'coordinator'] as const)
    const removing = laptop.run((person) => removeDevices(person, laptop.root, [phone.identity.device]))
    removing.catch(() => undefined) // it may end while nobody looks; that is done below
    if (ends !== 'nobody') {
      await time.sleep(fate.between(0, 1000))
      if (ends === 'laptop') laptop.kill()
      else office.kill()
    }
    try {
      if (ends === 'coordinator') await time.sleep(MINUTE)
      await office.open()
      if ((await removing) !== 'killed') return
    } catch (thrown) {
      laptop.kill()
      diary.note(`the phone is not removed: ${codeOf(thrown)}`)
    }
  }
}

/** Whatever it asks, also with a program that does not look whether it is still one of the account. */
async function isRefused(phone: OwnerMachine, fate: Fate, laws: Laws): Promise<void> {
  const tries: ((thief: OwnerContext) => Promise<unknown>)[] = [
    (thief) => thief.coordinator.heads(),
    (thief) => listSnapshots(thief),
    (thief) => backup(thief, [sourceOf('home', {})]),
    condemnAll,
  ]
  for (const attempt of fate.some(tries, 2)) {
    laws.test('a removed device is refused')
    const met = await phone
      .run((thief) => attempt({ ...thief, follow: undefined }))
      .then(
        () => 'nothing',
        (thrown: unknown) => codeOf(thrown),
      )
    phone.kill()
    if (met !== 'device-revoked') laws.broken(`The phone, which was removed, meets ${met}.`)
  }
}

/** Its keys with the laptop's access, as where the coordinator and keepers give it everything that they have. */
async function readsNothingNewer(
  phone: OwnerMachine,
  laptop: OwnerMachine,
  before: ReadonlySet<string>,
  laws: Laws,
): Promise<void> {
  const newer = laws.promised.filter(({ owner, snapshot }) => owner === laptop && !before.has(snapshot))
  if (newer.length > 0) laws.test('a removed device reads nothing newer')
  // And as if its keys were those of every epoch.
  const ahead = laptop.identity.revocations.map((_, i) => ({ ...phone.identity.daily, epoch: i + 1 }))
  const identity = { ...phone.identity, ahead }
  const read = await laptop.run((person) =>
    listSnapshots({ ...person, identity, follow: undefined }).catch((thrown: unknown) => {
      if (codeOf(thrown) === 'internal') throw thrown
      return []
    }),
  )
  if (read === 'killed') throw new Error('Nobody kills it here.')
  for (const { snapshot } of newer) {
    if (read.some(({ id }) => id === snapshot))
      laws.broken(`The phone, which was removed, reads ${snapshot.slice(0, 6)}, which is newer.`)
  }
}
