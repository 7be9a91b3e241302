"""One zstd frame without a dictionary (RFC 8878), unpacked in plain Python. A checksum is skipped: the chunk id proves more."""


class ForwardBits:
    """Bits from the lowest of the first byte upwards: headers of FSE tables."""

    def __init__(self, data):
        self.value, self.at = int.from_bytes(data, 'little'), 0

    def peek(self, count):
        return self.value >> self.at & (1 << count) - 1

    def bytes_used(self):
        return (self.at + 7) // 8


class BackwardBits:
    """Bits from behind the final 1 of the last byte downwards: entropy-coded streams."""

    def __init__(self, data):
        if not data or data[-1] == 0:
            raise ValueError('a bit stream without its end')
        self.value = int.from_bytes(data, 'little')
        self.left = self.value.bit_length() - 1

    def read(self, count):
        self.left -= count
        # Below the first byte there are zeros: decoders read ahead.
        return (self.value >> self.left if self.left >= 0 else self.value << -self.left) & (1 << count) - 1


# ---- FSE, section 4.1

def fse_header(data, most_accuracy):
    """Accuracy, probabilities by symbol and how many bytes it took."""
    bits = ForwardBits(data)
    accuracy = bits.peek(4) + 5
    bits.at += 4
    if accuracy > most_accuracy:
        raise ValueError('an FSE table is too large')
    left, probabilities = 1 << accuracy, []
    while left > 0:
        width = (left + 1).bit_length()
        threshold = (1 << width) - 1 - (left + 1)
        value = bits.peek(width - 1)
        if value < threshold:
            bits.at += width - 1
        else:
            value = bits.peek(width)
            if value >= 1 << width - 1:
                value -= threshold
            bits.at += width
        probabilities.append(value - 1)
        left -= abs(value - 1)
        if value == 1:  # probability 0: how many more follow
            while True:
                more = bits.peek(2)
                bits.at += 2
                probabilities += [0] * more
                if more < 3:
                    break
    if left != 0:
        raise ValueError('probabilities do not add up')
    return accuracy, probabilities, bits.bytes_used()


def fse_table(accuracy, probabilities):
    """For each state: symbol, bits to read, base of the next state."""
    size = 1 << accuracy
    symbols = [None] * size
    high = size - 1
    for symbol, probability in enumerate(probabilities):
        if probability == -1:
            symbols[high] = symbol
            high -= 1
    position = 0
    for symbol, probability in enumerate(probabilities):
        for _ in range(max(0, probability)):
            symbols[position] = symbol
            while True:
                position = position + (size >> 1) + (size >> 3) + 3 & size - 1
                if position <= high:
                    break
    following = [1 if p == -1 else p for p in probabilities]
    table = []
    for symbol in symbols:
        state = following[symbol]
        following[symbol] += 1
        width = accuracy - (state.bit_length() - 1)
        table.append((symbol, width, (state << width) - size))
    return accuracy, table


# ---- Huffman, section 4.2

