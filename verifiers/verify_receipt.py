"""Checks receipts of the audit log without the service: the entry in a receipt must have the stated
hash and be included in the log at its place (RFC 9162), and the log's key must have signed the
checkpoint under it. A receipt is the answer of `GET /api/v1/log/receipts/{entry}` (C2SP `tlog-proof`).

    python3 verify_receipt.py KEY RECEIPT...

KEY: file with the line of /log/key, taken when it was published, not from the person who shows the
receipt. Prints the act of each receipt with its time and its person, and the digests of the documents
that it names.
Needs Python 3.8 and the package `cryptography`.
"""

import base64
import binascii
import json

from checking import Fault, start
from verify_log import FIELDS, entry_hash, read_checkpoint, read_key, sha256

FORM = "c2sp.org/tlog-proof@v1"


class Receipt:
    """The parts of a receipt, none of which is checked yet."""

    def __init__(self, text):
        head, separator, self.note = text.partition("\n\n")
        lines = head.split("\n")
        if not separator or lines[0] != FORM or len(lines) < 3:
            raise Fault("this is no proof of the form " + FORM)
        if not lines[1].startswith("extra ") or not lines[2].startswith("index "):
            raise Fault("the proof lacks its entry or its index")
        try:
            self.entry = json.loads(base64.b64decode(lines[1][6:], validate=True))
            self.index = int(lines[2][6:])
            self.path = [base64.b64decode(line, validate=True) for line in lines[3:]]
        except (ValueError, binascii.Error):
            raise Fault("the proof cannot be read")
        whole = isinstance(self.entry, dict) and {"sequence", "previous_hash", "hash", *FIELDS} <= set(self.entry)
        if not whole or any(len(part) != 32 for part in self.path):
            raise Fault("the proof cannot be read")


def root_of(leaf, index, size, path):
    """The root to which a path leads (RFC 9162, 2.1.3.2), or a fault if there is none."""
    node, last, found = index, size - 1, leaf
    if not 0 <= index < size:
        raise Fault(f"place {index} lies outside a log of {size} entries")
    for part in path:
        if last == 0:
            raise Fault("the path to the root is too long")
        if node & 1 or node == last:
            found = sha256(b"\x01", part, found)
            while not node & 1 and node:
                node, last = node >> 1, last >> 1
        else:
            found = sha256(b"\x01", found, part)
        node, last = node >> 1, last >> 1
    if last:
        raise Fault("the path to the root is too short")
    return found


def check_receipt(text, key):
    """The entry of a valid receipt, and the size of the log that includes it."""
    receipt = Receipt(text)
    entry = receipt.entry
    name = f"entry {entry.get('sequence')}"
    try:
        size, root = read_checkpoint(receipt.note, key)
    except Fault as fault:
        raise Fault(f"{name}: {fault}")
    except (ValueError, IndexError):
        raise Fault(f"{name}: the checkpoint cannot be read")
    if entry["hash"] != entry_hash(entry, entry["previous_hash"]):
        raise Fault(f"{name}: its content does not match its hash")
    if receipt.index != entry["sequence"] - 1:
        raise Fault(f"{name}: its place {receipt.index} is not that of its number")
    leaf = sha256(b"\x00", bytes.fromhex(entry["hash"]))
    if root_of(leaf, receipt.index, size, receipt.path) != root:
        raise Fault(f"{name}: the path does not lead to the root of the checkpoint")
    return entry, size


def digests(value):
    """Every SHA-256 digest of a document in the details of an entry. `rows_digest` is of the rows that the act wrote."""
    if isinstance(value, dict):
        value = [part for name, part in value.items() if name != "rows_digest"]
    if isinstance(value, list):
        return [digest for part in value for digest in digests(part)]
    plain = isinstance(value, str) and len(value) == 64 and not set(value) - set("0123456789abcdef")
    return [value] if plain else []


def read(path):
    with open(path, encoding="utf-8", newline="") as file:
        return file.read()


def main(key_path, *receipt_paths):
    key = read_key(read(key_path))
    for path in receipt_paths:
        entry, size = check_receipt(read(path), key)
        print(
            f"entry {entry['sequence']} of {size}: {entry['command']} {entry['subject']} {entry['outcome']} "
            f"at {entry['recorded_at']} by {entry['actor_id']}"
        )
        for digest in digests(json.loads(entry["details"])):
            print("  names", digest)


if __name__ == "__main__":
    start(__doc__, main, 2)
