"""Checks values that the audit log withholds, without the service: each disclosure (RFC 9901) must
belong to the entry of a receipt, which is checked like any receipt.

    python3 verify_disclosure.py KEY RECEIPT DISCLOSURES

KEY and RECEIPT as for verify_receipt.py; DISCLOSURES: a file with the answer of
`GET /api/v1/log/disclosures/{entry}`, or with the part of it that a reader may see. Prints the field
and the value of each disclosure, and `(erased)` for an erased value.
"""

import base64
import binascii
import hashlib
import json

from checking import Fault, start
from verify_log import read_key
from verify_receipt import check_receipt, read


def encoded(data):
    return base64.urlsafe_b64encode(data).decode().rstrip("=")


def disclosed(one, named):
    """Field and value of a disclosure whose digest is among those that the entry names."""
    if one["digest"] not in named:
        raise Fault(f"the entry names no digest {one['digest']}")
    text = one["disclosure"]
    if text is None:
        return one["field"], "(erased)"
    if encoded(hashlib.sha256(text.encode("ascii", "replace")).digest()) != one["digest"]:
        raise Fault(f"the {one['field']} is not the one of its digest")
    try:
        salt, field, value = json.loads(base64.urlsafe_b64decode(text + "=" * (-len(text) % 4)))
    except (ValueError, binascii.Error):
        raise Fault(f"the {one['field']} cannot be read")
    if field != one["field"]:
        raise Fault(f"the {one['field']} is a {field}")
    return field, value


def main(key_path, receipt_path, disclosures_path):
    entry, size = check_receipt(read(receipt_path), read_key(read(key_path)))
    named = json.loads(entry["details"]).get("_sd", [])
    print(f"entry {entry['sequence']} of {size}: {entry['command']} {entry['subject']}")
    for one in json.loads(read(disclosures_path))["data"]:
        print("  %s: %s" % disclosed(one, named))


if __name__ == "__main__":
    start(__doc__, main, 3, 3)
