"""Checks an evidence bundle without the service: every file against SHA256SUMS, every act against
its proof of inclusion in the signed log, and the steps, amounts, statement, journals, documents and the
rule file of the bundle against those acts.

    python3 verify_bundle.py KEY BUNDLE.zip

KEY: file with the line of /log/key, taken when it was published, not from the bundle.
Needs Python 3.8 and the package `cryptography`.
"""

import hashlib
import json
import zipfile
import zlib

from checking import Fault, start
from verify_log import read_key
from verify_receipt import check_receipt, digests, read

FORM = "magnet-scheme evidence bundle v1"
# Fields of an act that are not hashed: the names of the person and of the roles.
BESIDE = {"person", "roles"}
# The acts on a claim that are steps of the company on the tranche.
COMPANY_ACTS = {"prepare": ("create_claim", "change_claim", "upload_claim_lines"), "submit": ("submit_claim",)}
# The acts that are steps of an office.
OFFICE_ACTS = {
    "verify": ("verify_claim", "release_deferred"),
    "recommend": ("recommend_tranche",),
    "concur": ("concur_tranche",),
    "sanction": ("sanction_tranche",),
    "pay": ("advise_payment",),
}
# The files of a bundle besides documents and proofs.
FILES = {"index.html", "index.json", "scheme.toml", "statement.json"}
LOG_FILES = {"log/checkpoint.txt", "log/entries.json", "log/key.txt"}


def digest_of(archive, name):
    hasher = hashlib.sha256()
    with archive.open(name) as file:
        for part in iter(lambda: file.read(65536), b""):
            hasher.update(part)
    return hasher.hexdigest()


def check_sums(archive):
    """Checks that SHA256SUMS names every file once with its digest, and that no file is missing."""
    names = archive.namelist()
    if len(set(names)) != len(names):
        raise Fault("two files of the bundle have one name")
    if "SHA256SUMS" not in names:
        raise Fault("SHA256SUMS is missing")
    lines = archive.read("SHA256SUMS").decode("utf-8").splitlines()
    sums = {name: digest for digest, name in (line.split("  ", 1) for line in lines)}
    for name in sums:
        if name not in names:
            raise Fault(f"{name} is missing")
    found = {}
    for name in names:
        if name == "SHA256SUMS":
            continue
        if name not in sums:
            raise Fault(f"{name} is not in SHA256SUMS")
        found[name] = digest_of(archive, name)
        if found[name] != sums[name]:
            raise Fault(f"{name} is not what SHA256SUMS says")
    return found


def journal_digest(journal):
    hasher = hashlib.sha256()
    texts = ["magnet-scheme journal v1", journal["id"], journal["kind"], journal["reference"], journal["posted_at"]]
    texts.append(str(journal["audit_sequence"]))
    for entry in journal["entries"]:
        texts += [entry["account"], str(entry["amount_paise"])]
    for text in texts:
        data = text.encode("utf-8")
        hasher.update(len(data).to_bytes(8, "big") + data)
    return hasher.hexdigest()


def check_acts(archive, key, chain):
    """Checks that every act of the chain has a proof in its own file, all under the same checkpoint."""
    note = archive.read("log/checkpoint.txt").decode("utf-8")
    kept = json.loads(archive.read("log/entries.json"))
    acts = [{name: value for name, value in act.items() if name not in BESIDE} for act in chain["acts"]]
    if kept != acts:
        raise Fault("log/entries.json has other entries than index.json")
    proved = {}
    for act in acts:
        name = f"log/entry-{act['sequence']}.tlog-proof"
        if name not in archive.namelist():
            raise Fault(f"entry {act['sequence']} has no proof")
        text = archive.read(name).decode("utf-8")
        entry, size = check_receipt(text, key)
        if entry != act:
            raise Fault(f"entry {act['sequence']}: the proof is of another entry")
        if not text.endswith("\n\n" + note):
            raise Fault(f"entry {act['sequence']}: it is proved under another checkpoint")
        proved[act["sequence"]] = entry
    return proved, size


def check_journals(chain, proved):
    named = {number for number, entry in proved.items() if entry["journal_digest"]}
    for journal in chain["journals"]:
        entry = proved.get(journal["audit_sequence"])
        if entry is None or entry["journal_digest"] != journal_digest(journal):
            raise Fault(f"journal {journal['id']} is not that of its entry")
        named.discard(journal["audit_sequence"])
        if sum(line["amount_paise"] for line in journal["entries"]):
            raise Fault(f"journal {journal['id']} does not balance")
    # The outlay that a scheme got at its beginning is not part of this chain.
    for number in sorted(named):
        if proved[number]["subject"].split(":")[0] not in ("scheme", "scheme_draft"):
            raise Fault(f"entry {number}: its journal is missing")


def check_documents(index, chain, proved, found):
    uploads = {}
    for entry in proved.values():
        if entry["command"] == "upload_evidence" and entry["outcome"] == "done":
            uploads[entry["subject"]] = json.loads(entry["details"])["digest"]
    paths = {one["evidence_id"]: one for one in index["documents"]}
    for record in chain["evidence"]:
        listed = paths.get(record["id"])
        if listed is None or found.get(listed["path"]) != record["digest"]:
            raise Fault(f"document {record['id']} ({record['file_name']}) is not in the bundle")
        if uploads.get(f"evidence:{record['id']}") != record["digest"]:
            raise Fault(f"document {record['id']} ({record['file_name']}) is not the one that was uploaded")
    loaded = [entry for entry in proved.values() if entry["subject"].split(":")[0] in ("scheme", "scheme_draft")]
    said = {digest for entry in loaded for digest in digests(json.loads(entry["details"]))}
    if found["scheme.toml"] != chain["scheme_digest"] or found["scheme.toml"] not in said:
        raise Fault("scheme.toml is not the version that was loaded or published")


