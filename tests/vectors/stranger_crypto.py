"""What Python's standard library leaves out: HKDF, AES-256-GCM opening and Ed25519, plain and slow."""
import hashlib
import hmac as _hmac


def sha256(data):
    return hashlib.sha256(data).digest()


def hmac(key, message):
    return _hmac.new(key, message, hashlib.sha256).digest()


def hkdf(secret, info, length):
    """RFC 5869 with an empty salt."""
    prk = hmac(b'', secret)
    out, block = b'', b''
    counter = 1
    while len(out) < length:
        block = hmac(prk, block + info + bytes([counter]))
        out += block
        counter += 1
    return out[:length]


# ---- AES-256 (FIPS 197), encryption only: counter mode needs no more.

def _xtime(a):
    return (a << 1) ^ (0x11B if a & 0x80 else 0)


def _sbox():
    power, log = [1] * 256, [0] * 256
    for i in range(1, 256):
        power[i] = power[i - 1] ^ _xtime(power[i - 1])
        log[power[i]] = i
    box = [0x63] * 256
    for a in range(1, 256):
        b = power[(255 - log[a]) % 255]
        c = b
        for shift in range(1, 5):
            c ^= ((b << shift) | (b >> (8 - shift))) & 0xFF
        box[a] = c ^ 0x63
    return box


SBOX = _sbox()
# One table for each row: SubBytes, ShiftRows and MixColumns of a byte as a column of 32 bits.
T = [[], [], [], []]
for _s in SBOX:
    _column = _xtime(_s) << 24 | _s << 16 | _s << 8 | (_xtime(_s) ^ _s)
    for _row in range(4):
        T[_row].append((_column >> (8 * _row) | _column << (32 - 8 * _row)) & 0xFFFFFFFF)


def _expand(key):
    words = [int.from_bytes(key[4 * i:4 * i + 4], 'big') for i in range(8)]
    substitute = lambda w: int.from_bytes(bytes(SBOX[b] for b in w.to_bytes(4, 'big')), 'big')
    constant = 1
    for i in range(8, 60):
        w = words[i - 1]
        if i % 8 == 0:
            w = substitute(((w << 8) | (w >> 24)) & 0xFFFFFFFF) ^ constant << 24
            constant = _xtime(constant)
        elif i % 8 == 4:
            w = substitute(w)
        words.append(words[i - 8] ^ w)
    return words


def _block(words, block):
    T0, T1, T2, T3 = T
    a, b, c, d = (int.from_bytes(block[4 * i:4 * i + 4], 'big') ^ words[i] for i in range(4))
    for r in range(4, 56, 4):
        a, b, c, d = (
            T0[a >> 24] ^ T1[b >> 16 & 255] ^ T2[c >> 8 & 255] ^ T3[d & 255] ^ words[r],
            T0[b >> 24] ^ T1[c >> 16 & 255] ^ T2[d >> 8 & 255] ^ T3[a & 255] ^ words[r + 1],
            T0[c >> 24] ^ T1[d >> 16 & 255] ^ T2[a >> 8 & 255] ^ T3[b & 255] ^ words[r + 2],
            T0[d >> 24] ^ T1[a >> 16 & 255] ^ T2[b >> 8 & 255] ^ T3[c & 255] ^ words[r + 3],
        )
    out = 0
    for i, (w, x, y, z) in enumerate(((a, b, c, d), (b, c, d, a), (c, d, a, b), (d, a, b, c))):
        last = SBOX[w >> 24] << 24 | SBOX[x >> 16 & 255] << 16 | SBOX[y >> 8 & 255] << 8 | SBOX[z & 255]
        out = out << 32 | (last ^ words[56 + i])
    return out.to_bytes(16, 'big')


# ---- GCM (NIST SP 800-38D)

