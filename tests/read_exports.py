#!/usr/bin/env python3
"""Reads the exports of one selection of disbursements with programs that are not ours.

    read_exports.py FOLDER TOTAL_PAISE COUNT [PROGRAMS]

FOLDER holds disbursements.csv, .ndjson, .json, .parquet, .xlsx, .journal, .ledger and .beancount.
Every one must have COUNT records and TOTAL_PAISE as the sum of amount_paise, and every cell of the
Parquet file and the workbook must equal that of the NDJSON. PROGRAMS is the folder of bean-check,
when it is not on the path. Needs hledger, ledger, and the Python packages duckdb, openpyxl, beancount.
"""
import csv, datetime, decimal, hashlib, json, os, subprocess, sys

EPOCH = datetime.datetime(1970, 1, 1)


def run(*command):
    done = subprocess.run(command, capture_output=True, text=True)
    if done.returncode != 0:
        sys.exit(f"{' '.join(command)}: {done.stdout}{done.stderr}")
    return done.stdout


def paise(rupees):
    value = decimal.Decimal(rupees) * 100
    assert value == int(value), f"{rupees} is no whole number of paise"
    return int(value)


def micros(text):
    instant = datetime.datetime.strptime(text, "%Y-%m-%dT%H:%M:%S.%fZ") - EPOCH
    return (instant.days * 86_400 + instant.seconds) * 1_000_000 + instant.microseconds


def shown(name):
    return name[: -len("_paise")] + "_rupees" if name.endswith("_paise") else name


def same(where, row, name, wanted, found):
    assert wanted == found, f"{where}, record {row}: {name} is {found!r}, not {wanted!r}"


def plain(path):
    """Reads the formats of Python itself, CSV, NDJSON and JSON, and the digest that the others repeat."""
    with open(path("csv"), encoding="utf-8", newline="") as file:
        table = list(csv.DictReader(file))
    with open(path("ndjson"), "rb") as file:
        raw = file.read()
    lines = [json.loads(line) for line in raw.splitlines()]
    with open(path("json"), encoding="utf-8") as file:
        assert json.load(file) == lines, "json is not ndjson"
    for number, (row, line) in enumerate(zip(table, lines, strict=True)):
        for name, value in line.items():
            same("csv", number, name, "" if value is None else str(value), row[name])
    return lines, hashlib.sha256(raw).hexdigest()


def parquet(path, lines, digest):
    import duckdb

    database = duckdb.connect()
    columns = database.execute("DESCRIBE SELECT * FROM read_parquet(?)", [path]).fetchall()
    kinds = {name: kind for name, kind, *_ in columns}
    asked = [f'epoch_us("{name}")' if kind.startswith("TIMESTAMP") else f'"{name}"' for name, kind in kinds.items()]
    rows = database.execute(f"SELECT {', '.join(asked)} FROM read_parquet(?)", [path]).fetchall()
    for number, (row, line) in enumerate(zip(rows, lines, strict=True)):
        cells = dict(zip(kinds, row, strict=True))
        for name, value in line.items():
            found, kind = cells[shown(name)], kinds[shown(name)]
            if name.endswith("_paise"):
                assert kind == "DECIMAL(18,2)", kind
                found = None if found is None else paise(found)
            elif kind == "DATE":
                found = None if found is None else found.isoformat()
            elif kind.startswith("TIMESTAMP"):
                assert kind == "TIMESTAMP WITH TIME ZONE", kind
                value = None if value is None else micros(value)
            same("parquet", number, name, value, found)
    kept = dict(database.execute("SELECT decode(key), decode(value) FROM parquet_kv_metadata(?)", [path]).fetchall())
    same("parquet", "metadata", "digest", digest, kept["magnet_scheme.rows_sha256"])
    return database.execute("SELECT count(*), sum(amount_rupees) FROM read_parquet(?)", [path]).fetchone()


