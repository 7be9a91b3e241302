/** The doctor's hands: every probe does for real what the app will do, on the engine that runs where there is one. */
import { codeOf, KeeptabError } from '../core/errors.ts'
import type { DeviceId } from '../core/ids.ts'
import type { Millis } from '../core/units.ts'
import type { DeviceIdentity } from '../identity/keys.ts'
import type { Desk } from './app.svelte.ts'
import { impatientCoordinator, random } from './compose.ts'
import type { DeviceProbes, Probes } from './doctor.ts'

/** So long for one answer of the coordinator. */
const ANSWER_MS: Millis = 8000
/** So long for a socket to open. */
const SOCKET_MS: Millis = 5000
/** So long for a keeper: relays are tried last. */
const KEEPER_MS: Millis = 15_000
/** One may be leaving just now. */
const KEEPERS = 3

/**
 * @param desk absent for the reason that is given
 * @param onlineSoon whether a keeper that is on becomes online in time
 */
export async function createProbes(
  desk: Desk | undefined,
  whyNot: 'elsewhere' | 'no-profile',
  onlineSoon: (ms: Millis) => Promise<boolean>,
): Promise<Probes> {
  const [{ tryToStore }, { gather, carryBytes }] = await Promise.all([
    import('../store/indexeddb-trial.ts'),
    import('./webrtc-trial.ts'),
  ])
  const identity = desk?.account.identity
  return {
    secure: () => isSecureContext,
    online: () => navigator.onLine,
    async coordinator() {
      const coordinator = await impatientCoordinator(identity ?? (await nobody()))
      const from = performance.now()
      const { now } = await within(ANSWER_MS, coordinator.info())
      const tookMs = Math.round(performance.now() - from)
      // By now the answer is half of its way old.
      return { aheadMs: Math.round(Date.now() - now - tookMs / 2), tookMs }
    },
    device:
      desk === undefined ? whyNot : identity === undefined ? 'no-account' : deviceProbes(desk, identity, onlineSoon),
    gather,
    channel: carryBytes,
    async storage() {
      const { quota, usage } = await navigator.storage.estimate().catch(() => ({ quota: undefined, usage: undefined }))
      return { quotaBytes: quota, usedBytes: usage, wrote: await tryToStore() }
    },
    persisted: () => navigator.storage.persisted().catch(() => false),
    folders: () => examineFolders(desk),
    notifications: () => ('Notification' in globalThis ? Notification.permission : undefined),
  }
}

function deviceProbes(
  desk: Desk,
  identity: DeviceIdentity,
  onlineSoon: (ms: Millis) => Promise<boolean>,
): DeviceProbes {
  const signedIn = impatientCoordinator(identity)
  return {
    async signIn() {
      const { iceServers } = await within(ANSWER_MS, (await signedIn).ticket())
      return iceServers as RTCIceServer[]
    },
    async live() {
      // A second socket would push the first one out, so where the keeper holds one, it is the one that is examined.
      const opened = desk.keep.on ? await onlineSoon(SOCKET_MS) : await opensLive(await signedIn)
      if (!opened) throw new KeeptabError('timeout')
    },
    async rendezvous() {
      const { owner } = await desk.engine()
      await within(SOCKET_MS, owner.transport.ready())
    },
    async keepers() {
      const { owner } = await desk.engine()
      const { slots } = await within(ANSWER_MS, (await signedIn).group())
      const chosen = slots.filter(({ online }) => online).slice(0, KEEPERS)
      const signal = AbortSignal.timeout(KEEPER_MS)
      const dial = async (device: DeviceId): Promise<boolean> => {
        try {
          await owner.transport.connect(device, { signal })
          return true
        } catch {
          return false
        }
      }
      const reached = await Promise.all(chosen.map(({ keeper }) => dial(keeper)))
      return { tried: chosen.length, reached: reached.filter(Boolean).length }
    },
  }
}

async function opensLive(coordinator: Awaited<ReturnType<typeof impatientCoordinator>>): Promise<boolean> {
  let end: (() => void) | undefined
  try {
    const opened = new Promise<void>((resolve) => {
      end = coordinator.goOnline(({ type }) => {
        if (type === 'online') resolve()
      })
    })
    await within(SOCKET_MS, opened)
    return true
  } catch (thrown) {
    if (codeOf(thrown) === 'timeout') return false
    throw thrown
  } finally {
    end?.()
  }
}

async function examineFolders(desk: Desk | undefined) {
  const handles = (desk?.backup.sources ?? []).flatMap(({ handle }) => handle ?? [])
  const { mayRead } = await import('./folder-source.ts')
  const states = await Promise.all(
    handles.map(async (handle) => {
      try {
        if (!(await mayRead(handle))) return 'refused'
        await handle.values().next()
        return 'well'
      } catch {
        return 'gone'
      }
    }),
  )
  const count = (wanted: string) => states.filter((state) => state === wanted).length
  return { all: states.length, refused: count('refused'), gone: count('gone') }
}

/** A device that is made for one question that needs none, and signs nothing. */
async function nobody(): Promise<DeviceIdentity> {
  const { newDevice } = await import('../identity/keys.ts')
  return newDevice(random.bytes(32), random.bytes(32), Date.now())
}

/** @throws KeeptabError `timeout`, or what the work throws */
async function within<T>(ms: Millis, work: Promise<T>): Promise<T> {
  let timer: ReturnType<typeof setTimeout> | undefined
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new KeeptabError('timeout')), ms)
  })
  try {
    return await Promise.race([work, late])
  } finally {
    clearTimeout(timer)
  }
}
