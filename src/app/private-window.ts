/**
 * Whether this window forgets everything when it is closed, as private ones do: then nothing may be given away here that
 * others rely on. Browsers do not want pages to know. Firefox and Safari refuse their private file system in such windows,
 * as they do where a person lets sites store nothing for long; Chromium since 138 answers alike in both (tried in 156).
 */
/** `unknown`: the browser does not tell. */
export type WindowMemory = 'forgets' | 'unknown' | 'lasts'

/** Changes nothing. Never rejects. */
export async function windowMemory(): Promise<WindowMemory> {
  const storage = (navigator as { storage?: Partial<StorageManager> }).storage
  const persisted = await storage?.persisted?.().catch(() => false)
  const installed = matchMedia('(display-mode: standalone)').matches
  const mayNotify = 'Notification' in globalThis && Notification.permission === 'granted'
  // No private window that was tried was granted any of these; a file system may fail for other reasons than a private one.
  if (persisted === true || installed || mayNotify) return 'lasts'
  try {
    await storage?.getDirectory?.()
    return 'unknown'
  } catch {
    return 'forgets'
  }
}
