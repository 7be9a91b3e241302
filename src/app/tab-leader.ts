/**
 * One engine per browser profile: two tabs share one database and one address in the network. The tab that holds a Web
 * Lock works, the others show what it says, and the lock passes on by itself when its tab closes, crashes or is killed.
 */

const LOCK = 'keeptab/engine'
const CHANNEL = 'keeptab/summary'

export interface Leadership<Summary> {
  /** Tells the other tabs how things stand. Does nothing in a tab that does not lead. */
  tell(summary: Summary): void
  /** Gives the work up, for the next tab to take over. */
  resign(): void
}

export interface LeaderEvents<Summary> {
  /** This tab works from now on. At most once. */
  readonly onLead: () => void
  /** Another tab works; with what it last said, `undefined` until it has. */
  readonly onFollow: (summary: Summary | undefined) => void
}

/**
 * @param Summary what structured clone takes
 * @param version of the page: whoever has another one says things that this one need not understand, and is not heard
 */
export function joinTabs<Summary>(version: string, { onLead, onFollow }: LeaderEvents<Summary>): Leadership<Summary> {
  const channel = new BroadcastChannel(`${CHANNEL} ${version}`)
  const resigned = new AbortController()
  let leads = false
  let last: Summary | undefined

  channel.onmessage = ({ data }: MessageEvent<{ ask: true } | { summary: Summary }>) => {
    if ('ask' in data) {
      if (leads && last !== undefined) channel.postMessage({ summary: last })
    } else if (!leads && !resigned.signal.aborted) onFollow(data.summary)
  }
  const work = (): Promise<void> => {
    leads = true
    onLead()
    return new Promise((resolve) => resigned.signal.addEventListener('abort', () => resolve(), { once: true }))
  }
  const { locks } = navigator as { locks?: LockManager }
  // Where tabs cannot agree who works, each does: the page asks to keep only one of them open.
  if (locks === undefined) void work()
  void locks?.request(LOCK, { ifAvailable: true }, async (lock) => {
    if (lock !== null) return work()
    onFollow(undefined)
    channel.postMessage({ ask: true })
    // Not awaited: this request must end before the next one can be granted.
    void locks.request(LOCK, { signal: resigned.signal }, work).catch(() => undefined)
  })

  return {
    tell(summary) {
      last = summary
      if (leads) channel.postMessage({ summary })
    },
    resign() {
      leads = false
      resigned.abort()
      channel.close()
    },
  }
}
