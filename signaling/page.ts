/** Serves the built page, under headers that keep it from becoming anything else (threats.md, T29). */
import { existsSync } from 'node:fs'
import { resolve } from 'node:path'
import { serveStatic } from '@hono/node-server/serve-static'
import type { Env, MiddlewareHandler } from 'hono'

/** `wss:` reaches other coordinators; `'self'` covers this one's sockets, with and without TLS. */
const contentSecurityPolicy = [
  "default-src 'none'",
  "script-src 'self' 'wasm-unsafe-eval'",
  "worker-src 'self'",
  "manifest-src 'self'",
  "font-src 'self'",
  "media-src 'self' blob:",
  "connect-src 'self' wss:",
  "style-src 'self'",
  "img-src 'self' blob:",
  // A download comes out of the service worker into a frame that is never seen.
  "frame-src 'self'",
  "base-uri 'none'",
  "form-action 'none'",
  "frame-ancestors 'none'",
  "require-trusted-types-for 'script'",
].join('; ')

const headers: Readonly<Record<string, string>> = {
  'Content-Security-Policy': contentSecurityPolicy,
  'X-Content-Type-Options': 'nosniff',
  'Referrer-Policy': 'no-referrer',
  'Cross-Origin-Opener-Policy': 'same-origin',
  'Cross-Origin-Resource-Policy': 'same-origin',
  'Permissions-Policy': 'camera=(), microphone=(), geolocation=(), payment=(), usb=()',
}

/** Security headers on everything; with TLS also that it stays so. */
export const securityHeaders =
  ({ tls }: { readonly tls: boolean }): MiddlewareHandler =>
  async (context, next) => {
    await next()
    for (const [name, value] of Object.entries(headers)) context.header(name, value)
    if (tls) context.header('Strict-Transport-Security', 'max-age=31536000')
  }

/** The files of a folder, or `undefined` when there is no built page in it. */
export function createPage<E extends Env>(folder: string): MiddlewareHandler<E> | undefined {
  const root = resolve(folder)
  if (!existsSync(resolve(root, 'index.html'))) return undefined
  return serveStatic<E>({
    root,
    // A screen of its own in the same page.
    rewriteRequestPath: (path) => (path === '/operator' ? '/index.html' : path),
    onFound: (path, context) => {
      // vite puts a hash of the content into the names under assets/; everything else is asked for again each time.
      const isImmutable = path.startsWith(resolve(root, 'assets'))
      context.header('Cache-Control', isImmutable ? 'public, max-age=31536000, immutable' : 'no-cache')
    },
  })
}
