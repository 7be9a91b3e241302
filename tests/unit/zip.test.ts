import { crc32 as zlibCrc32 } from 'node:zlib'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { zipDownload } from '../../src/backup/zip.ts'
import type { RestoreTarget } from '../../src/backup/target.ts'
import { concat, own, utf8, type Bytes } from '../../src/core/bytes.ts'
import { crc32 } from '../../src/core/crc32.ts'

interface Read {
  readonly name: string
  readonly mode: number
  readonly seconds: number | undefined
  readonly bytes: Bytes
}

/** Reads a ZIP the way unzip does: from its end, then each entry where the directory says it is. */
function readZip(zip: Bytes): Read[] {
  const view = new DataView(zip.buffer, zip.byteOffset, zip.length)
  const end = zip.length - 22
  expect(view.getUint32(end, true)).toBe(0x06054b50)
  let at = view.getUint32(end + 16, true)
  return Array.from({ length: view.getUint16(end + 10, true) }, () => {
    expect(view.getUint32(at, true)).toBe(0x02014b50)
    const [sum, size] = [view.getUint32(at + 16, true), view.getUint32(at + 20, true)]
    const [nameLength, extraLength] = [view.getUint16(at + 28, true), view.getUint16(at + 30, true)]
    const name = zip.slice(at + 46, at + 46 + nameLength)
    const extra = at + 46 + nameLength
    const local = view.getUint32(at + 42, true)
    expect(view.getUint32(local, true)).toBe(0x04034b50)
    const start = local + 30 + view.getUint16(local + 26, true) + view.getUint16(local + 28, true)
    const bytes = zip.slice(start, start + size)
    expect(zlibCrc32(bytes)).toBe(sum)
    const read = {
      name: new TextDecoder().decode(name),
      mode: view.getUint16(at + 40, true),
      seconds: extraLength === 9 ? view.getInt32(extra + 5, true) : undefined,
      bytes,
    }
    at += 46 + nameLength + extraLength
    return read
  })
}

async function zipOf(write: (target: RestoreTarget) => Promise<void>): Promise<{ zip: Read[]; notices: string[] }> {
  const notices: string[] = []
  const { target, stream } = zipDownload((what, path, detail) => notices.push(`${what} ${path} ${detail}`))
  const [bytes] = await Promise.all([new Response(stream).arrayBuffer(), write(target).then(() => target.finish())])
  return { zip: readZip(new Uint8Array(bytes)), notices }
}

async function* inParts(bytes: Bytes, size = 1000): AsyncIterable<Bytes> {
  for (let at = 0; at < bytes.length; at += size) yield await Promise.resolve(bytes.slice(at, at + size))
}

test('the checksum is that of every other ZIP program, whole or in parts', () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 5000 }), fc.nat(5000), (bytes, cut) => {
      expect(crc32(bytes)).toBe(zlibCrc32(bytes))
      expect(crc32(bytes.subarray(cut), crc32(bytes.subarray(0, cut)))).toBe(zlibCrc32(bytes))
    }),
  )
})

describe('a restore into a ZIP', () => {
  test('has one line for a directory that is entered again for what came later', async () => {
    const { zip } = await zipOf(async (target) => {
      await target.enterDirectory(utf8('folder'), {})
      await target.file(utf8('first'), 1, {}, inParts(utf8('1')))
      await target.leaveDirectory()
      target.again()
      await target.enterDirectory(utf8('folder'), {})
      target.skip(utf8('first'))
      await target.file(utf8('second'), 1, {}, inParts(utf8('2')))
      await target.leaveDirectory()
    })
    expect(zip.map(({ name }) => name)).toEqual(['folder/', 'folder/first', 'folder/second'])
  })

  test('keeps names, bytes, modes, times to the second, links and empty directories', async () => {
    const big = own(Uint8Array.from({ length: 30_000 }, (_, i) => i % 251))
    const meta = { modifiedMicros: 1_700_000_001_999_999, mode: 0o640 }
    const { zip, notices } = await zipOf(async (target) => {
      await target.enterDirectory(utf8('Fotos ☀'), { modifiedMicros: -5_000_000, mode: 0o711 })
      await target.file(utf8('a: *?.bin'), big.length, meta, inParts(big))
      await target.enterDirectory(utf8('empty'), {})
      await target.leaveDirectory()
      await target.file(utf8('nothing'), 0, {}, inParts(new Uint8Array(0)))
      await target.symlink(utf8('link'), utf8('../../etc/passwd'), meta)
      await target.leaveDirectory()
      await target.file(utf8('last'), 1, {}, inParts(utf8('x')))
    })
    expect(notices).toEqual([])
    expect(zip).toEqual([
      { name: 'Fotos ☀/', mode: 0o040711, seconds: -5, bytes: new Uint8Array(0) },
      { name: 'Fotos ☀/a: *?.bin', mode: 0o100640, seconds: 1_700_000_001, bytes: big },
      { name: 'Fotos ☀/empty/', mode: 0o040755, seconds: undefined, bytes: new Uint8Array(0) },
      { name: 'Fotos ☀/nothing', mode: 0o100644, seconds: undefined, bytes: new Uint8Array(0) },
      { name: 'Fotos ☀/link', mode: 0o120640, seconds: 1_700_000_001, bytes: utf8('../../etc/passwd') },
      { name: 'last', mode: 0o100644, seconds: undefined, bytes: utf8('x') },
    ])
  })

  test('no name climbs out of the directory it is unpacked in, and each that was changed is told', async () => {
    const hostile = ['..', '.', '', '../x', '..\\x', '/etc', 'C:\\x', 'nul\0byte', '..\\..\\..']
    const { zip, notices } = await zipOf(async (target) => {
      for (const name of hostile) await target.file(utf8(name), 0, {}, inParts(new Uint8Array(0)))
    })
    for (const { name } of zip) {
      expect(name).not.toMatch(/[/\0]|^[A-Za-z]:\\|^\\|(^|\\)\.\.(\\|$)/)
      expect(['', '.', '..']).not.toContain(name)
    }
    expect(notices).toHaveLength(hostile.length)
  })

  test('a slow reader holds the restore up instead of filling memory', async () => {
    const { target, stream } = zipDownload(() => undefined)
    let handedOver = 0
    async function* source(): AsyncIterable<Bytes> {
      for (let i = 0; i < 64; i += 1) {
        handedOver += 1
        yield await Promise.resolve(new Uint8Array(1 << 20))
      }
    }
    const written = target.file(utf8('big'), 64 << 20, {}, source()).then(() => target.finish())
    const reader = stream.getReader()
    let read = 0
    let most = 0
    for (let part = await reader.read(); !part.done; part = await reader.read()) {
      read += part.value.length
      most = Math.max(most, handedOver - Math.floor(read / (1 << 20)))
    }
    await written
    expect(handedOver).toBe(64)
    expect(most).toBeLessThanOrEqual(4)
  })

  test('a download that is cancelled stops the restore', async () => {
    const { target, stream } = zipDownload(() => undefined)
    await stream.cancel('changed my mind')
    const bytes = concat(new Uint8Array(5_000_000))
    await expect(target.file(utf8('a'), bytes.length, {}, inParts(bytes))).rejects.toMatchObject({
      code: 'target-refused',
    })
  })

  test('a restore that fails breaks the download off', async () => {
    const { stream, abort } = zipDownload(() => undefined)
    abort(new Error('too few shards'))
    await expect(new Response(stream).arrayBuffer()).rejects.toThrow()
  })
})
