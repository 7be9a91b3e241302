/** Tests that need no browser: laws of single modules, one contract suite per interface, and the frozen vectors of the format. */
import { svelte } from '@sveltejs/vite-plugin-svelte'
import { defineConfig } from 'vitest/config'

const project = (name: string, timeoutMs: number) => ({
  extends: true as const,
  test: {
    name,
    include: [`tests/${name}/**/*.test.ts`],
    environment: 'node',
    testTimeout: timeoutMs,
    hookTimeout: timeoutMs,
  },
})

export default defineConfig({
  // State classes in *.svelte.ts files hold runes, which only the compiler understands.
  plugins: [svelte()],
  test: {
    allowOnly: false,
    // A second, which it is by itself, is not long where all tests share two cores.
    expect: { poll: { timeout: 20_000 } },
    // By itself it leaves one core idle, which of two is half of the time.
    maxWorkers: '100%',
    // The contract suites start real databases and peers, which two cores take their time for.
    projects: [project('unit', 30_000), project('contract', 120_000), project('vectors', 60_000)],
  },
})
