/** Every connection that this page or process has made since this was imported, to cut one or to look into it. */
export const connections: RTCPeerConnection[] = []

const Native = globalThis.RTCPeerConnection
globalThis.RTCPeerConnection = class extends Native {
  constructor(config?: RTCConfiguration) {
    super(config)
    connections.push(this)
  }
}
