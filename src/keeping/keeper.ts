/** Keeping shards for others: answers owners on every link, offers its space to the coordinator, admits its losses. */
import type { Bytes } from '../core/bytes.ts'
import { CLOCK_TOLERANCE_MS, type Clock } from '../core/clock.ts'
import { KeeptabError, throwIfAborted } from '../core/errors.ts'
import { idOf, parsePackId, type AccountId, type PackId } from '../core/ids.ts'
import { unlessAborted } from '../core/unless-aborted.ts'
import type { ByteCount, Millis } from '../core/units.ts'
import type { Coordinator, LiveEvent } from '../coordinator/coordinator.ts'
import type { DeviceIdentity } from '../identity/keys.ts'
import type { AuditQuestion, KeeperStanding } from '../protocol/coordinator-messages.ts'
import { SLICE_BYTES, type PeerRequest, type PeerResponse } from '../protocol/peer-messages.ts'
import { openHead, openReadTicket } from '../protocol/records.ts'
import type { ShardName, ShardStore } from '../store/shard-store.ts'
import type { Link, Message, RemotePeer, Transport } from '../transport/transport.ts'
import { Clearing, type Unneeded } from './clearing.ts'
import { CoordinatorClock } from './coordinator-clock.ts'
import { HandingOver, type Giving } from './handing-over.ts'
import { Intake } from './intake.ts'
import { reportInventory, reportNothing } from './inventory.ts'
import { inUtc, machineWallClock, restAt, type KeepingLimits, type Pause, type Rest, type WallClock } from './limits.ts'
import { KeptHeads } from './kept-heads.ts'
import { limitedLink } from './limited-link.ts'
import { Meter, type Moved } from './meter.ts'
import { proveLeaf } from './proving.ts'
import { machineStopwatch, Rate, type Stopwatch } from './rate.ts'
import { Scrubbing } from './scrubbing.ts'
import type { Kept } from './sound-shard.ts'
import type { StartWork, Work } from './work.ts'

export interface KeeperContext {
  readonly identity: DeviceIdentity
  readonly coordinator: Coordinator
  readonly transport: Transport
  readonly store: ShardStore
  readonly clock: Clock
  /** Hears when a key epoch of the account began, or when this device was removed from it. */
  readonly onMembership?: ((event: 'epoch-began' | 'revoked') => void) | undefined
  /** What it does for the network beside keeping. */
  readonly work?: StartWork
  /** This machine's, when left out. */
  readonly wallClock?: WallClock
  readonly stopwatch?: Stopwatch
}

/** What a keeper's screen or log line shows. */
export interface KeeperState {
  readonly online: boolean
  /** Takes nothing new; `rest` says why. */
  readonly paused: boolean
  readonly rest?: Rest | undefined
  readonly limitBytes: ByteCount
  readonly usedBytes: ByteCount
  readonly shards: number
  /** Accounts that something is kept for. */
  readonly owners: number
  /** Shard bytes sent and taken in since the start. */
  readonly servedBytes: ByteCount
  readonly receivedBytes: ByteCount
  readonly month: Moved
  readonly allTime: Moved
  /** What is kept beyond the limit is on its way to others; absent when nothing is. */
  readonly giving?: Giving | undefined
  /** What of that nobody takes over and nobody needs; it goes when its time is over. */
  readonly unneeded?: Unneeded | undefined
  /** Shards that were here at some time and are no longer, found by the inventory and told to the coordinator. */
  readonly lost: number
  /** Questions of the coordinator since the start: answered or given up, and those of them whose answer it had in time. */
  readonly audits: { readonly asked: number; readonly inTime: number }
  /** What the coordinator thinks of this keeper; absent until it has said so. */
  readonly standing?: KeeperStanding | undefined
}

export interface Keeper {
  state(): KeeperState
  /** Runs the listener after every change. @returns ends it */
  onChange(listener: (state: KeeperState) => void): () => void
  /** Takes no new shards; what is kept is still served. @param until goes on by itself then */
  pause(until?: Millis): Promise<void>
  resume(): Promise<void>
  /** From now on. What is kept beyond the limit is handed over to others. */
  setLimits(limits: KeepingLimits): Promise<void>
  /** Leaves the network. What is kept stays on disk. */
  stop(): Promise<void>
  /** The disk is gone with all that was kept: says so and leaves. @throws KeeptabError as the coordinator; it has left then too */
  lostAll(): Promise<void>
}

