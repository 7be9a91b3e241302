/**
 * EVERY key label and every hash or signature tag of Keeptab, in one place, so that no two uses can share one.
 * A version stands in each; a new version is a new line here, and the old line stays for ever.
 */

/** HKDF-SHA-256 `info` values (RFC 5869 §3.2); input key material and output length stand beside each. */
export const keyLabel = {
  /** root secret (32) → Ed25519 seed (32) of the account: the recovery branch. */
  account: 'keeptab/v1/recovery/account',
  /** root secret (32) → daily secret (32) of a key epoch; the epoch's decimal number is appended. */
  daily: 'keeptab/v1/daily/',
  /** daily secret → HMAC key (32) that names chunks. */
  chunkId: 'keeptab/v1/chunk-id',
  /** daily secret → HMAC key (32) from which the key of each file chunk is made. */
  content: 'keeptab/v1/content',
  /** daily secret → HMAC key (32) for trees, indexes, manifests and pack directories. */
  manifest: 'keeptab/v1/manifest',
  /** daily secret → 1024 bytes: the chunker's gear table, 256 big-endian u32. */
  gear: 'keeptab/v1/gear',
  /** daily secret → Ed25519 seed (32) that signs heads. */
  head: 'keeptab/v1/head-key',
  /** device seed (32) → X25519 private key (32) to which envelopes are sealed. */
  box: 'keeptab/v1/box',
  /** device seed (32) → AES key (32) under which a device keeps the daily secrets it may hand on. */
  vault: 'keeptab/v1/vault',
  /** X25519 shared secret ‖ ephemeral public key ‖ receiver's public key (96) → AES key (32) of one envelope. */
  envelope: 'keeptab/v1/envelope',
  /** join secret (32) → name (16) of the mailbox in which two devices meet. */
  pairingName: 'keeptab/v1/pairing/name',
  /** join secret (32) → AES key (32) for what they leave there. */
  pairingKey: 'keeptab/v1/pairing/key',
} as const

/** First bytes of everything that is signed with Ed25519: tag, a zero byte, then the canonical CBOR. */
export const signatureTag = {
  certificate: 'keeptab/v1/certificate',
  /** A certificate by a device instead of the account. */
  deviceCertificate: 'keeptab/v2/certificate',
  revocation: 'keeptab/v1/revocation',
  givenUp: 'keeptab/v1/given-up',
  deviceRecord: 'keeptab/v1/device',
  join: 'keeptab/v1/join',
  packRecord: 'keeptab/v1/pack-record',
  head: 'keeptab/v1/head',
  placementTicket: 'keeptab/v1/placement-ticket',
  readTicket: 'keeptab/v1/read-ticket',
  shardReceipt: 'keeptab/v1/shard-receipt',
  inventory: 'keeptab/v1/inventory',
  auditAnswer: 'keeptab/v1/audit-answer',
  condemnation: 'keeptab/v1/condemnation',
  dropOrder: 'keeptab/v1/drop-order',
  signIn: 'keeptab/v1/sign-in',
  link: 'keeptab/v1/link',
  visit: 'keeptab/v1/visit',
} as const

/** First bytes of what is hashed under a keyed hash. */
export const macTag = {
  chunkKey: 'keeptab/v1/chunk-key',
  directorySalt: 'keeptab/v1/directory-salt',
  directoryKey: 'keeptab/v1/directory-key',
  fillKey: 'keeptab/v1/fill-key',
  /** Under the manifest key of an epoch: key of the names of devices. */
  deviceNameKey: 'keeptab/v1/device-name-key',
  /** Under the secret of a day of the beacon: what a keeper is asked to prove. */
  auditChoice: 'keeptab/v1/audit-choice',
} as const

/** First bytes of what is hashed slowly. */
export const slowHashTag = {
  /** Three of the 24 words, by which a paper is checked. */
  paper: 'keeptab/v1/paper',
} as const

export type SignatureTag = (typeof signatureTag)[keyof typeof signatureTag]
