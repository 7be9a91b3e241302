"""
A stranger's restore: words, a coordinator's records and k shards of each pack in, every file out. It follows
docs/format.md, whose sections the headings name, and shares no code with Keeptab.

    python3 stranger.py english.txt < road.json

`english.txt` is the word list of BIP-39. Of the JSON on standard input only `words`, `heads`, `records`, `shards` and,
where devices were removed, `revocations` are read. What was found goes to standard output as JSON, in the form of `expected` in road.json.
"""
import base64
import json
import struct
import sys

from stranger_crypto import hkdf, hmac, is_signed, open_aes, public_key, sha256
from stranger_zstd import unzstd


class Refused(Exception):
    pass


def check(holds, what):
    if not holds:
        raise Refused(what)


# ---- 1. Words

def root_of(words, english):
    check(sha256(english).hex() == '2f5eed53a4727b4bf8880d8f3f199efc90e58503646d9ff8eff3a2ed3b24dbda', 'the word list')
    places = {word: place for place, word in enumerate(english.decode().split('\n')[:-1])}
    words = words.lower().split()
    check(len(words) == 24, 'the number of words')
    bits = 0
    for word in words:
        check(word in places, 'a word')
        bits = bits << 11 | places[word]
    root, checksum = bits.to_bytes(33, 'big')[:32], bits & 255
    check(sha256(root)[0] == checksum, 'the checksum of the words')
    return root


# ---- 2. Keys

def keys_of(root, epoch):
    daily = hkdf(root, b'keeptab/v1/daily/%d' % epoch, 32)
    head_seed = hkdf(daily, b'keeptab/v1/head-key', 32)
    account_seed = hkdf(root, b'keeptab/v1/recovery/account', 32)
    return {
        'root': root,
        'accountSeed': account_seed,
        'account': public_key(account_seed),
        'epoch': epoch,
        'daily': daily,
        'chunkId': hkdf(daily, b'keeptab/v1/chunk-id', 32),
        'content': hkdf(daily, b'keeptab/v1/content', 32),
        'manifest': hkdf(daily, b'keeptab/v1/manifest', 32),
        'headSeed': head_seed,
        'headKey': public_key(head_seed),
        'gearSha256': sha256(hkdf(daily, b'keeptab/v1/gear', 1024)),
    }


class Keyring(dict):
    """The keys of each epoch, made when they are first needed."""

    def __init__(self, root):
        self.root = root

    def __missing__(self, epoch):
        check(0 <= epoch <= 256, 'a key epoch')
        self[epoch] = keys_of(self.root, epoch)
        return self[epoch]


# ---- 3. CBOR and envelopes

def cbor(data):
    value, end = cbor_first(data, 0)
    check(end == len(data), 'bytes behind a value')
    return value


def cbor_first(data, at):
    check(at < len(data), 'a value that ends too early')
    kind, small = data[at] >> 5, data[at] & 31
    at += 1
    if kind == 7:
        check(small in (20, 21, 22), 'a value that is never sent')
        return (False, True, None)[small - 20], at
    number = small
    if small >= 24:
        check(small < 28, 'an indefinite length')
        width = 1 << small - 24
        number, at = int.from_bytes(data[at:at + width], 'big'), at + width
        check(number >= (24 if width == 1 else 1 << 4 * width), 'a number that is not in its shortest form')
    if kind < 2:
        check(number + kind < 1 << 53, 'a number that is too large')
        return (-1 - number if kind else number), at
    if kind in (2, 3):
        check(at + number <= len(data), 'a string that ends too early')
        piece = bytes(data[at:at + number])
        return (piece if kind == 2 else piece.decode('utf-8')), at + number
    check(kind != 6, 'a tag')
    if kind == 4:
        items = []
        for _ in range(number):
            item, at = cbor_first(data, at)
            items.append(item)
        return items, at
    pairs, before = {}, b''
    for _ in range(number):
        start = at
        key, at = cbor_first(data, at)
        check(isinstance(key, str) and before < data[start:at], 'keys that are not in order')
        before = data[start:at]
        pairs[key], at = cbor_first(data, at)
    return pairs, at


def fields(value, needed, optional=(), version=1):
    check(isinstance(value, dict) and needed <= value.keys() <= needed | set(optional), 'other fields than expected')
    check('v' not in needed or value['v'] == version, 'another version')
    return value


