/** Browser engine and operating system: what many devices share, and may fail with at one blow. A closed set. */

const engines = ['chromium', 'firefox', 'webkit', 'node', 'other'] as const
const systems = ['windows', 'macos', 'linux', 'android', 'ios', 'other'] as const

export type Platform = `${(typeof engines)[number]}-${(typeof systems)[number]}`

export const PLATFORMS: readonly Platform[] = engines.flatMap((engine) =>
  systems.map((system): Platform => `${engine}-${system}`),
)
/** Of a device that has not said. */
export const NO_PLATFORM: Platform = 'other-other'

/** @param userAgent what a browser says of itself; on iOS all of them are WebKit */
export function platformOfBrowser(userAgent: string): Platform {
  const has = (word: RegExp): boolean => word.test(userAgent)
  if (has(/iPhone|iPad|iPod/)) return 'webkit-ios'
  const engine = has(/Firefox\//)
    ? 'firefox'
    : has(/Chrom(e|ium)\//)
      ? 'chromium'
      : has(/AppleWebKit\//)
        ? 'webkit'
        : 'other'
  const system = has(/Android/)
    ? 'android'
    : has(/Windows/)
      ? 'windows'
      : has(/Mac OS X/)
        ? 'macos'
        : has(/Linux|CrOS/)
          ? 'linux'
          : 'other'
  return `${engine}-${system}`
}

/** @param system as Node names it */
export function platformOfNode(system: string): Platform {
  const names: Readonly<Record<string, (typeof systems)[number]>> = {
    win32: 'windows',
    darwin: 'macos',
    linux: 'linux',
    android: 'android',
  }
  return `node-${names[system] ?? 'other'}`
}
