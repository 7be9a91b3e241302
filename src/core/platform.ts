/** Browser engine and operating system: what many devices share, and may fail with at one blow. A closed set. */

const engines = ['chromium', 'firefox', 'webkit', 'node', 'other'] as const
const systems = ['windows', 'macos', 'linux', 'android', 'ios', 'other'] as const

type Engine = (typeof engines)[number]
type System = (typeof systems)[number]
export type Platform = `${Engine}-${System}`

export const PLATFORMS: readonly Platform[] = engines.flatMap((engine) =>
  systems.map((system): Platform => `${engine}-${system}`),
)
/** Of a device that has not said. */
export const NO_PLATFORM: Platform = 'other-other'

/** What gives each away in a user agent. The first that is found counts: later ones stand in the texts of earlier ones too. */
const engineMarks: readonly (readonly [RegExp, Engine])[] = [
  [/Firefox\//, 'firefox'],
  [/Chrom(e|ium)\//, 'chromium'],
  [/AppleWebKit\//, 'webkit'],
]
const systemMarks: readonly (readonly [RegExp, System])[] = [
  [/Android/, 'android'],
  [/Windows/, 'windows'],
  [/Mac OS X/, 'macos'],
  [/Linux|CrOS/, 'linux'],
]

/** @param userAgent what a browser says of itself; on iOS all of them are WebKit */
export function platformOfBrowser(userAgent: string): Platform {
  if (/iPhone|iPad|iPod/.test(userAgent)) return 'webkit-ios'
  const first = <Name>(marks: readonly (readonly [RegExp, Name])[]): Name | 'other' =>
    marks.find(([mark]) => mark.test(userAgent))?.[1] ?? 'other'
  return `${first(engineMarks)}-${first(systemMarks)}`
}

/** @param system as Node names it */
export function platformOfNode(system: string): Platform {
  const names: Readonly<Record<string, System>> = {
    win32: 'windows',
    darwin: 'macos',
    linux: 'linux',
    android: 'android',
  }
  return `node-${names[system] ?? 'other'}`
}
