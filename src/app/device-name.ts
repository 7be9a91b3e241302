/** What a browser is called among the devices of its account until somebody says otherwise, such as `Chrome · Windows`. */

/** In this order: each of them also says that it is like the ones below. */
const browsers: readonly (readonly [RegExp, string])[] = [
  [/Edg\//, 'Edge'],
  [/OPR\//, 'Opera'],
  [/SamsungBrowser\//, 'Samsung Internet'],
  [/Firefox\/|FxiOS\//, 'Firefox'],
  [/Chrome\/|CriOS\//, 'Chrome'],
  [/Safari\//, 'Safari'],
]
const systems: readonly (readonly [RegExp, string])[] = [
  [/Android/, 'Android'],
  [/iPhone|iPad/, 'iOS'],
  [/CrOS/, 'ChromeOS'],
  [/Windows/, 'Windows'],
  [/Mac OS/, 'macOS'],
  [/Linux/, 'Linux'],
]

/** Made of product names, which are the same in every language. */
export function defaultDeviceName(userAgent = navigator.userAgent): string {
  const named = (list: typeof browsers): string | undefined => list.find(([sign]) => sign.test(userAgent))?.[1]
  const [browser, system] = [named(browsers) ?? 'Browser', named(systems)]
  return system === undefined ? browser : `${browser} · ${system}`
}
