#!/usr/bin/env python3
"""Reads the public data of a running service with programs that are not ours.

    check_public_data.py http://127.0.0.1:8080 FOLDER_WITH_SCHEMAS

Checks the 360Giving and OCDS packages against their schemas (jsonschema), and the Data Package with
frictionless, both from its ZIP file and from its address; and checks that each of them, read here
with exact decimals, adds up to the totals that the service reports. Needs the packages jsonschema,
rfc3339-validator and frictionless. The folder contains release-package-schema.json and
release-schema.json of OCDS, and release-package-schema-dereferenced.json with its extensions. If it
also contains 360-giving-package-schema.json and 360-giving-schema.json, the grants are checked
against them as well as against our own schema of that standard.
"""

import csv
import io
import json
import sys
import tempfile
import urllib.request
import zipfile
from decimal import Decimal
from pathlib import Path

import frictionless
from jsonschema import Draft4Validator, Draft202012Validator, FormatChecker
from referencing import Registry
from referencing.jsonschema import DRAFT4, DRAFT202012

HERE = Path(__file__).parent


def get(base, path):
    with urllib.request.urlopen(f"{base}/api/v1/public/data{path}") as answer:
        return answer.read()


def exact(content):
    return json.loads(content, parse_float=Decimal)


def paise(amount):
    found = Decimal(amount) * 100
    assert found == found.to_integral_value(), f"{amount} is no whole number of paise"
    return int(found)


def loaded(path):
    return json.loads(path.read_text(encoding="utf-8"))


def valid(name, validator, document):
    faults = [f"{fault.json_path}: {fault.message[:200]}" for fault in validator.iter_errors(document)]
    assert not faults, f"{name}: {faults[:5]}"


def must_find(name, validator, document, spoil):
    """Fails unless the schema refuses a spoiled file: a schema that accepts everything proves nothing."""
    spoiled = json.loads(json.dumps(document, default=float))
    spoil(spoiled)
    assert list(validator.iter_errors(spoiled)), f"{name}: a spoiled file passes"


def check_grants(base, schemas, totals):
    document = exact(get(base, "/360giving.json"))
    validators = [("our reading of 360Giving 1.4", Draft202012Validator(loaded(HERE / "referees/360giving.schema.json"), format_checker=FormatChecker()))]
    own = [schemas / "360-giving-package-schema.json", schemas / "360-giving-schema.json"]
    if all(path.exists() for path in own):
        package, grant = map(loaded, own)
        place = package["properties"]["grants"]["items"]["$ref"]
        registry = Registry().with_resource(place, DRAFT202012.create_resource(grant))
        validators.append(("360Giving's own schema", Draft202012Validator(package, registry=registry, format_checker=FormatChecker())))
    else:
        print("NOTE: 360Giving's own schema is not in the folder; checked against our reading of it alone")
    for name, validator in validators:
        valid(name, validator, document)
        must_find(name, validator, document, lambda spoiled: spoiled["grants"][0].pop("awardDate"))
        must_find(name, validator, document, lambda spoiled: spoiled["grants"][0].update(amountAwarded="1"))
    grants = document["grants"]
    sums = lambda list_name: [one for grant in grants for one in grant[list_name]]
    disbursed, committed = sums("disbursementTransaction"), sums("commitmentTransaction")
    assert len(grants) == totals["awards"]
    assert sum(paise(grant["amountAwarded"]) for grant in grants) == totals["ceilings_paise"]
    assert (len(committed), sum(paise(one["value"]) for one in committed)) == (totals["sanctions"], totals["sanctioned_paise"])
    assert (len(disbursed), sum(paise(one["value"]) for one in disbursed)) == (totals["disbursements"], totals["disbursed_paise"])
    assert sum(paise(grant["amountDisbursed"]) for grant in grants) == totals["disbursed_paise"]
    for name in ["id"]:
        assert len({grant[name] for grant in grants}) == len(grants), f"{name} twice"
    return f"{len(grants)} grants, {len(committed)} commitments, {len(disbursed)} disbursements"