def _ghash(h, data):
    # table[i][b]: h times the byte b at byte i, so that a product is 16 look-ups.
    powers = []
    for _ in range(128):
        powers.append(h)
        h = h >> 1 ^ (0xE1 << 120 if h & 1 else 0)
    table = []
    for i in range(16):
        row = [0] * 256
        for bit in range(8):
            row[0x80 >> bit] = powers[8 * i + bit]
        for byte in range(1, 256):
            low = byte & -byte
            row[byte] = row[low] ^ row[byte ^ low]
        table.append(row)
    y = 0
    for at in range(0, len(data), 16):
        x = (y ^ int.from_bytes(data[at:at + 16], 'big')).to_bytes(16, 'big')
        y = 0
        for i in range(16):
            y ^= table[i][x[i]]
    return y


def open_aes(key, nonce, associated, sealed):
    """The plain bytes of ciphertext ‖ tag. Raises ValueError when they are not authentic."""
    words = _expand(key)
    cipher, tag = sealed[:-16], sealed[-16:]
    padded = lambda data: data + bytes(-len(data) % 16)
    lengths = (8 * len(associated)).to_bytes(8, 'big') + (8 * len(cipher)).to_bytes(8, 'big')
    h = int.from_bytes(_block(words, bytes(16)), 'big')
    digest = _ghash(h, padded(associated) + padded(cipher) + lengths)
    mask = int.from_bytes(_block(words, nonce + bytes([0, 0, 0, 1])), 'big')
    if len(sealed) < 16 or (digest ^ mask).to_bytes(16, 'big') != tag:
        raise ValueError('a tag of AES-GCM does not fit')
    blocks = range(2, 2 + (len(cipher) + 15) // 16)
    stream = b''.join(_block(words, nonce + i.to_bytes(4, 'big')) for i in blocks)[:len(cipher)]
    return (int.from_bytes(cipher, 'big') ^ int.from_bytes(stream, 'big')).to_bytes(len(cipher), 'big')


# ---- Ed25519 (RFC 8032 §5.1, §6), points in extended coordinates.

P = 2 ** 255 - 19
ORDER = 2 ** 252 + 27742317777372353535851937790883648493
D = -121665 * pow(121666, -1, P) % P


def _add(p, q):
    a, b = (p[1] - p[0]) * (q[1] - q[0]) % P, (p[1] + p[0]) * (q[1] + q[0]) % P
    c, d = 2 * p[3] * q[3] * D % P, 2 * p[2] * q[2] % P
    e, f, g, h = b - a, d - c, d + c, b + a
    return e * f % P, g * h % P, f * g % P, e * h % P


def _times(scalar, point):
    result = (0, 1, 1, 0)
    while scalar:
        if scalar & 1:
            result = _add(result, point)
        point = _add(point, point)
        scalar >>= 1
    return result


def _point(data):
    y = int.from_bytes(data, 'little')
    sign, y = y >> 255, y & (1 << 255) - 1
    square = (y * y - 1) * pow(D * y * y + 1, -1, P) % P
    x = pow(square, (P + 3) // 8, P)
    if (x * x - square) % P:
        x = x * pow(2, (P - 1) // 4, P) % P
    if y >= P or (x * x - square) % P or (x == 0 and sign):
        raise ValueError('no point of the curve')
    if x & 1 != sign:
        x = P - x
    return x, y, 1, x * y % P


BASE = _point((4 * pow(5, -1, P) % P).to_bytes(32, 'little'))


def _encoded(point):
    x, y = (c * pow(point[2], -1, P) % P for c in point[:2])
    return (y | (x & 1) << 255).to_bytes(32, 'little')


def public_key(seed):
    h = hashlib.sha512(seed).digest()
    a = int.from_bytes(h[:32], 'little') & (1 << 254) - 8 | 1 << 254
    return _encoded(_times(a, BASE))


def is_signed(key, message, signature):
    try:
        r, a = _point(signature[:32]), _point(key)
    except ValueError:
        return False
    s = int.from_bytes(signature[32:], 'little')
    if len(signature) != 64 or s >= ORDER:
        return False
    k = int.from_bytes(hashlib.sha512(signature[:32] + key + message).digest(), 'little') % ORDER
    return _encoded(_times(s, BASE)) == _encoded(_add(r, _times(k, a)))