def opened(signed, tag, needed, signer, version=1):
    """The body of an envelope, verified by the key that `signer` finds for it."""
    body, signature = cbor(signed)
    value = fields(cbor(body), needed, version=version)
    check(is_signed(signer(value), tag + b'\0' + body, signature), 'a signature')
    return value


def ids(string):
    check(len(string) % 32 == 0, 'a list of ids')
    return [string[at:at + 32] for at in range(0, len(string), 32)]


# ---- 4, 5, 6. Certificate, head, pack record

def certificate(signed, keys):
    if cbor(cbor(signed)[0])['v'] == 2:
        return device_certificate(signed, keys)
    value = opened(signed, b'keeptab/v1/certificate',
                   {'v', 'account', 'device', 'epoch', 'headKey', 'issuedAt'}, lambda body: body['account'])
    check(value['account'] == keys[0]['account'], 'a certificate of another account')
    check(value['headKey'] == keys[value['epoch']]['headKey'], 'a certificate of another epoch')
    return value


def device_certificate(signed, keys):
    parent = lambda body: certificate(body['parent'], keys)
    value = opened(signed, b'keeptab/v2/certificate', {'v', 'parent', 'device', 'issuedAt'},
                   lambda body: parent(body)['device'], version=2)
    check(cbor(cbor(value['parent'])[0])['v'] == 1, 'a certificate that is more than two deep')
    return {**parent(value), 'device': value['device']}


def revocations(signed, keys):
    """All removals, oldest first, each the one after the one before."""
    chain, before = [], None
    for one in signed:
        value = opened(one, b'keeptab/v1/revocation', {'v', 'account', 'epoch', 'devices', 'issuedAt', 'previous'},
                       lambda body: body['account'])
        check(value['account'] == keys[0]['account'], 'a removal of another account')
        check(value['epoch'] == len(chain) + 1 and value['previous'] == before, 'a removal that does not follow')
        chain.append({device: last for device, last, kept in value['devices']})
        before = sha256(one)
    return chain


def counts(head, chain):
    epoch = head['epoch']
    return epoch >= len(chain) or head['sequence'] <= chain[epoch].get(head['device'], 0)


def head(signed, keys):
    value = opened(signed, b'keeptab/v1/head', {'v', 'certificate', 'sequence', 'previous', 'manifest'},
                   lambda body: certificate(body['certificate'], keys)['headKey'])
    owner = certificate(value['certificate'], keys)
    return {**value, 'device': owner['device'], 'epoch': owner['epoch']}


SHARD_SIZES = [(256 + 64 * b) << a for a in range(12) for b in range(4)] + [1 << 20]


def pack_record(signed, pack, keys):
    check(sha256(signed) == pack, 'a record that is not the one of its name')
    value = opened(signed, b'keeptab/v1/pack-record', {'v', 'k', 'n', 'shardBytes', 'roots', 'epoch', 'certificate'},
                   lambda body: certificate(body['certificate'], keys)['device'])
    check(value['shardBytes'] in SHARD_SIZES and len(value['roots']) == 32 * value['n'], 'the numbers of a record')
    check(1 <= value['k'] <= value['n'] and value['n'] - value['k'] <= 256 - power_of_two(value['k']), 'a code')
    check(value['epoch'] == certificate(value['certificate'], keys)['epoch'], 'another key epoch')
    return value


# ---- 7. Shards

def merkle_root(shard):
    level = [sha256(b'\0' + shard[at:at + 16384]) for at in range(0, max(1, len(shard)), 16384)]
    while len(level) > 1:
        pairs = [sha256(b'\1' + level[i] + level[i + 1]) for i in range(0, len(level) - 1, 2)]
        level = pairs + level[2 * len(pairs):]
    return level[0]


def power_of_two(k):
    return 1 << (k - 1).bit_length()


def times(a, b):
    product = 0
    while b:
        product ^= a if b & 1 else 0
        a = a << 1 ^ (0x11D if a & 0x80 else 0)
        b >>= 1
    return product


INVERSE = [0] + [next(x for x in range(256) if times(a, x) == 1) for a in range(1, 256)]
BETA = [1]
while len(BETA) < 8:
    BETA.append(min(x for x in range(256) if times(x, x) ^ x == BETA[-1]))


def point(j):
    total = 0
    for i in range(8):
        total ^= BETA[i] if j >> i & 1 else 0
    return total


