/** The limit of the road: one raw, ordered data channel between two processes, 64 KiB messages, nothing on top. */
import '../../headless/node-webrtc.ts'
import { fork } from 'node:child_process'
import { setTimeout } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'

const MESSAGE_BYTES = 64 * 1024
const HIGH_WATER_BYTES = 1024 * 1024

interface Signal {
  readonly description?: RTCSessionDescriptionInit
  readonly candidate?: RTCIceCandidateInit
}

/** Megabytes a second of so many bytes from this process to another. */
export async function rawChannelRate(bytes: number): Promise<number> {
  const other = fork(fileURLToPath(import.meta.url), [String(bytes)], { execArgv: ['--import', 'tsx'] })
  const connection = new RTCPeerConnection({ iceServers: [] })
  const channel = connection.createDataChannel('raw')
  channel.binaryType = 'arraybuffer'
  try {
    const done = new Promise<void>((resolve) => {
      channel.onmessage = () => {
        resolve()
      }
    })
    const opened = new Promise<void>((resolve) => {
      channel.onopen = () => {
        resolve()
      }
    })
    connection.onicecandidate = ({ candidate }) => {
      if (candidate) other.send({ candidate: candidate.toJSON() })
    }
    other.on('message', (signal: Signal) => void receive(connection, signal))
    await new Promise((resolve) => other.once('message', resolve)) // it listens
    await connection.setLocalDescription(await connection.createOffer())
    other.send({ description: connection.localDescription })
    await opened
    const message = new Uint8Array(MESSAGE_BYTES)
    channel.bufferedAmountLowThreshold = HIGH_WATER_BYTES / 4
    const startedAt = performance.now()
    for (let sent = 0; sent < bytes; sent += MESSAGE_BYTES) {
      // The library sometimes swallows the event that the buffer is low, so look again after a while.
      while (channel.bufferedAmount > HIGH_WATER_BYTES) {
        await Promise.race([
          new Promise((resolve) => {
            channel.onbufferedamountlow = resolve
          }),
          setTimeout(5),
        ])
      }
      channel.send(message)
    }
    await done
    return bytes / 1000 / (performance.now() - startedAt)
  } finally {
    connection.close()
    other.kill()
  }
}

async function receive(connection: RTCPeerConnection, { description, candidate }: Signal): Promise<void> {
  if (description) await connection.setRemoteDescription(description)
  if (candidate) await connection.addIceCandidate(candidate)
}

/** The other process: counts, and answers with one byte when all is there. */
function answer(bytes: number): void {
  const connection = new RTCPeerConnection({ iceServers: [] })
  connection.onicecandidate = ({ candidate }) => {
    if (candidate) process.send?.({ candidate: candidate.toJSON() })
  }
  connection.ondatachannel = ({ channel }) => {
    let received = 0
    channel.binaryType = 'arraybuffer'
    channel.onmessage = ({ data }: MessageEvent<ArrayBuffer>) => {
      received += data.byteLength
      if (received >= bytes) channel.send(new Uint8Array(1))
    }
  }
  process.on('message', (signal: Signal) => {
    void receive(connection, signal).then(async () => {
      if (signal.description === undefined) return
      await connection.setLocalDescription(await connection.createAnswer())
      process.send?.({ description: connection.localDescription })
    })
  })
  process.send?.({})
}

if (process.argv[1] === fileURLToPath(import.meta.url)) answer(Number(process.argv[2]))
