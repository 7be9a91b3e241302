/** A headless peer's data folder: one process at a time, secrets for its owner's eyes only. */
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { chmod, mkdir, stat, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { openDataDir } from '../../headless/data-dir.ts'
import { dailySecret, newDevice } from '../../src/identity/keys.ts'
import { refusedWith } from './law.ts'
import { inTemporaryDirectory } from './temporary-directory.ts'

const modeOf = async (path: string): Promise<number> => (await stat(path)).mode & 0o777

test('an identity is saved once, for its owner alone, and comes back whole', () =>
  inTemporaryDirectory(async (parent) => {
    const path = join(parent, 'a', 'data')
    const root = new Uint8Array(32).fill(3)
    const deviceSeed = new Uint8Array(32).fill(4)
    const identity = await newDevice(root, deviceSeed, 1_000)
    const { certificate } = identity
    const secrets = { deviceSeed, secrets: [await dailySecret(root, 0)], certificate, revocations: [] }
    let data = await openDataDir(path)
    expect(await data.loadIdentity()).toBeUndefined()
    expect(await data.loadCoordinator()).toBeUndefined()
    await data.saveIdentity(secrets)
    await data.saveCoordinator('http://localhost:8787')
    await refusedWith('already-initialised', data.saveIdentity(secrets))
    await data.close()
    data = await openDataDir(path)
    const loaded = await data.loadIdentity()
    expect(loaded?.device).toBe(identity.device)
    expect(loaded?.certificate).toEqual(identity.certificate)
    expect(loaded?.daily.gear).toEqual(identity.daily.gear)
    expect(await data.loadCoordinator()).toBe('http://localhost:8787')
    expect(await modeOf(path)).toBe(0o700)
    expect(await modeOf(join(path, 'identity.cbor'))).toBe(0o600)
    await data.close()
  }))

test('a damaged identity is refused and not replaced', () =>
  inTemporaryDirectory(async (path) => {
    await writeFile(join(path, 'identity.cbor'), 'nonsense')
    const data = await openDataDir(path)
    await refusedWith('malformed', data.loadIdentity())
    await data.close()
  }))

test('a second process is told which one uses the folder, and gets it once that one is gone', () =>
  inTemporaryDirectory(async (path) => {
    const program = `
      import { openDataDir } from ${JSON.stringify(new URL('../../headless/data-dir.ts', import.meta.url).href)}
      await openDataDir(process.argv[1])
      process.stdout.write('open')
      setInterval(() => undefined, 1000)
    `
    const holder = spawn(process.execPath, ['--import', 'tsx', '--input-type=module', '-e', program, path], {
      stdio: ['ignore', 'pipe', 'inherit'],
    })
    const exited = once(holder, 'exit')
    try {
      await once(holder.stdout, 'data')
      await expect(openDataDir(path)).rejects.toMatchObject({ code: 'in-use', data: { pid: holder.pid } })
    } finally {
      holder.kill('SIGKILL')
      await exited
    }
    await (await openDataDir(path)).close()
  }))

test('of many that open a folder at once in one process exactly one gets it', () =>
  inTemporaryDirectory(async (path) => {
    const opened = await Promise.allSettled(Array.from({ length: 8 }, () => openDataDir(path)))
    const winners = opened.filter((result) => result.status === 'fulfilled')
    expect(winners).toHaveLength(1)
    for (const winner of winners) await winner.value.close()
    await (await openDataDir(path)).close()
  }))

test('a lock whose process number belongs to somebody else by now is taken over', () =>
  inTemporaryDirectory(async (path) => {
    // Process 1 lives, but it did not start at this time.
    await writeFile(join(path, 'lock'), '1 99999999999')
    await (await openDataDir(path)).close()
  }))

test('a folder that cannot be written to is refused with a typed error', () =>
  inTemporaryDirectory(async (parent) => {
    const path = join(parent, 'file')
    await writeFile(path, 'not a folder')
    await refusedWith('store-failed', openDataDir(path))
    await mkdir(join(parent, 'ok'))
    await chmod(join(parent, 'ok'), 0o755)
    await (await openDataDir(join(parent, 'ok'))).close()
  }))
