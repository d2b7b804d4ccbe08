"""Checks the audit log without the program that wrote it: recomputes every entry's hash from its
fields, its link, the Merkle root over all entries (RFC 9162), and compares that with checkpoints
that were stored elsewhere (C2SP signed notes, Ed25519).

    python3 verify_log.py KEY ENTRIES CHECKPOINT...
    python3 verify_log.py KEY --mirror FOLDER [ENTRIES]

KEY: file with the line of /log/key. ENTRIES: the pages of GET /api/v1/audit-log, one after the
other, a JSON text a line. CHECKPOINT: files with notes of /log/checkpoint, saved when they were new,
or saved mails that contain one. FOLDER: a mirror in the layout of C2SP tlog-tiles: `checkpoint`,
`tile/<level>/…` and `tile/entries/…` for all entries that the checkpoint covers. An entry of a bundle
is the hash of an entry; given the pages too, those are checked against the same checkpoint.
Needs Python 3.8 and the package `cryptography`.
"""

import base64
import email
import email.policy
import hashlib
import json
import os

from checking import Fault, start

try:
    from cryptography.exceptions import InvalidSignature
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
except ImportError:
    Ed25519PublicKey = None

FIELDS = ["recorded_at", "actor_id", "command", "subject", "outcome", "code", "details", "journal_digest"]


def sha256(*parts):
    return hashlib.sha256(b"".join(parts)).digest()


def entry_hash(entry, previous):
    hasher = hashlib.sha256()
    values = ["magnet-scheme audit entry v1", previous, str(entry["sequence"])]
    for text in values + [entry[field] or "" for field in FIELDS]:
        data = text.encode("utf-8")
        hasher.update(len(data).to_bytes(8, "big") + data)
    return hasher.hexdigest()


def read_key(line):
    if Ed25519PublicKey is None:
        raise SystemExit("the Python package `cryptography` is needed; --help says more")
    name, key_id, encoded = line.strip().split("+", 2)
    key = base64.b64decode(encoded, validate=True)
    if key[:1] != b"\x01" or len(key) != 33:
        raise Fault("the key is not an Ed25519 key")
    if sha256(name.encode(), b"\n", key)[:4].hex() != key_id:
        raise Fault("the key's id is not that of the key")
    return name, bytes.fromhex(key_id), Ed25519PublicKey.from_public_bytes(key[1:])


def read_checkpoint(note, key):
    """The size and the root of a note, which must be signed with the key."""
    name, key_id, public = key
    text, separator, signatures = note.rpartition("\n\n")
    text += "\n"
    signed = False
    for line in signatures.splitlines():
        dash, signer, encoded = line.split(" ")
        data = base64.b64decode(encoded, validate=True)
        if dash == "\u2014" and signer == name and data[:4] == key_id:
            try:
                public.verify(data[4:], text.encode("utf-8"))
            except InvalidSignature:
                raise Fault("the signature of the checkpoint does not match its text")
            signed = True
    origin, size, root = text.split("\n")[:3]
    if not separator or not signed or origin != name:
        raise Fault("a checkpoint is not signed with the log's key")
    return int(size), base64.b64decode(root, validate=True)


def note_in(data):
    """The note in a saved file, which is the note itself or a mail that contains it."""
    if b"\nSubject:" in b"\n" + data:
        mail = email.message_from_bytes(data, policy=email.policy.default)
        data = mail.get_body(("plain",)).get_content().encode("utf-8")
        blocks = data.decode("utf-8").replace("\r\n", "\n").split("\n\n")
        for said, below in zip(blocks, blocks[1:]):
            lines = [line for line in below.splitlines() if line.startswith("\u2014 ")]
            if lines:
                return said + "\n\n" + "\n".join(lines) + "\n"
        raise Fault("a mail has no checkpoint in it")
    return data.decode("utf-8")


class Tree:
    """The right edge of the tree: roots of full trees, the largest first."""

    def __init__(self):
        self.size, self.peaks = 0, []

    def push(self, data):
        node, size = sha256(b"\x00", data), self.size
        while size & 1:
            node, size = sha256(b"\x01", self.peaks.pop(), node), size >> 1
        self.peaks.append(node)
        self.size += 1

    def root(self):
        if not self.peaks:
            return sha256()
        root = self.peaks[-1]
        for left in reversed(self.peaks[:-1]):
            root = sha256(b"\x01", left, root)
        return root


def entries(path):
    with open(path, encoding="utf-8") as lines:
        for line in filter(str.strip, lines):
            page = json.loads(line)
            yield from page["data"] if "data" in page else [page]


