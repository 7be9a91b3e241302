import { describe, expect, test } from 'vitest'
import { parseDeviceId } from '../../src/core/ids.ts'
import { KeeptabError, type ErrorCode } from '../../src/core/errors.ts'
import { GB } from '../../src/core/units.ts'
import { chiefOf, examine, stages, type DeviceProbes, type Finding, type Probes } from '../../src/app/doctor.ts'
import { reportOf } from '../../src/app/doctor-report.ts'

const fails = (code: ErrorCode) => () => Promise.reject(new KeeptabError(code))

const device: DeviceProbes = {
  signIn: () => Promise.resolve([{ urls: ['stun:s'] }, { urls: ['turn:t'], username: 'u', credential: 'p' }]),
  live: () => Promise.resolve(),
  rendezvous: () => Promise.resolve(),
  keepers: () => Promise.resolve({ tried: 3, reached: 3 }),
}
const well: Probes = {
  secure: () => true,
  online: () => true,
  coordinator: () => Promise.resolve({ aheadMs: 0, tookMs: 3 }),
  device,
  gather: (_, policy) => Promise.resolve({ kinds: policy === 'relay' ? ['relay'] : ['host', 'srflx'], refusals: [] }),
  channel: () => Promise.resolve(),
  storage: () => Promise.resolve({ quotaBytes: 10 * GB, usedBytes: GB, wrote: 'well' }),
  persisted: () => Promise.resolve(true),
  folders: () => Promise.resolve({ all: 1, refused: 0, gone: 0 }),
  notifications: () => 'granted',
}
const withDevice = (faulty: Partial<DeviceProbes>): Partial<Probes> => ({ device: { ...device, ...faulty } })

async function findingsOf(faulty: Partial<Probes>): Promise<Finding[]> {
  const findings: Finding[] = []
  await examine({ ...well, ...faulty }, (finding) => findings.push(finding))
  return findings
}

test('where nothing is wrong, every stage is well', async () => {
  const findings = await findingsOf({})
  expect(findings.map(({ stage }) => stage)).toEqual(stages)
  expect(findings.filter(({ found }) => found !== 'well')).toEqual([])
  expect(chiefOf(findings)).toBeUndefined()
})

const faults: readonly [stage: string, found: string, faulty: Partial<Probes>][] = [
  ['secure', 'insecure', { secure: () => false }],
  ['coordinator', 'coordinator-down', { coordinator: fails('coordinator-unreachable') }],
  ['coordinator', 'offline', { coordinator: fails('coordinator-unreachable'), online: () => false }],
  ['coordinator', 'coordinator-foreign', { coordinator: fails('malformed') }],
  ['coordinator', 'coordinator-refuses', { coordinator: fails('too-many-requests') }],
  ['clock', 'clock-wrong', { coordinator: () => Promise.resolve({ aheadMs: -301_000, tookMs: 3 }) }],
  ['sign-in', 'sign-in-refused', withDevice({ signIn: fails('certificate-invalid') })],
  ['live', 'live-blocked', withDevice({ live: fails('timeout') })],
  ['rendezvous', 'rendezvous-blocked', withDevice({ rendezvous: fails('coordinator-unreachable') })],
  ['ice', 'webrtc-blocked', { gather: () => Promise.reject(new TypeError('RTCPeerConnection is undefined')) }],
  ['ice', 'no-addresses', { gather: () => Promise.resolve({ kinds: [], refusals: [] }) }],
  [
    'ice',
    'stun-silent',
    {
      gather: (_, policy) =>
        Promise.resolve(policy === 'relay' ? { kinds: ['relay'], refusals: [] } : { kinds: ['host'], refusals: [701] }),
    },
  ],
  [
    'turn',
    'turn-refused',
    {
      gather: (_, policy) =>
        Promise.resolve(
          policy === 'relay' ? { kinds: [], refusals: [701, 401] } : { kinds: ['host', 'srflx'], refusals: [] },
        ),
    },
  ],
  [
    'turn',
    'turn-dead',
    {
      gather: (_, policy) =>
        Promise.resolve(
          policy === 'relay' ? { kinds: [], refusals: [701] } : { kinds: ['host', 'srflx'], refusals: [] },
        ),
    },
  ],
  ['channel', 'channel-blocked', { channel: fails('timeout') }],
  ['keepers', 'keepers-unreachable', withDevice({ keepers: () => Promise.resolve({ tried: 3, reached: 0 }) })],
  ['storage', 'storage-full', { storage: () => Promise.resolve({ wrote: 'full' }) }],
  ['storage', 'storage-failed', { storage: () => Promise.resolve({ wrote: 'failed' }) }],
  ['storage', 'storage-low', { storage: () => Promise.resolve({ quotaBytes: GB, usedBytes: 1, wrote: 'well' }) }],
  ['persistence', 'not-persistent', { persisted: () => Promise.resolve(false) }],
  ['folders', 'folders-refused', { folders: () => Promise.resolve({ all: 2, refused: 1, gone: 0 }) }],
  ['folders', 'folders-gone', { folders: () => Promise.resolve({ all: 2, refused: 0, gone: 1 }) }],
  ['notifications', 'notifications-off', { notifications: () => 'default' }],
]
test.each(faults)('%s: %s is the first thing that is said', async (stage, found, faulty) => {
  const findings = await findingsOf(faulty)
  expect(findings.map((finding) => finding.stage)).toEqual(stages)
  expect(chiefOf(findings)).toMatchObject({ stage, found })
})

describe('what could not be tried says why', () => {
  test.each([
    ['turn', 'no-turn', withDevice({ signIn: () => Promise.resolve([]) })],
    ['turn', 'after-sign-in', { device: 'no-account' }],
    ['sign-in', 'no-account', { device: 'no-account' }],
    ['keepers', 'elsewhere', { device: 'elsewhere' }],
    ['keepers', 'no-keepers', withDevice({ keepers: fails('not-enough-keepers') })],
    ['sign-in', 'after-coordinator', { coordinator: fails('timeout') }],
    ['folders', 'no-folders', { folders: () => Promise.resolve({ all: 0, refused: 0, gone: 0 }) }],
  ] as [string, string, Partial<Probes>][])('%s: %s', async (stage, found, faulty) => {
    expect(await findingsOf(faulty)).toContainEqual(expect.objectContaining({ stage, found, verdict: 'skipped' }))
  })
})

test('a report has the first digits of ids and no more of them', async () => {
  const own = parseDeviceId('ab'.repeat(32))
  const findings = await findingsOf({ channel: fails('timeout') })
  const report = reportOf({
    at: 0,
    browser: 'a browser',
    device: own,
    findings,
    limits: ['metered'],
    hidden: undefined,
    log: [{ at: 0, what: 'link-failed', code: 'peer-unreachable', peer: 'cdcdcdcd' }],
  })
  expect(JSON.parse(report)).toMatchObject({ device: 'abababab', limits: ['metered'] })
  expect(report).toContain('channel-blocked')
  expect(report).not.toMatch(/(?:ab){5}|(?:cd){5}/)
})