def huffman_table(data):
    """Bits a look-up takes, for each value of them symbol and length, and how many bytes the description took."""
    head = data[0]
    if head >= 128:
        count = head - 127
        used = 1 + (count + 1) // 2
        weights = [data[1 + i // 2] >> (0 if i % 2 else 4) & 15 for i in range(count)]
    else:
        used = 1 + head
        accuracy, probabilities, taken = fse_header(data[1:used], 6)
        _, table = fse_table(accuracy, probabilities)
        bits = BackwardBits(data[1 + taken:used])
        states = [bits.read(accuracy), bits.read(accuracy)]
        weights, turn = [], 0
        while True:
            symbol, width, base = table[states[turn]]
            weights.append(symbol)
            if bits.left < width:
                weights.append(table[states[1 - turn]][0])
                break
            states[turn] = base + bits.read(width)
            turn = 1 - turn
    total = sum(1 << w - 1 for w in weights if w)
    longest = total.bit_length()
    last = (1 << longest) - total
    if last & last - 1:
        raise ValueError('Huffman weights do not add up')
    weights.append(last.bit_length())
    lookup = []
    for weight in range(1, longest + 1):
        for symbol, own in enumerate(weights):
            if own == weight:
                lookup += [(symbol, longest + 1 - weight)] * (1 << weight - 1)
    return (longest, lookup), used


def huffman_stream(table, data, count):
    longest, lookup = table
    bits, out = BackwardBits(data), bytearray()
    state = bits.read(longest)
    for _ in range(count):
        symbol, length = lookup[state]
        out.append(symbol)
        state = state << length & (1 << longest) - 1 | bits.read(length)
    if bits.left + longest != 0:
        raise ValueError('a literal stream has another length')
    return out


# ---- Sequences, section 3.1.1.3.2

def _codes(direct, groups):
    """Base and extra bits of each code: `direct` codes from the first base on, then groups (count, bits)."""
    first, count = direct
    codes, base = [(first + i, 0) for i in range(count)], first + count
    for times, bits in groups:
        for _ in range(times):
            codes.append((base, bits))
            base += 1 << bits
    return codes


LITERAL_LENGTHS = _codes((0, 16), [(4, 1), (2, 2), (2, 3), (1, 4)] + [(1, b) for b in range(6, 17)])
MATCH_LENGTHS = _codes((3, 32), [(4, 1), (2, 2), (2, 3), (2, 4)] + [(1, b) for b in (5, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16)])
DEFAULTS = (
    (6, [4, 3, 2, 2, 2, 2, 2, 2, 2, 2, 2, 2, 2, 1, 1, 1, 2, 2, 2, 2, 2, 2, 2, 2, 2, 3, 2, 1, 1, 1, 1, 1, -1, -1, -1, -1]),
    (5, [1, 1, 1, 1, 1, 1, 2, 2, 2, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, -1, -1, -1, -1, -1]),
    (6, [1, 4, 3, 2, 2, 2, 2, 2, 2, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1,
         1, 1, 1, 1, 1, 1, 1, -1, -1, -1, -1, -1, -1, -1]),
)


class Frame:
    def __init__(self):
        self.out = bytearray()
        self.huffman = None
        self.tables = [None, None, None]  # literal lengths, offsets, match lengths
        self.offsets = [1, 4, 8]

    def block(self, data):
        literals, at = self.literals(data)
        self.sequences(data[at:], literals)

    def literals(self, data):
        """Section 3.1.1.3.1."""
        kind, size_format = data[0] & 3, data[0] >> 2 & 3
        if kind < 2:
            width = (1, 2, 1, 3)[size_format]
            size = int.from_bytes(data[:width], 'little') >> (3 if width == 1 else 4)
            if kind == 0:
                return data[width:width + size], width + size
            return data[width:width + 1] * size, width + 1
        width, bits = ((3, 10), (3, 10), (4, 14), (5, 18))[size_format]
        header = int.from_bytes(data[:width], 'little') >> 4
        size, packed = header & (1 << bits) - 1, header >> bits
        stream = data[width:width + packed]
        if kind == 2:
            self.huffman, used = huffman_table(stream)
            stream = stream[used:]
        if size_format == 0:
            return huffman_stream(self.huffman, stream, size), width + packed
        ends = [6]
        for i in range(3):
            ends.append(ends[-1] + int.from_bytes(stream[2 * i:2 * i + 2], 'little'))
        ends.append(len(stream))
        part = (size + 3) // 4
        counts = (part, part, part, size - 3 * part)
        out = bytearray()
        for i in range(4):
            out += huffman_stream(self.huffman, stream[ends[i]:ends[i + 1]], counts[i])
        return out, width + packed

    def sequences(self, data, literals):
        count, at = data[0], 1
        if count == 255:
            count, at = int.from_bytes(data[1:3], 'little') + 0x7F00, 3
        elif count > 127:
            count, at = (count - 128 << 8) + data[1], 2
        if count == 0:
            self.out += literals
            return
        modes = data[at]
        at += 1
        for i, (shift, most) in enumerate(((6, 9), (4, 8), (2, 9))):
            mode = modes >> shift & 3
            if mode == 0:
                self.tables[i] = fse_table(*DEFAULTS[i])
            elif mode == 1:
                self.tables[i] = (0, [(data[at], 0, 0)])
                at += 1
            elif mode == 2:
                accuracy, probabilities, used = fse_header(data[at:], most)
                self.tables[i] = fse_table(accuracy, probabilities)
                at += used
        bits = BackwardBits(data[at:])
        states = [bits.read(accuracy) for accuracy, _ in self.tables]
        taken = 0
        for left in range(count - 1, -1, -1):
            (l_code, *l_next), (o_code, *o_next), (m_code, *m_next) = (
                table[state] for (_, table), state in zip(self.tables, states)
            )
            offset = (1 << o_code) + bits.read(o_code)
            base, extra = MATCH_LENGTHS[m_code]
            match = base + bits.read(extra)
            base, extra = LITERAL_LENGTHS[l_code]
            length = base + bits.read(extra)
            if left:
                l, m, o = (base + bits.read(width) for width, base in (l_next, m_next, o_next))
                states = [l, o, m]
            self.out += literals[taken:taken + length]
            taken += length
            self.copy(self.offset(offset, length), match)
        if bits.left != 0:
            raise ValueError('a sequence stream has another length')
        self.out += literals[taken:]

    def offset(self, value, literal_length):
        """Section 3.1.1.5."""
        recent = self.offsets
        if value > 3:
            recent[:] = [value - 3, recent[0], recent[1]]
            return recent[0]
        place = value - 1 + (literal_length == 0)
        if place == 3:
            recent[:] = [recent[0] - 1, recent[0], recent[1]]
        else:
            recent.insert(0, recent.pop(place))
        return recent[0]

    def copy(self, offset, length):
        if not 0 < offset <= len(self.out):
            raise ValueError('a match begins before the frame')
        start = len(self.out) - offset
        while length > 0:
            piece = self.out[start:start + length]
            self.out += piece
            length -= len(piece)


def unzstd(data, length):
    """The bytes in a frame that must state `length` for its content size."""
    if data[:4] != b'\x28\xb5\x2f\xfd':
        raise ValueError('no zstd frame')
    descriptor = data[4]
    single = descriptor >> 5 & 1
    if descriptor & 0x0B:
        raise ValueError('a dictionary or a reserved bit')
    at = 5
    if not single:
        exponent, mantissa = data[at] >> 3, data[at] & 7
        if (1 << 10 + exponent) * (8 + mantissa) // 8 > 1 << 20:
            raise ValueError('a window of more than 1 MiB')
        at += 1
    width = (single, 2, 4, 8)[descriptor >> 6]
    size = int.from_bytes(data[at:at + width], 'little') + (256 if width == 2 else 0)
    at += width
    if width == 0 or size != length:
        raise ValueError('another content size')
    frame, last = Frame(), 0
    while not last:
        header = int.from_bytes(data[at:at + 3], 'little')
        last, kind, size = header & 1, header >> 1 & 3, header >> 3
        at += 3
        packed = 1 if kind == 1 else size
        block = data[at:at + packed]
        at += packed
        if kind == 3 or len(block) != packed:
            raise ValueError('a block is broken')
        if kind == 0:
            frame.out += block
        elif kind == 1:
            frame.out += block * size
        else:
            frame.block(block)
        if len(frame.out) > length:
            raise ValueError('more bytes than stated')
    if at + (4 if descriptor & 4 else 0) != len(data) or len(frame.out) != length:
        raise ValueError('the frame has another length')
    return bytes(frame.out)
