/**
 * What happens in a world of a seed: hours in which everything fails while people back up; days of coming, going and
 * repair; or months in which snapshots are removed.
 */
import { collectGarbage, removeSnapshots } from '../../../src/backup/retention.ts'
import { codeOf } from '../../../src/core/errors.ts'
import { DAY, HOUR, MINUTE, type Millis } from '../../../src/core/units.ts'
import { alone } from './alone.ts'
import { Chaos } from './chaos.ts'
import { flip } from './disk.ts'
import { LONG_EVERY, type Fate } from './fate.ts'
import { Laws, type Law } from './laws.ts'
import { leaving } from './leaving.ts'
import { People } from './people.ts'
import { stolen } from './stolen.ts'
import type { KeeperMachine, OwnerMachine, World } from './world.ts'

export interface Told {
  readonly story: keyof typeof stories
  readonly backups: number
  /** Snapshots that somebody was told are safe. */
  readonly promised: number
  /** What failed, by kind. */
  readonly faults: Readonly<Record<string, number>>
  /** How often each law could have been broken. */
  readonly tested: Readonly<Partial<Record<Law, number>>>
}

/** That of hours is told in one of so many: it costs more than one of minutes. */
const HOURS_EVERY = 20

export async function tell(world: World): Promise<Told> {
  await world.office.open()
  const laws = new Laws(world)
  const people = new People(world, laws)
  const fate = world.fate.of('story')
  const story = storyOf(world.fate.seed)
  const faults = await stories[story](world, fate, laws, people)
  await laws.honestStand()
  laws.nothingWentWrong()
  return { story, backups: people.backups, promised: laws.promised.length, faults, tested: laws.tested }
}

function storyOf(seed: number): Told['story'] {
  const long = { 0: 'days', 25: 'leaving', 50: 'months', 75: 'stolen', 90: 'alone' } as const
  const place = seed % LONG_EVERY
  if (place in long) return long[place as keyof typeof long]
  return seed % HOURS_EVERY === 0 ? 'hours' : 'minutes'
}

const minutes = (world: World, fate: Fate, laws: Laws, people: People): Promise<Told['faults']> =>
  underChaos(world, fate, laws, people, fate.between(0.5, 3) * MINUTE)

const hours = (world: World, fate: Fate, laws: Laws, people: People): Promise<Told['faults']> =>
  underChaos(world, fate, laws, people, fate.between(4, 20) * MINUTE)

/** People back up while everything fails for so long. */
async function underChaos(
  world: World,
  fate: Fate,
  laws: Laws,
  people: People,
  length: Millis,
): Promise<Told['faults']> {
  const { time, keepers } = world
  for (let count = 7 + fate.below(2); count > 0; count -= 1) await world.addKeeper()
  for (const machine of keepers) machine.aheadMs = fate.happens(0.3) ? fate.between(-48, 48) * HOUR : 0
  await Promise.all(keepers.map((keeper) => keeper.start()))
  const first = await world.addOwner()
  if (fate.happens(0.3)) await world.addOwner(fate.happens(0.6) ? first.root : undefined)
  const owners = [...world.owners]
  for (const owner of owners) owner.aheadMs = fate.happens(0.2) ? fate.between(-48, 48) * HOUR : 0

  const chaos = new Chaos(world)
  time.grainMs = fate.oneOf([0, 5000, 20_000, MINUTE])
  await Promise.all([...owners.map((owner) => people.live(owner, length)), chaos.reign(length)])
  await chaos.heal()
  for (const owner of owners) await people.settles(owner)
  await restoreAll(laws, owners)
  return chaos.faults
}

const restoreAll = async (laws: Laws, owners: readonly OwnerMachine[]): Promise<void> => {
  const accounts = new Map(owners.map((owner) => [owner.identity.account, owner]))
  for (const owner of accounts.values()) await laws.restoredFromWords(owner)
}

/** What can befall keepers and the coordinator within days; each is the first one of every eighth such story. */
const blows = [
  'gone',
  'coordinator away for a week',
  'away each day',
  'gone',
  'clock put',
  'bit flipped',
  'evicted',
  'partition',
] as const

