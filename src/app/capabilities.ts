/**
 * What this browser can do for a person who backs up and keeps. Decided by trying features, never by the browser's name:
 * names lie, and a browser that learns something must not be held to what it once could not.
 */
import type { MessageId } from './messages/en.ts'

export type Ability = 'yes' | 'partly' | 'no'

export interface Capability {
  readonly what: MessageId
  readonly can: Ability
  /** One sentence: what it means, and what to do instead. */
  readonly sentence: MessageId
}

/** What was found out about the browser. */
export interface Features {
  /** Hands out folders that can be read again, and written. */
  readonly folderHandles: boolean
  /** Hands out all files of a folder, once. */
  readonly folderLists: boolean
  readonly observesFolders: boolean
  readonly serviceWorker: boolean
  readonly webRtc: boolean
  readonly locks: boolean
  /** Touch and nothing finer: a phone or a tablet, which stops pages that nobody sees. */
  readonly touchOnly: boolean
  /** Can put a page on the home screen by its own menu alone, and runs no page behind another (iOS and iPadOS). */
  readonly homeScreen: boolean
  /** Has the gesture events of one family of engines, which also deletes what a page stored after seven days unused. */
  readonly gestureEvents: boolean
  readonly installed: boolean
  readonly installPrompt: boolean
  /** `undefined` where there is no such promise. */
  readonly persisted: boolean | undefined
  readonly badges: boolean
  readonly notifications: NotificationPermission | undefined
  readonly movableChannels: boolean
}

/** Reads all of it, and changes nothing. */
export async function readFeatures(): Promise<Features> {
  const storage = (navigator as { storage?: Partial<StorageManager> }).storage
  const touchOnly = matchMedia('(hover: none) and (pointer: coarse)').matches
  return {
    folderHandles: 'showDirectoryPicker' in globalThis,
    folderLists: 'webkitdirectory' in HTMLInputElement.prototype,
    observesFolders: 'FileSystemObserver' in globalThis,
    serviceWorker: 'serviceWorker' in navigator,
    webRtc: 'RTCPeerConnection' in globalThis,
    locks: 'locks' in navigator,
    touchOnly,
    homeScreen: 'standalone' in navigator && navigator.maxTouchPoints > 1,
    gestureEvents: 'GestureEvent' in globalThis,
    installed:
      matchMedia('(display-mode: standalone)').matches || (navigator as { standalone?: boolean }).standalone === true,
    installPrompt: 'onbeforeinstallprompt' in globalThis,
    persisted: await storage?.persisted?.().catch(() => undefined),
    badges: 'setAppBadge' in navigator,
    notifications: 'Notification' in globalThis ? Notification.permission : undefined,
    movableChannels: canMoveChannels(),
  }
}

/** Whether an origin that nobody visited for a week loses everything: then keeping for others would promise too much. */
export const forgetsAfterAWeek = ({ gestureEvents, folderHandles, installed }: Features): boolean =>
  gestureEvents && !folderHandles && !installed

/**
 * What binds keeping for others here. `week`: it would promise what is gone after a week without a visit, so it is for the
 * installed page. `front`: it rests whenever another page or app is in front.
 */
export type KeepBound = 'week' | 'front'

export const keepBound = (features: Features): KeepBound | undefined =>
  forgetsAfterAWeek(features) ? 'week' : features.homeScreen ? 'front' : undefined

/** In the order of a person's cares: their folders, getting them back, keeping, the rest. */
export function capabilities(features: Features): Capability[] {
  const { folderHandles, folderLists, observesFolders, serviceWorker, installed, notifications, badges } = features
  return [
    found('folder', folderHandles ? 'yes' : folderLists ? 'partly' : 'no'),
    found('changes', observesFolders && folderHandles ? 'yes' : 'no'),
    found('restore', folderHandles ? 'yes' : serviceWorker ? 'partly' : 'no'),
    hidden(features),
    safe(features),
    installing(features),
    found('badges', !badges ? 'no' : installed ? 'yes' : 'partly'),
    notifications === undefined
      ? found('notifications', 'no')
      : notifications === 'denied'
        ? { ...found('notifications', 'no'), sentence: 'capability.notifications.denied' }
        : found('notifications', notifications === 'granted' ? 'yes' : 'partly'),
    found('worker', !features.webRtc ? 'no' : features.movableChannels ? 'yes' : 'partly'),
  ]
}

type Ids = 'folder' | 'changes' | 'restore' | 'hidden' | 'safe' | 'install' | 'badges' | 'notifications' | 'worker'

function found<Id extends Ids, Can extends Ability>(
  id: Id,
  can: `capability.${Id}.${Can}` extends MessageId ? Can : never,
): Capability {
  return { what: `capability.${id}`, can, sentence: `capability.${id}.${can}` as MessageId }
}

function hidden({ webRtc, locks, touchOnly, homeScreen }: Features): Capability {
  if (!webRtc || homeScreen) return found('hidden', 'no')
  return found('hidden', locks && !touchOnly ? 'yes' : 'partly')
}

function safe(features: Features): Capability {
  if (forgetsAfterAWeek(features)) return { ...found('safe', 'no'), sentence: 'capability.safe.week' }
  if (features.persisted === undefined) return found('safe', 'no')
  return found('safe', features.persisted ? 'yes' : 'partly')
}

function installing({ installed, installPrompt, homeScreen, gestureEvents }: Features): Capability {
  if (installed) return { ...found('install', 'yes'), sentence: 'capability.install.done' }
  if (installPrompt) return found('install', 'yes')
  return found('install', homeScreen || gestureEvents ? 'partly' : 'no')
}

/** Tries it on a channel that nobody uses. It can be moved only in the turn in which it was made. */
function canMoveChannels(): boolean {
  if (!('RTCPeerConnection' in globalThis)) return false
  const connection = new RTCPeerConnection()
  const { port1, port2 } = new MessageChannel()
  try {
    const channel = connection.createDataChannel('try', { negotiated: true, id: 1 })
    port1.postMessage(channel, [channel])
    return true
  } catch {
    return false
  } finally {
    port1.close()
    port2.close()
    connection.close()
  }
}
