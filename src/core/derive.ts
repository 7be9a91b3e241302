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
} as const

/** First bytes of everything that is signed with Ed25519: tag, a zero byte, then the canonical CBOR. */
export const signatureTag = {
  certificate: 'keeptab/v1/certificate',
  packRecord: 'keeptab/v1/pack-record',
  head: 'keeptab/v1/head',
  placementTicket: 'keeptab/v1/placement-ticket',
  shardReceipt: 'keeptab/v1/shard-receipt',
  inventory: 'keeptab/v1/inventory',
  signIn: 'keeptab/v1/sign-in',
  link: 'keeptab/v1/link',
} as const

/** First bytes of what is hashed under a keyed hash. */
export const macTag = {
  chunkKey: 'keeptab/v1/chunk-key',
  directorySalt: 'keeptab/v1/directory-salt',
  directoryKey: 'keeptab/v1/directory-key',
  fillKey: 'keeptab/v1/fill-key',
} as const

/** First bytes of what is hashed slowly. */
export const slowHashTag = {
  /** Three of the 24 words, by which a paper is checked. */
  paper: 'keeptab/v1/paper',
} as const

export type SignatureTag = (typeof signatureTag)[keyof typeof signatureTag]