/** Heads in one answer, which has at most 16 KiB. */
const ANSWER_BYTES = 15 * 1024
/** The coordinator hears of free space when it has changed by this much. */
const ANNOUNCE_STEP_BYTES = 64 * 1024 * 1024
/** Whether it is time to rest or to go on is looked at this often; a machine may sleep, and a clock be put right. */
const LOOK_MS: Millis = 20_000
/** An owner is sent on to others when what it would send had to wait for so long. */
const LONGEST_WAIT_MS: Millis = 10_000

/**
 * Starts keeping: takes stock, offers the space, answers owners until stopped.
 * @throws KeeptabError `coordinator-unreachable` or `store-failed`
 */
export async function startKeeping(
  context: KeeperContext,
  options: KeepingLimits & { readonly pause?: Pause | undefined },
): Promise<Keeper> {
  await context.store.setLimit(options.limitBytes)
  const { publicKey, now } = await context.coordinator.info()
  const coordinatorClock = new CoordinatorClock(context.clock, context.stopwatch ?? machineStopwatch, now)
  const engine = new KeeperEngine(context, publicKey, coordinatorClock, options, options.pause)
  try {
    await engine.start()
    return engine
  } catch (thrown) {
    await engine.stop()
    throw thrown
  }
}

const nothingMoved: Moved = { servedBytes: 0, receivedBytes: 0 }