def verify(key_line, path, notes):
    key = read_key(key_line)
    checkpoints = [read_checkpoint(note, key) for note in notes]
    tree, previous = Tree(), "0" * 64
    for entry in entries(path):
        sequence = entry["sequence"]
        if sequence != tree.size + 1:
            raise Fault(f"entry {sequence} stands where entry {tree.size + 1} should")
        if entry["previous_hash"] != previous:
            raise Fault(f"entry {sequence} is not linked to the entry before it")
        if entry["hash"] != entry_hash(entry, previous):
            raise Fault(f"entry {sequence}: its content does not match its hash")
        previous = entry["hash"]
        tree.push(bytes.fromhex(previous))
        for size, root in checkpoints:
            if size == tree.size and root != tree.root():
                raise Fault(f"the first {size} entries are not those of the checkpoint: the log was written anew")
    for size, _ in checkpoints:
        if size > tree.size:
            raise Fault(f"a checkpoint covers {size} entries, there are {tree.size}: entries were cut off")
    return tree


GROUP, HASH = 256, 32


def part_of(folder, prefix, number, width):
    """The name and the bytes of a tile or bundle."""
    path = f"{number % 1000:03}"
    while number >= 1000:
        number //= 1000
        path = f"x{number % 1000:03}/{path}"
    name = f"{prefix}/{path}" + ("" if width == GROUP else f".p/{width}")
    try:
        with open(os.path.join(folder, name), "rb") as file:
            return name, file.read()
    except FileNotFoundError:
        raise Fault(f"{name} is missing")


def bundled(name, data, width):
    """The entries of a bundle, each of which follows its length."""
    found, at = [], 0
    while at < len(data):
        end = at + 2 + int.from_bytes(data[at : at + 2], "big")
        if end > len(data):
            raise Fault(f"{name} breaks off in its entry {len(found) + 1}")
        found.append(data[at + 2 : end])
        at = end
    if len(found) != width:
        raise Fault(f"{name} has {len(found)} entries, not {width}")
    return found


def widths(count):
    return [min(GROUP, count - first) for first in range(0, count, GROUP)]


def check_tiles(folder, level, hashes):
    """Compares the tiles of a level with the hashes that it must have."""
    for number, width in enumerate(widths(len(hashes))):
        name, data = part_of(folder, f"tile/{level}", number, width)
        if len(data) != width * HASH:
            raise Fault(f"{name} has {len(data)} bytes, not {width * HASH}")
        for place in range(width):
            at = number * GROUP + place
            if data[place * HASH : (place + 1) * HASH] != hashes[at]:
                if level == 0:
                    bundle = name.replace("tile/0/", "tile/entries/")
                    raise Fault(f"entry {at + 1}: {bundle} and {name} do not agree")
                raise Fault(f"{name}, place {place}, is not the root of tile {at} of level {level - 1}")


def above(hashes):
    """The roots of the full groups."""
    while len(hashes) > 1:
        hashes = [sha256(b"\x01", left, right) for left, right in zip(hashes[::2], hashes[1::2])]
    return hashes[0]


def verify_mirror(key_line, folder, entries_path=None):
    with open(os.path.join(folder, "checkpoint"), "rb") as file:
        note = file.read().decode("utf-8")
    size, root = read_checkpoint(note, read_key(key_line))
    tree, hashes = Tree(), []
    for number, width in enumerate(widths(size)):
        for entry in bundled(*part_of(folder, "tile/entries", number, width), width):
            tree.push(entry)
            hashes.append(sha256(b"\x00", entry))
    level = 0
    while hashes:
        check_tiles(folder, level, hashes)
        full = len(hashes) // GROUP * GROUP
        hashes = [above(hashes[first : first + GROUP]) for first in range(0, full, GROUP)]
        level += 1
    if tree.root() != root:
        raise Fault(f"the {size} entries of the mirror are not those of its checkpoint")
    if entries_path:
        verify(key_line, entries_path, [note])
    return tree


def run(key_path, *rest):
    with open(key_path, encoding="utf-8") as file:
        key_line = file.read()
    if rest[0] == "--mirror":
        return verify_mirror(key_line, *rest[1:]), 1
    notes = []
    for path in rest[1:]:
        with open(path, "rb") as file:
            notes.append(note_in(file.read()))
    return verify(key_line, rest[0], notes), len(notes)


def main(*arguments):
    tree, checkpoints = run(*arguments)
    print(f"{tree.size} entries, root {tree.root().hex()}, {checkpoints} checkpoints agree")


if __name__ == "__main__":
    start(__doc__, main, 3)