def xlsx(path, lines, digest):
    import openpyxl

    book = openpyxl.load_workbook(path)
    about = {name.value: value.value for name, value in book["about"].iter_rows()}
    same("xlsx", "about", "digest", digest, about["SHA-256 of the records as NDJSON"])
    sheet = book.worksheets[0]
    assert sheet.freeze_panes == "A2" and sheet.auto_filter.ref == sheet.dimensions, sheet.auto_filter.ref
    heads = [cell.value for cell in sheet[1]]
    count, total = 0, decimal.Decimal(0)
    for number, (row, line) in enumerate(zip(sheet.iter_rows(min_row=2), lines, strict=True)):
        cells = dict(zip(heads, row, strict=True))
        for name, value in line.items():
            cell = cells[shown(name)]
            found = cell.value
            assert cell.data_type != "f", f"{cell.coordinate} is a formula"
            if name.endswith("_paise"):
                found = paise(repr(found) if isinstance(found, float) else found)
            elif cell.is_date and "h" in cell.number_format:
                value, found = value[:23], found.isoformat(timespec="milliseconds")
            elif cell.is_date:
                found = found.date().isoformat()
            same("xlsx", number, name, value or None if isinstance(value, str) else value, found)
        count += 1
        total += decimal.Decimal(repr(cells["amount_rupees"].value))
    same("xlsx", "about", "records", str(count), about["records"])
    same("xlsx", "about", "total", paise(total), paise(about["sum of amount_rupees"]))
    return count, total


def only_number(text):
    """The only amount in a report; zero when the report is empty."""
    found = [word for word in text.replace(",", "").replace('"', " ").split() if word.replace(".", "").replace("-", "").isdigit()]
    assert len(found) <= 1, text
    return decimal.Decimal(found[0] if found else 0)


def records(path):
    with open(path, encoding="utf-8") as file:
        return int(next(line for line in file if "; SHA-256 of them as NDJSON: " in line).split()[1])


def hledger(path, lines, digest):
    run("hledger", "-f", path, "check", "--strict")
    report = run("hledger", "-f", path, "balance", "Expenses:Disbursed", "--depth", "1", "--no-total", "--format", "%(total)")
    ids = run("hledger", "-f", path, "tags", "^id$", "--values").split()
    assert sorted(ids) == sorted(line["id"] for line in lines), "hledger sees other records"
    return len(ids), only_number(report.replace("INR", ""))


def ledger(path, lines, digest):
    strict = ["ledger", "--args-only", "-f", path, "--strict", "--pedantic"]
    run(*strict, "balance")
    report = run(*strict, "balance", "^Expenses:Disbursed", "--depth", "1", "--no-total", "--format", "%(quantity(scrub(display_total)))\n")
    return records(path), only_number(report)


def beancount(path, lines, digest, programs):
    run(os.path.join(programs, "bean-check") if programs else "bean-check", path)
    from beancount import loader
    from beancount.core import data

    entries, errors, _ = loader.load_file(path)
    assert not errors, errors
    paid = [entry for entry in entries if isinstance(entry, data.Transaction)]
    ids = {entry.meta["id"] for entry in paid}
    assert ids == {line["id"] for line in lines}, "beancount sees other records"
    postings = [posting for entry in paid for posting in entry.postings]
    return len(ids), sum(posting.units.number for posting in postings if posting.account.startswith("Expenses:Disbursed:"))


def main(folder, total_paise, count, programs=None):
    path = lambda ending: os.path.join(folder, f"disbursements.{ending}")
    lines, digest = plain(path)
    wanted = (int(count), int(total_paise))
    found = {"csv, ndjson, json": (len(lines), sum(line["amount_paise"] for line in lines))}
    reads = {"parquet": parquet, "xlsx": xlsx, "journal": hledger, "ledger": ledger}
    for ending, read in reads.items():
        rows, total = read(path(ending), lines, digest)
        found[ending] = (rows, paise(total or 0))
    rows, total = beancount(path("beancount"), lines, digest, programs)
    found["beancount"] = (rows, paise(total))
    for ending in ["journal", "ledger", "beancount"]:
        with open(path(ending), encoding="utf-8") as file:
            assert digest in file.read(), f"{ending} has another digest"
    for name, (rows, total) in found.items():
        print(f"{name}: {rows} records, {total} paise")
    wrong = [name for name, pair in found.items() if pair != wanted]
    if wrong:
        sys.exit(f"{', '.join(wrong)}: not the {wanted[0]} records and {wanted[1]} paise of the service")


if __name__ == "__main__":
    main(*sys.argv[1:])