def check_steps(chain, proved):
    """Checks that every step on the money is an act of its person at that time, by the command of that step; that each
    office's step is there; and that no person took two of them. The steps of the company were taken on the claim before
    there was a tranche; there they have the time of the verification that made it."""
    tranche = chain["tranche"]
    done = [entry for entry in proved.values() if entry["outcome"] == "done"]
    acts = {(entry["actor_id"], entry["recorded_at"], entry["command"]) for entry in done}
    claim = f"claim:{tranche['claim_id']}"
    of_company = {(entry["actor_id"], entry["command"]) for entry in done if entry["subject"] == claim}
    by_step = {}
    for step in tranche["steps"]:
        by, name = step["taken_by"], step["step"]
        if name in COMPANY_ACTS:
            taken = any((by, command) in of_company for command in COMPANY_ACTS[name])
        else:
            taken = any((by, step["taken_at"], command) in acts for command in OFFICE_ACTS.get(name, ()))
            if any(other != name and person == by for other, person in by_step.items()):
                raise Fault(f"one person took the step '{name}' and another one")
            by_step[name] = by
        if not taken:
            raise Fault(f"the step '{name}' has no entry")
    missing = set(OFFICE_ACTS) - set(by_step)
    if missing:
        raise Fault(f"the step '{min(missing)}' is missing")


def told(value, member, wanted):
    """The objects in the details of an entry in which a member has a value."""
    if isinstance(value, dict):
        if value.get(member) == wanted:
            yield value
        value = list(value.values())
    if isinstance(value, list):
        for part in value:
            yield from told(part, member, wanted)


def check_money(chain, proved, statement):
    """Checks that amounts, reference and day are those that the acts name, and that they are the same everywhere."""
    paid, tranche = chain["disbursement"], chain["tranche"]
    done = [entry for entry in proved.values() if entry["outcome"] == "done"]
    details = [(entry, json.loads(entry["details"])) for entry in done]
    of_tranche = [one for entry, one in details if entry["subject"] == f"tranche:{tranche['id']}"]
    sanctioned = [one["amount_paise"] for one in of_tranche if "amount_paise" in one]
    if not sanctioned or sanctioned[-1] != tranche["amount_paise"]:
        raise Fault("the amount of the tranche is not the one of its last act")
    if paid["amount_paise"] != tranche["amount_paise"]:
        raise Fault("the amount of the disbursement is not that of its tranche")
    payment = [one for one in chain["payments"] if one["id"] == paid["payment_id"]]
    if len(payment) != 1:
        raise Fault("the payment of the disbursement is missing")
    number = payment[0]["number"]
    advised = [part for _, one in details for part in told(one, "payment", number) if "amount_paise" in part]
    if not advised or any(part["amount_paise"] != paid["amount_paise"] for part in advised):
        raise Fault(f"the amount of {number} is not the one of its acts")
    texts = [entry["details"] for entry in done]
    for name in ("utr", "paid_on"):
        if paid[name] != payment[0][name] or not any(f'"{paid[name]}"' in text for text in texts):
            raise Fault(f"the {name} of the disbursement is in none of its acts")
    check_statement(chain, details, statement)


def check_statement(chain, details, statement):
    """Checks that the rules, what they were given and the entitlement are those of the last verification."""
    claim = f"claim:{chain['tranche']['claim_id']}"
    stated = [one["statement"] for entry, one in details if entry["subject"] == claim and one.get("statement")]
    told_here = [chain["claim"].get("statement"), statement.get("statement")]
    for name in ("entitlement_paise", "counted_amount_paise", "counted_kg", "inputs", "caps"):
        if stated and any(one and one.get(name) != stated[-1].get(name) for one in told_here):
            raise Fault(f"the statement has another {name} than the act of the verification")


def check_names(index, found):
    """Checks that every file of the bundle is one that a bundle has."""
    documents = {one["path"] for one in index["documents"]}
    for name in found:
        proof = name.startswith("log/entry-") and name.endswith(".tlog-proof")
        if name not in FILES | LOG_FILES | documents and not proof:
            raise Fault(f"{name} belongs to nothing")


def verify(key, archive):
    found = check_sums(archive)
    index = json.loads(archive.read("index.json"))
    if index["form"] != FORM:
        raise Fault("this is no bundle of the form " + FORM)
    chain = index["chain"]
    proved, size = check_acts(archive, key, chain)
    check_journals(chain, proved)
    check_steps(chain, proved)
    check_names(index, found)
    check_documents(index, chain, proved, found)
    check_money(chain, proved, json.loads(archive.read("statement.json")))
    if index["disbursement"] != chain["disbursement"]["number"]:
        raise Fault("the bundle is named after another disbursement")
    return index, len(found), len(proved), size


def main(key_path, bundle_path):
    key = read_key(read(key_path))
    try:
        with zipfile.ZipFile(bundle_path) as archive:
            index, files, acts, size = verify(key, archive)
    except RecursionError:
        raise
    except (zipfile.BadZipFile, zlib.error, RuntimeError, EOFError) as why:
        raise Fault(f"the bundle cannot be read: {why}")
    except (KeyError, ValueError, TypeError) as why:
        raise Fault(f"the bundle is not complete: {why!r}")
    print(f"{index['disbursement']}: {files} files, {acts} acts under a checkpoint of {size} entries, all agree")


if __name__ == "__main__":
    start(__doc__, main, 2, 2)
