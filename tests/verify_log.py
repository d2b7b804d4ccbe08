"""Checks the audit log without the program that wrote it: recomputes every entry's hash from its
fields, its link, the Merkle root over all entries (RFC 9162), and holds that against checkpoints
that were kept elsewhere (C2SP signed notes, Ed25519).

    python3 verify_log.py KEY ENTRIES CHECKPOINT...

KEY: file with the line of /log/key. ENTRIES: the pages of GET /api/v1/audit-log, one behind the
other, a JSON text a line. CHECKPOINT: files with notes of /log/checkpoint, kept when they were new.
Needs Python 3.8 and the package `cryptography`.
"""

import base64
import hashlib
import json
import sys

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

FIELDS = ["recorded_at", "actor_id", "command", "subject", "outcome", "code", "details", "journal_digest"]


class Fault(Exception):
    pass


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
    name, key_id, encoded = line.strip().split("+", 2)
    key = base64.b64decode(encoded, validate=True)
    if key[:1] != b"\x01" or len(key) != 33:
        raise Fault("the key is not an Ed25519 key")
    if sha256(name.encode(), b"\n", key)[:4].hex() != key_id:
        raise Fault("the key's id is not that of the key")
    return name, bytes.fromhex(key_id), Ed25519PublicKey.from_public_bytes(key[1:])


def read_checkpoint(note, key):
    """Size and root of a note that is signed with the key."""
    name, key_id, public = key
    text, separator, signatures = note.rpartition("\n\n")
    text += "\n"
    signed = False
    for line in signatures.splitlines():
        dash, signer, encoded = line.split(" ")
        data = base64.b64decode(encoded, validate=True)
        if dash == "\u2014" and signer == name and data[:4] == key_id:
            public.verify(data[4:], text.encode("utf-8"))
            signed = True
    origin, size, root = text.split("\n")[:3]
    if not separator or not signed or origin != name:
        raise Fault("a checkpoint is not signed with the log's key")
    return int(size), base64.b64decode(root, validate=True)


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


def main(key_path, entries_path, *note_paths):
    texts = []
    for path in (key_path, *note_paths):
        with open(path, encoding="utf-8", newline="") as file:
            texts.append(file.read())
    try:
        tree = verify(texts[0], entries_path, texts[1:])
    except InvalidSignature:
        raise SystemExit("FAULT: a checkpoint's signature does not match its text")
    except Fault as fault:
        raise SystemExit(f"FAULT: {fault}")
    print(f"{tree.size} entries, root {tree.root().hex()}, {len(texts) - 1} checkpoints agree")


if __name__ == "__main__":
    main(*sys.argv[1:])