class KeeperEngine implements Keeper {
  readonly #context: KeeperContext
  readonly #kept: Kept
  readonly #wallClock: WallClock
  readonly #stopwatch: Stopwatch
  readonly #coordinatorKey: Bytes
  readonly #coordinatorClock: CoordinatorClock
  readonly #intake: Intake
  readonly #handing: HandingOver
  readonly #clearing: Clearing
  readonly #scrubbing: Scrubbing
  readonly #heads: KeptHeads
  readonly #work: Work | undefined
  readonly #upload: Rate
  readonly #download: Rate
  readonly #listeners = new Set<(state: KeeperState) => void>()
  readonly #owners = new Map<PackId, AccountId>()
  #limits: KeepingLimits
  #pause: Pause | undefined
  #meter: Meter | undefined
  #state: KeeperState = {
    online: false,
    paused: false,
    limitBytes: 0,
    usedBytes: 0,
    shards: 0,
    owners: 0,
    ...nothingMoved,
    month: nothingMoved,
    allTime: nothingMoved,
    lost: 0,
    audits: { asked: 0, inTime: 0 },
  }
  /** What the coordinator was told last. */
  #announced: { readonly freeBytes: ByteCount; readonly rest: Rest | undefined } | undefined
  #willAnnounce = false
  /** Requests of others that are being answered. */
  #answering = 0
  /** A question for the time is under way. */
  #isAsking = false
  #goOffline: (() => void) | undefined
  #cancelLook: (() => void) | undefined
  readonly #stop = new AbortController()
  /** How many shards there should be: what has come, without what left by order and what was admitted to be lost. */
  #expected = 0
  /** Whether all is here that should be is being looked at, or told. */
  #isAdmitting = false
  /** Inventories and removals, one at a time: none lists what has just left. */
  #books: Promise<unknown> = Promise.resolve()
  #saying: Promise<unknown> = Promise.resolve()
  /** Answers to audits, one at a time, so that they never hold up whoever restores. */
  #proving: Promise<unknown> = Promise.resolve()

  constructor(
    context: KeeperContext,
    coordinatorKey: Bytes,
    coordinatorClock: CoordinatorClock,
    limits: KeepingLimits,
    pause: Pause | undefined,
  ) {
    this.#context = context
    this.#limits = limits
    this.#pause = pause
    this.#wallClock = context.wallClock ?? machineWallClock
    this.#stopwatch = context.stopwatch ?? machineStopwatch
    this.#coordinatorKey = coordinatorKey
    this.#coordinatorClock = coordinatorClock
    this.#upload = new Rate(this.#stopwatch, limits.uploadRate)
    this.#download = new Rate(this.#stopwatch, limits.downloadRate)
    const { identity, store, clock, coordinator, transport } = context
    // Whoever stops waits for what reads its disk, and not for a coordinator that does not answer.
    const record = (pack: PackId) => unlessAborted(coordinator.record(pack), this.#stop.signal)
    this.#kept = { store, coordinator: { record } }
    this.#intake = new Intake({
      identity,
      store,
      clock,
      coordinatorClock,
      coordinatorKey,
      admit: () => this.#admit(),
      isMoving: () => this.#handing.moving,
      renew: (pack) => this.#clearing.renew(pack),
      onStored: (pack, owner) => this.#stored(pack, owner),
    })
    this.#clearing = new Clearing({
      device: identity.device,
      coordinator,
      coordinatorKey,
      store,
      clock,
      stopwatch: this.#stopwatch,
      alone: (work) => this.#alone(work),
      onUnneeded: (unneeded) => this.#change({ unneeded }),
      onGone: async (shard) => {
        await this.#gone(shard, 'dropped')
        await this.#refresh()
        this.#announceSoon()
      },
    })
    this.#handing = new HandingOver({
      coordinator,
      transport,
      store,
      stopwatch: this.#stopwatch,
      kept: this.#kept,
      mayRun: () => !this.#stopped && !this.#isAway(),
      limited: (link) => this.#limited(link),
      takeStock: () => this.#takeStock(),
      alone: (work) => this.#alone(work),
      onGone: (shard, why) => this.#gone(shard, why),
      onChange: async () => {
        await this.#refresh()
        this.#change({ giving: this.#handing.giving })
      },
    })
    this.#heads = new KeptHeads(store)
    this.#scrubbing = new Scrubbing({
      ...this.#kept,
      clock,
      stopwatch: this.#stopwatch,
      isBusy: () => this.#answering > 0 || this.#handing.moving,
      onSpoilt: (shard) => this.#spoilt(shard),
    })
    this.#work = context.work?.({
      mayWork: () => !this.#stopped && this.#restNow() === undefined,
      limited: (link) => this.#limited(link),
      prepaid: async (bytes, signal) => {
        await this.#download.take(bytes, identity.device, signal)
        return (link) => this.#limited(link, { isPaid: true })
      },
    })
  }

  get #stopped(): boolean {
    return this.#stop.signal.aborted
  }

  async start(): Promise<void> {
    const { store, transport, clock } = this.#context
    this.#meter = await Meter.open({
      store,
      clock,
      wallClock: this.#wallClock,
      stopwatch: this.#stopwatch,
      onChange: () => this.#counted(),
    })
    await this.#refresh()
    // What may fail comes before anything is found to be gone: a start that is tried again would not know any more.
    await this.#announce()
    await transport.ready()
    // Counted before it is listed, because listing forgets what is gone.
    this.#expected = (await store.usage()).shards
    for await (const shard of store.list()) this.#owners.set(shard.pack, shard.owner)
    await this.#clearing.open()
    await this.#refresh()
    transport.serve((request, remote, signal) => this.#answer(request, remote, signal))
    this.#counted()
    this.#look()
    this.#handing.wake()
    this.#scrubbing.start()
  }

  state(): KeeperState {
    return this.#state
  }

  onChange(listener: (state: KeeperState) => void): () => void {
    this.#listeners.add(listener)
    return () => this.#listeners.delete(listener)
  }

  async pause(until?: Millis): Promise<void> {
    this.#pause = { until }
    this.#change({ rest: this.#restNow() })
    await this.#announce()
    this.#look()
  }

  async resume(): Promise<void> {
    this.#pause = undefined
    this.#change({ rest: this.#restNow() })
    await this.#announce()
    this.#look()
  }

  async setLimits(limits: KeepingLimits): Promise<void> {
    await this.#context.store.setLimit(limits.limitBytes)
    this.#limits = limits
    this.#upload.set(limits.uploadRate)
    this.#download.set(limits.downloadRate)
    await this.#refresh()
    this.#change({ rest: this.#restNow() })
    try {
      await this.#announce()
    } finally {
      this.#look()
      this.#handing.wake()
      this.#clearing.wake()
    }
  }

  async stop(): Promise<void> {
    this.#stop.abort()
    this.#cancelLook?.()
    this.#leave()
    await this.#handing.stop()
    this.#clearing.stop()
    await this.#scrubbing.stop()
    await this.#work?.stop()
    await this.#intake.close()
    await this.#books
    await this.#meter?.save()
    this.#change({ online: false })
  }

  async lostAll(): Promise<void> {
    // Takes nothing more, and answers no more questions. What is under way fails by itself, and nobody waits for it.
    this.#leave()
    void this.stop().catch(() => undefined)
    await this.#askTime()
    await reportNothing({ ...this.#context, clock: this.#coordinatorClock })
  }

  async #answer(
    request: Message<PeerRequest>,
    remote: RemotePeer,
    signal: AbortSignal,
  ): Promise<Message<PeerResponse>> {
    // Whoever has just reached its limit or its hour has left the network, but not every link has ended yet.
    if (this.#stopped || this.#isAway()) throw refused('It does not keep at this time.')
    this.#answering += 1
    try {
      return await this.#answerNow(request, remote, signal)
    } finally {
      this.#answering -= 1
      // What is refused came over the line like the rest of it.
      await this.#download.take(request.body?.length ?? 0, remote.device, signal)
    }
  }

  async #answerNow(
    { head, body }: Message<PeerRequest>,
    remote: RemotePeer,
    signal: AbortSignal,
  ): Promise<Message<PeerResponse>> {
    switch (head.type) {
      case 'offer':
        return { head: await this.#intake.offer(head, remote) }
      case 'slice': {
        const answer = await this.#intake.slice(head, body, remote)
        // Only what was asked for: nobody may use up another's month with bytes that were refused.
        this.#meter?.add({ receivedBytes: body?.length ?? 0 })
        return { head: answer }
      }
      case 'read':
        return this.#read(head, remote, signal)
      case 'keep-head':
        return { head: await this.#keepHead(head.head, remote) }
      case 'heads':
        return { head: { type: 'heads', heads: fitting(await this.#context.store.heads(remote.account)) } }
    }
  }

  #admit(): void {
    if (this.#restNow() !== undefined) throw new KeeptabError('store-full', 'It is paused.')
    if (this.#download.waitMs(SLICE_BYTES) > LONGEST_WAIT_MS) throw new KeeptabError('store-full', 'It is busy.')
  }

  async #stored(pack: PackId, owner: AccountId): Promise<void> {
    this.#expected += 1
    this.#owners.set(pack, owner)
    await this.#refresh()
    const announced = this.#announced?.freeBytes ?? 0
    if (Math.abs(this.#freeBytes() - announced) >= ANNOUNCE_STEP_BYTES) this.#announceSoon()
    // It may have been on its way when the limit was lowered.
    if (this.#state.usedBytes > this.#state.limitBytes) this.#handing.wake()
  }

  async #read(
    read: Extract<PeerRequest, { type: 'read' }>,
    remote: RemotePeer,
    signal: AbortSignal,
  ): Promise<Message<PeerResponse>> {
    const { store } = this.#context
    const pack = idOf(parsePackId, read.pack)
    const owner = this.#owners.get(pack)
    // The same answer for what is not here and for what is another's: nobody learns what is kept for whom.
    if (owner !== remote.account && !(await this.#isAdmitted(read, pack, remote)))
      throw new KeeptabError('shard-unknown')
    await this.#upload.take(read.length, remote.device, signal)
    const body = await store.read({ pack, index: read.index }, read.offset, read.length)
    if (body === undefined) throw new KeeptabError('shard-unknown')
    this.#scrubbing.wasRead({ pack, index: read.index })
    this.#meter?.add({ servedBytes: body.length })
    return { head: { type: 'read' }, body }
  }

  /** Whether the coordinator has given this device leave to read just this shard just here. */
  async #isAdmitted(
    { index, ticket: signed }: Extract<PeerRequest, { type: 'read' }>,
    pack: PackId,
    { device }: RemotePeer,
  ): Promise<boolean> {
    if (signed === undefined) return false
    const ticket = await openReadTicket(signed, this.#coordinatorKey)
    return (
      ticket.pack === pack &&
      ticket.index === index &&
      ticket.keeper === this.#context.identity.device &&
      ticket.reader === device &&
      ticket.expiresAt + CLOCK_TOLERANCE_MS >= this.#coordinatorClock.now()
    )
  }

  async #keepHead(signed: Bytes, remote: RemotePeer): Promise<PeerResponse> {
    const head = await openHead(signed)
    const isKnown = [...this.#owners.values()].includes(head.account)
    const mayBring = head.account === remote.account || this.#intake.hasCarried(remote.device, head.account)
    if (!mayBring || !isKnown) throw refused('Heads are kept only beside shards of the same account.')
    await this.#heads.keep(head)
    return { type: 'done' }
  }

  async #spoilt({ pack, index }: ShardName): Promise<void> {
    await this.#alone(() => this.#context.store.remove({ pack, index }))
    await this.#gone({ pack, index }, 'spoilt')
  }

  async #gone({ pack }: ShardName, why: 'handed-over' | 'spoilt' | 'dropped'): Promise<void> {
    if (why !== 'spoilt') this.#expected -= 1
    // Its record stays for as long as another shard of the pack does.
    if ((await this.#context.store.record(pack)) === undefined) this.#owners.delete(pack)
  }

  /** Reads through the store and tells the coordinator; one at a time. @throws KeeptabError when it is away */
  #takeStock(): Promise<void> {
    return this.#alone(() => unlessAborted(this.#tellStock(), this.#stop.signal))
  }

  async #tellStock(): Promise<void> {
    const expected = this.#expected
    await this.#askTime()
    throwIfAborted(this.#stop.signal)
    const { signal } = this.#stop
    const found = await reportInventory({ ...this.#context, clock: this.#coordinatorClock, signal })
    await this.#refresh()
    const lost = Math.max(0, expected - found)
    this.#expected -= lost
    this.#change({ lost: this.#state.lost + lost })
  }

  /**
   * Tells the coordinator when something is no longer here, however that was found: by looking through what is kept, by a
   * question, or by whoever wanted to read it. What is found meanwhile is told together.
   */
  async #admitLosses(): Promise<void> {
    if (this.#isAdmitting) return
    this.#isAdmitting = true
    try {
      await this.#alone(async () => {
        const { shards } = await this.#context.store.usage()
        if (shards < this.#expected) await unlessAborted(this.#tellStock(), this.#stop.signal)
      })
    } finally {
      this.#isAdmitting = false
    }
  }

  async #askTime(): Promise<void> {
    this.#coordinatorClock.set((await this.#context.coordinator.info()).now)
  }

  #alone<T>(work: () => Promise<T>): Promise<T> {
    const turn = this.#books.then(work)
    this.#books = turn.catch(() => undefined)
    return turn
  }

  // ---- being there for others, or not

  #restNow(): Rest | undefined {
    const { month, servedBytes, receivedBytes } = this.#meter?.thisMonth ?? { month: '', ...nothingMoved }
    return restAt(this.#context.clock.now(), {
      limits: this.#limits,
      pause: this.#pause,
      moved: { month, bytes: servedBytes + receivedBytes },
      wallClock: this.#wallClock,
    })
  }

  /** Neither takes nor serves. */
  #isAway(): boolean {
    const rest = this.#restNow()
    return rest !== undefined && rest.why !== 'pause'
  }

  #counted(): void {
    const meter = this.#meter
    if (meter === undefined) return
    const before = this.#state.rest
    const month = movedOf(meter.thisMonth)
    this.#change({ rest: this.#restNow(), ...meter.sinceStart, month, allTime: meter.allTime })
    if (!isSame(before, this.#state.rest)) this.#look()
  }

  /** Follows the rules of rest: leaves the network or comes back, and says so first. */
  #look(): void {
    if (this.#stopped) return
    const rest = this.#restNow()
    this.#change({ rest, ...(this.#meter === undefined ? {} : { month: movedOf(this.#meter.thisMonth) }) })
    if (this.#announced === undefined || !isSame(rest, this.#announced.rest)) this.#announceSoon()
    if (rest !== undefined) this.#work?.wake()
    // Else it would refuse every ticket and sign for times that the coordinator takes for wrong.
    if (this.#coordinatorClock.isDoubtful && !this.#isAsking) {
      this.#isAsking = true
      void this.#askTime()
        .catch(() => undefined) // asked again at the next look
        .finally(() => (this.#isAsking = false))
    }
    if (!this.#isAway() && this.#goOffline === undefined) {
      this.#goOffline = this.#context.coordinator.goOnline((event) => this.#heard(event))
      this.#handing.wake()
    }
    this.#cancelLook ??= this.#stopwatch.after(LOOK_MS, () => {
      this.#cancelLook = undefined
      this.#look()
      void this.#admitLosses().catch(() => undefined) // told after the next look
    })
  }

  #leave(): void {
    this.#goOffline?.()
    this.#goOffline = undefined
    this.#change({ online: false })
  }

  #heard(event: LiveEvent): void {
    if (event.type === 'epoch-began' || event.type === 'revoked') this.#context.onMembership?.(event.type)
    const says = event.type !== 'offline' && event.type !== 'revoked' && event.type !== 'replaced'
    this.#change({ online: event.type === 'online' || (says && this.#state.online) })
    if (event.type === 'inventory-wanted') void this.#takeStock().catch(() => undefined) // it asks again when it is back
    if (event.type === 'audit') {
      const dueAt = this.#stopwatch.now() + event.answerWithinMs
      this.#proving = this.#proving.then(() => this.#settle(event, dueAt)).catch(() => undefined)
    }
    if (event.type === 'repair-wanted') this.#work?.wake()
    if (event.type === 'online') {
      this.#announceSoon()
      void this.#context.coordinator.standing().then(
        (standing) => this.#change({ standing }),
        () => undefined, // it comes with the next answer
      )
      this.#handing.wake()
      this.#clearing.wake()
    }
  }

  /** Answers and counts. What could not be answered is asked again. */
  async #settle(question: AuditQuestion, dueAt: Millis): Promise<void> {
    if (this.#stopped) return
    const isAnswered = await this.#prove(question).then(
      () => true,
      () => false,
    )
    if (this.#stop.signal.aborted) return
    const { asked, inTime } = this.#state.audits
    const isInTime = isAnswered && this.#stopwatch.now() <= dueAt
    this.#change({ audits: { asked: asked + 1, inTime: inTime + (isInTime ? 1 : 0) } })
  }

  async #prove(question: AuditQuestion): Promise<void> {
    const { coordinator, identity } = this.#context
    const { answer, isSpoilt } = await proveLeaf({ ...this.#kept, identity }, question)
    if (isSpoilt) await this.#spoilt(question)
    throwIfAborted(this.#stop.signal)
    const standing = await coordinator.answerAudit(answer)
    this.#meter?.add({ servedBytes: answer.length })
    this.#change({ standing })
  }

  #announceSoon(): void {
    if (this.#willAnnounce) return
    this.#willAnnounce = true
    void this.#announce().catch(() => (this.#announced = undefined)) // said again at the next look
  }

  /** Tells the coordinator what is offered, in the order of the changes; whoever rests is told of before it leaves. */
  #announce(): Promise<void> {
    const saying = this.#saying.then(async () => {
      this.#willAnnounce = false
      throwIfAborted(this.#stop.signal)
      const rest = this.#restNow()
      const freeBytes = this.#freeBytes()
      const { limitBytes } = this.#state
      const until = rest?.until === undefined ? {} : { until: Math.floor(rest.until) }
      const hours = this.#limits.hours
      const stated = hours === undefined ? {} : { hours: [...inUtc(hours, this.#context.clock.now(), this.#wallClock)] }
      await this.#context.coordinator.keep({ limitBytes, freeBytes, paused: rest !== undefined, ...until, ...stated })
      this.#announced = { freeBytes, rest }
    })
    this.#saying = saying.catch(() => undefined)
    return saying.finally(() => {
      if (this.#isAway()) this.#leave()
    })
  }

  #limited(link: Link, { isPaid = false } = {}): Link {
    const onMoved = (moved: Partial<Moved>) => this.#meter?.add(moved)
    return limitedLink(link, { upload: this.#upload, download: isPaid ? undefined : this.#download, onMoved })
  }

  #freeBytes(): ByteCount {
    return Math.max(0, this.#state.limitBytes - this.#state.usedBytes)
  }

  async #refresh(): Promise<void> {
    const { limitBytes, usedBytes, shards } = await this.#context.store.usage()
    this.#change({ limitBytes, usedBytes, shards, owners: new Set(this.#owners.values()).size })
  }

  #change(change: Partial<KeeperState>): void {
    const changed = { ...this.#state, ...change }
    this.#state = { ...changed, paused: changed.rest !== undefined }
    for (const listener of this.#listeners) listener(this.#state)
  }
}

const isSame = (one: Rest | undefined, other: Rest | undefined): boolean =>
  one?.why === other?.why && one?.until === other?.until

const movedOf = ({ servedBytes, receivedBytes }: Moved): Moved => ({ servedBytes, receivedBytes })

/** As many heads as fit into one answer. */
function fitting(heads: readonly Bytes[]): Bytes[] {
  let room = ANSWER_BYTES
  return heads.filter(({ length }) => (room -= length + 8) >= 0)
}

const refused = (detail: string): KeeptabError => new KeeptabError('peer-refused', detail)
