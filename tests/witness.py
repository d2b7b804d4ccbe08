"""A small witness of transparency logs (C2SP `tlog-witness`), for tests: cosigns a checkpoint when
the log's key signed it and it equals or extends the checkpoint that was cosigned before.

    python3 witness.py STATE LOG_KEY [PORT]

STATE: file with the witness's own key and its last cosigned checkpoint; created when it is missing.
LOG_KEY: file with the line of the log's key. Prints one line of JSON: its address and its key.
Needs Python 3.8 and the package `cryptography`.
"""

import base64
import json
import os
import sys
import threading
import time
from http.server import BaseHTTPRequestHandler, HTTPServer

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

# A real witness takes this file from `magnet-scheme verifiers FOLDER`.
sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), os.pardir, "verifiers"))
from verify_log import Fault, read_checkpoint, read_key, sha256

NAME = "witness.sample.example"
COSIGNATURE = b"\x04"


def grows(old, old_root, new, new_root, path):
    """Whether a path proves that one tree is a prefix of another (RFC 9162, 2.1.4.2)."""
    if old == new:
        return not path and old_root == new_root
    if old == 0:
        return not path
    parts = list(path)
    if old & (old - 1) == 0:
        parts.insert(0, old_root)
    if not parts:
        return False
    node, last = old - 1, new - 1
    while node & 1:
        node, last = node >> 1, last >> 1
    first = second = parts[0]
    for part in parts[1:]:
        if last == 0:
            return False
        if node & 1 or node == last:
            first, second = sha256(b"\x01", part, first), sha256(b"\x01", part, second)
            while not node & 1 and node:
                node, last = node >> 1, last >> 1
        else:
            second = sha256(b"\x01", second, part)
        node, last = node >> 1, last >> 1
    return last == 0 and first == old_root and second == new_root


class Witness:
    def __init__(self, state_path, log_key):
        self.path, self.log_key = state_path, log_key
        if os.path.exists(state_path):
            with open(state_path, encoding="utf-8") as file:
                self.state = json.load(file)
        else:
            seed = base64.b64encode(os.urandom(32)).decode()
            self.state = {"seed": seed, "size": 0, "root": base64.b64encode(sha256()).decode()}
            self.save()
        self.key = Ed25519PrivateKey.from_private_bytes(base64.b64decode(self.state["seed"]))
        self.public = COSIGNATURE + self.key.public_key().public_bytes(Encoding.Raw, PublicFormat.Raw)
        self.key_id = sha256(NAME.encode(), b"\n", self.public)[:4]

    def save(self):
        with open(self.path + ".new", "w", encoding="utf-8") as file:
            json.dump(self.state, file)
        os.replace(self.path + ".new", self.path)

    def verifier_key(self):
        return f"{NAME}+{self.key_id.hex()}+{base64.b64encode(self.public).decode()}"

    def add_checkpoint(self, body):
        """The status, content type and text of the answer."""
        head, separator, note = body.partition("\n\n")
        lines = head.split("\n")
        if not separator or not lines[0].startswith("old "):
            return 400, "text/plain", "no request\n"
        old = int(lines[0][4:])
        path = [base64.b64decode(line, validate=True) for line in lines[1:]]
        if note.split("\n")[0] != self.log_key[0]:
            return 404, "text/plain", "unknown log\n"
        try:
            size, root = read_checkpoint(note, self.log_key)
        except (InvalidSignature, Fault, ValueError):
            return 403, "text/plain", "not signed by the log\n"
        if old > size:
            return 400, "text/plain", "the old size is larger\n"
        known, known_root = self.state["size"], base64.b64decode(self.state["root"])
        if old != known or (old == size and root != known_root):
            return 409, "text/x.tlog.size", f"{known}\n"
        if not grows(old, known_root, size, root, path):
            return 422, "text/plain", "the log did not only grow\n"
        self.state.update(size=size, root=base64.b64encode(root).decode())
        self.save()
        now = int(time.time())
        text = note.rpartition("\n\n")[0] + "\n"
        signed = self.key.sign(f"cosignature/v1\ntime {now}\n{text}".encode("utf-8"))
        line = base64.b64encode(self.key_id + now.to_bytes(8, "big") + signed).decode()
        return 200, "text/plain", f"\u2014 {NAME} {line}\n"


def serve(witness, port):
    class Handler(BaseHTTPRequestHandler):
        def do_POST(self):
            body = self.rfile.read(int(self.headers["Content-Length"])).decode("utf-8")
            known = self.path == "/w/add-checkpoint"
            status, kind, text = witness.add_checkpoint(body) if known else (404, "text/plain", "nothing here\n")
            data = text.encode("utf-8")
            self.send_response(status)
            self.send_header("Content-Type", kind)
            self.send_header("Content-Length", str(len(data)))
            self.end_headers()
            self.wfile.write(data)

        def log_message(self, *arguments):
            pass

    server = HTTPServer(("127.0.0.1", port), Handler)
    address = f"http://127.0.0.1:{server.server_address[1]}/w"
    print(json.dumps({"url": address, "key": witness.verifier_key()}), flush=True)
    # The witness ends together with the process that started it, which closes its standard input.
    threading.Thread(target=lambda: (sys.stdin.read(), server.shutdown()), daemon=True).start()
    server.serve_forever()


if __name__ == "__main__":
    with open(sys.argv[2], encoding="utf-8") as key_file:
        log_key = read_key(key_file.read())
    serve(Witness(sys.argv[1], log_key), int(sys.argv[3]) if len(sys.argv) > 3 else 0)