async function days(world: World, fate: Fate, laws: Laws, people: People): Promise<Told['faults']> {
  const { time, keepers, office, diary } = world
  const faults: Record<string, number> = {}
  for (let count = 8; count > 0; count -= 1) await world.addKeeper()
  await Promise.all(keepers.map((keeper) => keeper.start()))
  const owner = await world.addOwner()
  await people.settles(owner)
  await people.settles(owner)

  time.grainMs = fate.oneOf([9, 30, 60]) * MINUTE
  laws.nothingIsMadeInVain()
  const gone = new Set<KeeperMachine>()
  const restless = new Set<KeeperMachine>()
  for (const blow of [world.fate.inTurn(blows), ...fate.some(blows, fate.below(3))]) {
    faults[blow] = (faults[blow] ?? 0) + 1
    diary.note(blow)
    const keeper = fate.oneOf(keepers.filter((one) => one.isUp && !restless.has(one)))
    const keys = [...keeper.disk.shelf.shards.keys()]
    switch (blow) {
      case 'gone':
        keeper.kill(true)
        gone.add(keeper)
        break
      case 'away each day':
        restless.add(keeper)
        break
      case 'coordinator away for a week':
        if (fate.happens(0.5)) office.kill()
        else await office.stop()
        await time.sleep(7 * DAY)
        await office.open()
        break
      case 'clock put':
        fate.oneOf([keeper, office]).aheadMs = fate.between(-48, 48) * HOUR
        break
      case 'bit flipped':
        keeper.decayed = true
        for (const key of keys) flip(keeper.disk, key, fate)
        break
      case 'evicted':
        keeper.decayed = true
        for (const key of fate.some(keys, fate.oneOf([1, Math.ceil(keys.length / 2), keys.length])))
          keeper.disk.shelf.shards.delete(key)
        break
      case 'partition':
        for (const other of keepers)
          if (other !== keeper) world.network.partition(keeper.identity.device, other.identity.device)
    }
    await time.sleep(fate.between(0, 12) * HOUR)
  }
  await Promise.all([...restless].map((keeper) => comesAndGoes(world, keeper, fate.of(keeper.name), 4 * DAY)))
  world.network.heal()
  // Grace of two days, a sweep, and more for whatever was tried in vain.
  await time.sleep(4 * DAY)
  time.grainMs = 0
  await time.sleep(10 * MINUTE)
  laws.everythingIsRepaired()
  await restoreAll(laws, [owner])
  return faults
}

/**
 * A snapshot is removed, and what only it needs is condemned: it stays to be had for 30 days, whatever happens. In half of
 * these worlds another device of the account backs up and collects at the same time; in half of them the coordinator
 * orders keepers to drop at once what was condemned.
 */
async function months(world: World, fate: Fate, laws: Laws, people: People): Promise<Told['faults']> {
  const { time, keepers, office, diary } = world
  const faults: Record<string, number> = {}
  for (let count = 7; count > 0; count -= 1) await world.addKeeper()
  await Promise.all(keepers.map((keeper) => keeper.start()))
  const owner = await world.addOwner()
  while (laws.promised.length < 3) await people.settles(owner)
  time.grainMs = fate.oneOf([6, 12]) * HOUR
  await time.sleep(fate.between(0, 9) * DAY)
  const [oldest] = laws.promised
  if (oldest === undefined) throw new Error('There is nothing to remove.')
  await owner.run((context) => removeSnapshots(context, [oldest.snapshot]))
  laws.remove(oldest)
  const isHasty = fate.happens(0.5)
  const owners = fate.happens(0.5) ? [owner, await world.addOwner(owner.root)] : [owner]

  const until = time.now() + fate.between(32, 40) * DAY
  while (time.now() < until) {
    await Promise.all(
      owners.map(async (one) => {
        if (one !== owner && fate.happens(0.5)) await people.backUp(one, one.fate.of(`backup ${people.backups}`))
        await collect(world, one)
      }),
    )
    if (isHasty) await office.hasten(owner.identity.account)
    const blow = fate.oneOf([
      'none',
      'clock put',
      'coordinator restarts',
      'keeper restarts',
      'coordinator away for a week',
    ] as const)
    faults[blow] = (faults[blow] ?? 0) + 1
    diary.note(blow)
    const keeper = fate.oneOf(keepers)
    const puttable = isHasty ? [keeper, owner] : [keeper, office, owner]
    if (blow === 'clock put') fate.oneOf(puttable).aheadMs = fate.between(-48, 48) * HOUR
    if (blow === 'keeper restarts') {
      keeper.kill()
      await keeper.start()
    }
    if (blow.startsWith('coordinator')) {
      office.kill()
      if (blow.endsWith('week')) await time.sleep(7 * DAY)
      await office.open()
    }
    await time.sleep(fate.between(1, 8) * DAY)
  }
  time.grainMs = 0
  await time.sleep(10 * MINUTE)
  await people.settles(owner)
  await restoreAll(laws, [owner])
  return faults
}

async function collect({ diary }: World, owner: OwnerMachine): Promise<void> {
  try {
    await owner.run((context) => collectGarbage(context))
  } catch (thrown) {
    owner.kill()
    diary.note(`nothing is collected: ${codeOf(thrown)}`)
  }
}

const stories = { minutes, hours, days, leaving, months, stolen, alone }

/** Away for some hours of each day, and honest. */
async function comesAndGoes(world: World, keeper: KeeperMachine, fate: Fate, length: Millis): Promise<void> {
  const until = world.time.now() + length
  while (world.time.now() < until) {
    await world.time.sleep(fate.between(2, 12) * HOUR)
    keeper.kill(fate.happens(0.5))
    await world.time.sleep(fate.between(1, 12) * HOUR)
    await keeper.start()
  }
}
