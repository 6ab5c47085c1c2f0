#!/usr/bin/env python3
"""Check an ocopflow audit bundle from the written format alone.

    python3 tools/verify_bundle.py BUNDLE.zip [KEY [CHECKPOINT …]]

Shares no code with the server: it follows docs/auditors.md, RFC 6962, RFC 8032
and the C2SP notes on signed notes and checkpoints, with Python's standard
library only. Without KEY ("name+hash+base64") the key in the bundle is used,
which proves that the bundle agrees with itself and no more. Each CHECKPOINT is a
file that somebody kept: the bundle's ledger must extend it. Ends with 0 when all
holds, 1 when something does not, 2 when it cannot be used like that.
"""

import base64
import hashlib
import json
import sys
import zipfile

# --- Ed25519, verification only (RFC 8032, section 5.1) ---------------------

P = 2**255 - 19
Q = 2**252 + 27742317777372353535851937790883648493
D = -121665 * pow(121666, P - 2, P) % P
ROOT = pow(2, (P - 1) // 4, P)


def recover_x(y, sign):
    if y >= P:
        return None
    x2 = (y * y - 1) * pow(D * y * y + 1, P - 2, P) % P
    if x2 == 0:
        return None if sign else 0
    x = pow(x2, (P + 3) // 8, P)
    if (x * x - x2) % P:
        x = x * ROOT % P
    if (x * x - x2) % P:
        return None
    return P - x if x & 1 != sign else x


def decompress(data):
    y = int.from_bytes(data, "little")
    sign, y = y >> 255, y & ((1 << 255) - 1)
    x = recover_x(y, sign)
    return None if x is None else (x, y, 1, x * y % P)


def add(a, b):
    e = (a[1] - a[0]) * (b[1] - b[0]) % P
    f = (a[1] + a[0]) * (b[1] + b[0]) % P
    g, h = 2 * a[3] * b[3] * D % P, 2 * a[2] * b[2] % P
    e, f, g, h = f - e, h - g, h + g, f + e
    return (e * f % P, g * h % P, f * g % P, e * h % P)


def multiply(n, point):
    total = (0, 1, 1, 0)
    while n:
        if n & 1:
            total = add(total, point)
        point, n = add(point, point), n >> 1
    return total


BASE_Y = 4 * pow(5, P - 2, P) % P
BASE_X = recover_x(BASE_Y, 0)
BASE = (BASE_X, BASE_Y, 1, BASE_X * BASE_Y % P)


def ed25519_holds(public, message, signature):
    a, r = decompress(public), decompress(signature[:32])
    s = int.from_bytes(signature[32:], "little")
    if a is None or r is None or len(signature) != 64 or s >= Q:
        return False
    h = int.from_bytes(hashlib.sha512(signature[:32] + public + message).digest(), "little") % Q
    left, right = multiply(s, BASE), add(r, multiply(h, a))
    return (left[0] * right[2] - right[0] * left[2]) % P == 0 and (left[1] * right[2] - right[1] * left[2]) % P == 0


# --- the tree (RFC 6962, section 2.1) ---------------------------------------


class Tree:
    """Roots of perfect subtrees, the largest first; never more than 64."""

    def __init__(self):
        self.size, self.stack = 0, []

    def append(self, leaf):
        node, n = hashlib.sha256(b"\0" + leaf).digest(), self.size
        leaf_hash = node
        while n & 1:
            node, n = hashlib.sha256(b"\1" + self.stack.pop() + node).digest(), n >> 1
        self.stack.append(node)
        self.size += 1
        return leaf_hash

    def root(self):
        if not self.stack:
            return hashlib.sha256(b"").digest()
        node = self.stack[-1]
        for left in reversed(self.stack[:-1]):
            node = hashlib.sha256(b"\1" + left + node).digest()
        return node


# --- the bundle -------------------------------------------------------------


class Wrong(Exception):
    pass


def read_key(text):
    name, digest, data = text.strip().split("+", 2)
    raw = base64.b64decode(data)
    if raw[0] != 1 or hashlib.sha256(name.encode() + b"\n" + raw).digest()[:4].hex() != digest:
        raise Wrong("the key is not an Ed25519 key of the form name+hash+base64")
    return name, raw[1:], bytes.fromhex(digest)


def read_checkpoint(note, key):
    name, public, digest = key
    body, _, signatures = note.partition("\n\n")
    body += "\n"
    for line in signatures.splitlines():
        dash, signer, data = line.split(" ", 2)
        raw = base64.b64decode(data)
        if dash == "\u2014" and signer == name and raw[:4] == digest and ed25519_holds(public, body.encode(), raw[4:]):
            origin, size, root = body.splitlines()[:3]
            if origin != name:
                raise Wrong("the checkpoint is that of another ledger")
            return int(size), base64.b64decode(root)
    raise Wrong("the checkpoint is not signed by the key")


def check_entries(lines, kept):
    """The tree over all entries; kept are roots by the size that they are of."""
    tree, ends, last = Tree(), {}, ""
    for index, line in enumerate(lines):
        raw = line.rstrip(b"\n")
        try:
            entry = json.loads(raw)
        except ValueError:
            raise Wrong(f"entry {index}: its bytes cannot be read")
        if json.dumps(entry, sort_keys=True, separators=(",", ":"), ensure_ascii=False).encode() != raw:
            raise Wrong(f"entry {index}: its bytes are not canonical")
        seq, prev = ends.get(entry["stream"], (0, ""))
        if entry["seq"] != seq + 1 or entry["prev"] != prev:
            raise Wrong(f"entry {index}: it does not follow entry {seq} of its stream {entry['stream']}")
        if entry["time"] < last:
            raise Wrong(f"entry {index}: it is older than the entry in front of it")
        last = entry["time"]
        ends[entry["stream"]] = (entry["seq"], tree.append(raw).hex())
        if tree.size in kept and kept.pop(tree.size) != tree.root():
            raise Wrong(f"entry {index}: up to here the ledger is not that of a checkpoint that was kept")
    if kept:
        raise Wrong(f"entry {tree.size} is gone: a checkpoint of {max(kept)} entries was kept")
    return tree


def main(args):
    if not args:
        print(__doc__, file=sys.stderr)
        return 2
    try:
        with zipfile.ZipFile(args[0]) as bundle:
            key = read_key(args[1] if len(args) > 1 else bundle.read("key").decode())
            kept = {}
            for name in args[2:]:
                with open(name, encoding="utf-8") as note:
                    size, root = read_checkpoint(note.read(), key)
                if kept.setdefault(size, root) != root:
                    raise Wrong(f"two checkpoints of {size} entries do not agree")
            size, root = read_checkpoint(bundle.read("checkpoint").decode(), key)
            with bundle.open("entries.jsonl") as lines:
                tree = check_entries(lines, kept)
        if tree.size != size or tree.root() != root:
            raise Wrong(f"the {tree.size} entries do not come to the checkpoint of {size}")
    except (Wrong, KeyError, ValueError, OSError, zipfile.BadZipFile) as fault:
        print("\u2717", fault)
        return 1
    print(f"\u2713 {tree.size} entries, root {base64.b64encode(tree.root()).decode()}")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
