/**
 * The coordinator's CSP asks for Trusted Types: a text becomes the address of a script only through this policy. What
 * may run is a worker of this build and nothing that came over the network or out of a backup.
 */
const OURS = /^\/(assets\/[\w.-]+\.js|service-worker\.js)$/

interface TrustedTypes {
  createPolicy(name: 'default', rules: { createScriptURL: (url: string) => string | null }): unknown
}

/** Before the first worker is started. Browsers without Trusted Types have no `trustedTypes` and check nothing. */
export function trustOwnScripts(): void {
  const { trustedTypes } = globalThis as { trustedTypes?: TrustedTypes }
  if (import.meta.env.DEV) return
  trustedTypes?.createPolicy('default', {
    createScriptURL: (url) => {
      const { origin, pathname } = new URL(url, location.href)
      return origin === location.origin && OURS.test(pathname) ? url : null
    },
  })
}