def rebuilt(k, known):
    """The pack: data shards by interpolation through k known shards and the zeros."""
    at = lambda index: point(index if index < k else index - k + power_of_two(k))
    points = [at(index) for index in known] + [point(j) for j in range(k, power_of_two(k))]
    pack = b''
    for wanted in range(k):
        total = 0
        for index, shard in known.items():
            factor = 1
            for x in points:
                if x != at(index):
                    factor = times(factor, times(at(wanted) ^ x, INVERSE[at(index) ^ x]))
            product = shard.translate(bytes(times(factor, byte) for byte in range(256)))
            total ^= int.from_bytes(product, 'big')
        pack += total.to_bytes(len(shard), 'big')
    return pack


# ---- 8. Packs and chunks

SEGMENT = 262144


def sealed_length(length):
    return length + 16 * -(-length // SEGMENT)


def open_segments(key, name, sealed, length):
    check(length >= 1 and len(sealed) == sealed_length(length), 'the length of something sealed')
    count, plain = -(-length // SEGMENT), b''
    for i in range(count):
        nonce = bytes(7) + struct.pack('>IB', i, i == count - 1)
        associated = b'\1' + name + struct.pack('>II', i, count)
        plain += open_aes(key, nonce, associated, sealed[i * (SEGMENT + 16):(i + 1) * (SEGMENT + 16)])
    return plain


class Pack:
    def __init__(self, data, keys):
        self.data, self.keys = data, keys
        self.salt = data[:32]
        self.directory_key = hmac(keys['manifest'], b'keeptab/v1/directory-key\0' + self.salt)
        header = open_aes(self.directory_key, b'\1' + bytes(11), b'\1' + self.salt, data[32:56])
        length, version = struct.unpack('>II', header)
        check(version == 1, 'a pack of another format')
        check(length <= 2654224, 'the length of a directory')
        at = 56 + sealed_length(length)
        directory = open_segments(self.directory_key, self.salt, data[56:at], length)
        self.chunks = {}
        for chunk, kind, method, plain, stored, digest in fields(cbor(directory), {'v', 'chunks'})['chunks']:
            check(kind in (0, 1, 2, 3) and method in (0, 1), 'a kind or method')
            check(chunk not in self.chunks and 1 <= stored <= plain <= 1 << 20, 'an entry of a directory')
            check((stored == plain) == (method == 0), 'the lengths of a chunk')
            over = keys['content' if kind == 0 else 'manifest']
            key = hmac(over, b'keeptab/v1/chunk-key\0' + chunk + digest)
            self.chunks[chunk] = {'kind': kind, 'method': method, 'plainLength': plain, 'storedLength': stored,
                                  'offset': at, 'key': key}
            at += sealed_length(stored)
        check(at <= len(data), 'a pack that is shorter than its directory says')

    def chunk(self, chunk):
        entry = self.chunks[chunk]
        sealed = self.data[entry['offset']:entry['offset'] + sealed_length(entry['storedLength'])]
        stored = open_segments(entry['key'], chunk, sealed, entry['storedLength'])
        plain = unzstd(stored, entry['plainLength']) if entry['method'] else stored
        check(hmac(self.keys['chunkId'], plain) == chunk, 'a chunk that is not what its id names')
        return plain


# ---- 9. Manifest and index

def meta(entry):
    return {shown: entry[key] for key, shown in (('m', 'modifiedMicros'), ('p', 'mode')) if key in entry}


SOURCE = {'name', 'way', 'root', 'files', 'directories', 'symlinks', 'leftOut', 'bytes'}


def manifest_in(packs, listed):
    joined = b''
    for pack in listed:
        joined += b''.join(packs[pack].chunk(chunk) for chunk, entry in packs[pack].chunks.items() if entry['kind'] == 3)
    value = cbor(joined)
    needed = {'v', 'snapshot', 'createdAt', 'epoch', 'sources', 'packs', 'indexes', 'history'}
    if isinstance(value, dict) and value.get('v') == 2:
        fields(value, needed | {'rule', 'protected', 'removed'}, version=2)
    else:
        fields(value, needed)
    for source in value['sources']:
        fields(source, SOURCE, {'m', 'p'})
    needed = ids(value['packs'])
    check(needed == sorted(set(needed)), 'packs that do not rise')
    return value


class Snapshot:
    def __init__(self, packs, manifest):
        self.packs, self.place = packs, {}
        needed = set(ids(manifest['packs']))
        for segment in manifest['indexes']:
            pieces = ids(fields(segment, {'n', 'p'})['p'])
            joined = b''.join(packs[pack].chunk(chunk) for chunk, pack in zip(pieces[::2], pieces[1::2]))
            for pack, chunks in fields(cbor(joined), {'v', 'packs'})['packs']:
                if pack in needed:
                    for chunk in ids(chunks):
                        self.place.setdefault(chunk, pack)

    def joined(self, chunks):
        return b''.join(self.packs[self.place[chunk]].chunk(chunk) for chunk in ids(chunks))

    # ---- 10. Directories and files

    def entries(self, node):
        """The entries of a directory; with an eye on memory they would be decoded one by one."""
        data = self.joined(node)
        start = b'\xa2\x61v\x01\x67entries'
        check(data.startswith(start), 'the head of a directory')
        entries, end = cbor_first(data, len(start))
        check(end == len(data), 'bytes behind a directory')
        names = [entry['n'] for entry in entries]
        check(all(a < b for a, b in zip(names, names[1:])), 'the order of names')
        return entries

    def walk(self, node, path=b''):
        for entry in self.entries(node):
            check(entry['n'] not in (b'', b'.', b'..') and not set(b'/\0') & set(entry['n']), 'a name')
            raw = path + entry['n']
            shown = {'path': raw.decode('utf-8', 'replace'), 'pathBytes': raw.hex(),
                     **meta(entry)}
            if entry['t'] == 'd':
                fields(entry, {'t', 'n', 'c'}, {'m', 'p'})
                yield {'kind': 'directory', **shown}
                yield from self.walk(entry['c'], raw + b'/')
            elif entry['t'] == 'l':
                fields(entry, {'t', 'n', 'l'}, {'m'})
                yield {'kind': 'symlink', **shown, 'target': entry['l'].hex()}
            else:
                check(fields(entry, {'t', 'n', 's', 'c'}, {'i', 'm', 'p'})['t'] == 'f', 'an entry')
                content = self.joined(self.joined(entry['c']) if entry.get('i') else entry['c'])
                check(len(content) == entry['s'], 'the length of a file')
                yield {'kind': 'file', **shown, 'size': len(content), 'sha256': sha256(content).hex()}


# ---- The whole road

def from_base64url(text):
    return base64.urlsafe_b64decode(text + '=' * (-len(text) % 4))


def restored(road, english):
    keys = Keyring(root_of(road['words'], english))
    chain = revocations([from_base64url(signed) for signed in road.get('revocations', [])], keys)
    heads = [head(from_base64url(signed), keys) for signed in road['heads']]
    heads = [one for one in heads if counts(one, chain)]

    packs, shown = {}, []
    for told in road['records']:
        pack = bytes.fromhex(told['pack'])
        record = pack_record(from_base64url(told['record']), pack, keys)
        known = {}
        for shard in road['shards']:
            if shard['pack'] != told['pack'] or len(known) == record['k']:
                continue
            data, index = from_base64url(shard['bytes']), shard['index']
            root = record['roots'][32 * index:32 * index + 32]
            if len(data) == record['shardBytes'] and merkle_root(data) == root:
                known[index] = data
        check(len(known) == record['k'], 'too few shards of a pack')
        data = rebuilt(record['k'], known)
        packs[pack] = Pack(data, keys[record['epoch']])
        shown.append({
            'pack': told['pack'],
            **{name: record[name] for name in ('k', 'n', 'shardBytes', 'epoch')},
            'sha256': sha256(data),
            'salt': packs[pack].salt,
            'directoryKey': packs[pack].directory_key,
            'chunks': [{'id': chunk, **entry} for chunk, entry in packs[pack].chunks.items()],
        })

    snapshots = []
    for newest in heads:
        told = manifest_in(packs, newest['manifest'])
        for manifest in [told] + [manifest_in(packs, ids(past['manifest'])) for past in told['history']]:
            snapshot = Snapshot(packs, manifest)
            snapshots.append({
                'snapshot': manifest['snapshot'],
                'device': newest['device'],
                'createdAt': manifest['createdAt'],
                'sources': [
                    {'name': source['name'], **meta(source),
                     'entries': list(snapshot.walk(source['root']))}
                    for source in manifest['sources']
                ],
            })
    snapshots.sort(key=lambda snapshot: snapshot['createdAt'])
    shown_heads = [{name: h[name] for name in ('device', 'sequence', 'previous', 'manifest')} for h in heads]
    return {'keys': keys[0], 'heads': shown_heads, 'packs': shown, 'snapshots': snapshots}


if __name__ == '__main__':
    with open(sys.argv[1], 'rb') as words:
        found = restored(json.load(sys.stdin), words.read())
    json.dump(found, sys.stdout, default=bytes.hex)