def check_releases(base, schemas, totals):
    document = exact(get(base, "/ocds.json"))
    package, release = loaded(schemas / "release-package-schema.json"), loaded(schemas / "release-schema.json")
    place = package["properties"]["releases"]["items"]["$ref"]
    registry = Registry().with_resource(place, DRAFT4.create_resource(release))
    registry = registry.with_resource(release["id"], DRAFT4.create_resource(release))
    validator = Draft4Validator(package, registry=registry, format_checker=FormatChecker())
    valid("OCDS", validator, document)
    must_find("OCDS", validator, document, lambda spoiled: spoiled["releases"][0].pop("tag"))
    must_find("OCDS", validator, document, lambda spoiled: spoiled["releases"][0].update(initiationType="grant"))
    must_find("OCDS", validator, document, lambda spoiled: spoiled["releases"][0]["contracts"][0].pop("awardID"))
    # The schema with the extension that links payments to milestones. It includes every extension, and
    # one of them restricts `initiationType` to a value of its own.
    extended = loaded(schemas / "release-package-schema-dereferenced.json")
    extended["properties"]["releases"]["items"]["properties"]["initiationType"]["enum"] = ["tender"]
    valid("OCDS with extensions", Draft4Validator(extended, format_checker=FormatChecker()), document)
    releases = document["releases"]
    contracts = [contract for release in releases for contract in release["contracts"]]
    payments = [one for contract in contracts for one in contract["implementation"]["transactions"]]
    assert len(releases) == totals["awards"]
    for noun in [[award for release in releases for award in release["awards"]], contracts]:
        assert sum(paise(one["value"]["amount"]) for one in noun) == totals["ceilings_paise"]
    assert (len(payments), sum(paise(one["value"]["amount"]) for one in payments)) == (totals["disbursements"], totals["disbursed_paise"])
    for contract in contracts:
        milestones = {one["id"] for one in contract["implementation"]["milestones"]}
        related = [one.get("relatedImplementationMilestone", {}).get("id") for one in contract["implementation"]["transactions"]]
        assert set(related) - {None} <= milestones, "a payment for a milestone that is not there"
    return f"{len(releases)} releases, {len(payments)} transactions"


def must_hold(name, report):
    assert report.valid, f"{name}: {report.flatten(['type', 'note'])[:5]}"


def check_package(base, totals):
    with tempfile.TemporaryDirectory() as folder:
        archive = Path(folder) / "datapackage.zip"
        archive.write_bytes(get(base, "/datapackage.zip"))
        must_hold("the ZIP file", frictionless.Package(str(archive)).validate())
        files = Path(folder) / "files"
        with zipfile.ZipFile(archive) as packed:
            assert packed.testzip() is None
            packed.extractall(files)
        tables = {path.stem: list(csv.DictReader(io.StringIO(path.read_text(encoding="utf-8"), newline=""))) for path in files.glob("*.csv")}
        for name, content in [(path.name, path.read_bytes()) for path in files.iterdir()]:
            assert get(base, f"/{name}") == content, f"{name} is another one alone"
        # A disbursement of a missing award must be detected.
        spoiled = files / "awards.csv"
        spoiled.write_bytes(b"\r\n".join(spoiled.read_bytes().split(b"\r\n")[:1]) + b"\r\n")
        report = frictionless.Package(str(files / "datapackage.json")).validate()
        assert not report.valid, "a disbursement of no award passes"
    must_hold("the address", frictionless.Package(f"{base}/api/v1/public/data/datapackage.json").validate())
    amounts = lambda table, column="amount_inr": (len(tables[table]), sum(paise(row[column]) for row in tables[table]))
    assert amounts("disbursements") == (totals["disbursements"], totals["disbursed_paise"])
    assert amounts("sanctions") == (totals["sanctions"], totals["sanctioned_paise"])
    assert amounts("awards", "ceiling_inr") == (totals["awards"], totals["ceilings_paise"])
    assert amounts("ceilings")[1] == totals["ceilings_paise"]
    assert len(tables["beneficiaries"]) == totals["beneficiaries"]
    for name in ["appropriated", "sanctioned", "disbursed", "recovered"]:
        assert amounts("years", f"{name}_inr")[1] == totals[f"{name}_paise"], name
    return ", ".join(f"{len(rows)} {name}" for name, rows in sorted(tables.items()))


def main(base, schemas):
    index = json.loads(get(base, ""))
    totals = index["totals"]
    assert totals["awards"] and totals["disbursements"], "there is nothing to check"
    assert index["licence"]["name"] == "GODL-India"
    print("360Giving:", check_grants(base, schemas, totals))
    print("OCDS:", check_releases(base, schemas, totals))
    print("Data Package:", check_package(base, totals))
    print(f"all of them say {totals['disbursed_paise']} paise disbursed, {totals['sanctioned_paise']} sanctioned")


if __name__ == "__main__":
    if len(sys.argv) != 3:
        sys.exit(__doc__)
    main(sys.argv[1].rstrip("/"), Path(sys.argv[2]))
