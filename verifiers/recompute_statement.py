"""Recomputes claims from their statements alone: python3 verifiers/recompute_statement.py FILE.json ..."""
import json, math, sys, unicodedata
from datetime import date
from fractions import Fraction as F
def value(text):
    return text == "yes" if text in ("yes", "no") else date.fromisoformat(text) if text.count("-") == 2 else text if text[:1].isalpha() else F(text)
def row(table, at): return next(rate for up_to, rate in table if up_to is None or at <= up_to)
def marginal(table, of):
    lows = [F(0)] + [up_to for up_to, _ in table[:-1]]
    return sum((max((of if up_to is None else min(up_to, of)) - low, 0) * rate for low, (up_to, rate) in zip(lows, table)), F(0))
FUNCTIONS = {"min": min, "max": max, "choose": lambda which, yes, no: yes if which else no, "floor": lambda n: F(math.floor(n)),
    "days": lambda a, b: max((b - a).days + 1, 0), "years": lambda a, b: b.year - a.year - ((b.month, b.day) < (a.month, a.day)),
    "lookup": row, "whole": lambda table, of: of * row(table, of), "marginal": marginal}
def evaluate(rule, names): return eval(rule, {"__builtins__": {}}, FUNCTIONS | names)
def of_line(line, rules):
    stated = {fact["code"]: fact["value"] for fact in line.get("facts", [])}
    names = {"line_kg": F(line["quantity_kg"]), "line_amount": F(line["amount_paise"]), "line_date": value(line["invoice_date"])}
    for rule in rules:
        told = stated.get(rule["code"], rule.get("absent"))
        names[rule["code"]] = told if isinstance(told, bool) else value(told) if isinstance(told, str) else told * F(rule["factor"])
    return names
def count(statement, lines, names):
    left = {line["line"]: (line["quantity_kg"], line["amount_paise"]) for line in lines}
    for rule in statement.get("line_rules", []):
        room = max(math.floor(evaluate(rule["quantity_kg_rule"], names)), 0) if rule["shared"] else 0
        for line in sorted(lines, key=lambda line: (line["invoice_date"], line["invoice_number"], line["party"])):
            (kg, paise), here = left[line["line"]], names | of_line(line, statement.get("line_facts", []))
            if rule["shared"]:
                kept = min(kg, room)
                room, left[line["line"]] = room - kept, (kept, paise * kept // kg if kg else paise)
            elif evaluate(rule["when"], here):
                parts = [math.ceil(evaluate(rule[key], here)) if key in rule else 0 for key in ("quantity_kg_rule", "amount_paise_rule")]
                whole = "quantity_kg_rule" not in rule and "amount_paise_rule" not in rule
                left[line["line"]] = (0, 0) if whole else (max(kg - parts[0], 0), max(paise - parts[1], 0))
    return left
def plain(text):
    digit = lambda c: str(unicodedata.decimal(c)) if c.isdecimal() else c
    return "".join(map(digit, unicodedata.normalize("NFKC", text))).strip().upper()
def with_notes(lines):
    """Each invoice with the credit and debit notes that name it."""
    invoices = [dict(line) for line in lines if "corrects_number" not in line]
    gstin = lambda line: "".join(c for c in line.get("supplier_gstin", "") if c != "-" and not c.isspace()).upper()
    for note in (line for line in lines if "corrects_number" in line):
        for line in invoices:
            named = (plain(line["invoice_number"]), line["invoice_date"]) == (plain(note["corrects_number"]), note["corrects_date"])
            if named and gstin(note) in ("", gstin(line)):
                line["quantity_kg"], line["amount_paise"] = line["quantity_kg"] + note["quantity_kg"], line["amount_paise"] + note["amount_paise"]
    return [line | {key: max(line[key], 0) for key in ("quantity_kg", "amount_paise")} for line in invoices]
def check(document):
    statement = document["statement"]
    names = {one["name"]: value(one["value"]) for one in statement["inputs"]}
    names |= {table["name"]: [(F(one["up_to"]) if "up_to" in one else None, F(one["value"])) for one in table["rows"]] for table in statement.get("tables", [])}
    lines = with_notes([line for line in document["lines"] if line["decision"]["accepted"]])
    left = count(statement, lines, names)
    kg, paise = map(sum, zip(*left.values())) if left else (0, 0)
    assert (kg, paise) == (statement["counted_kg"], statement["counted_amount_paise"]), (kg, paise)
    amount, names = statement["amount_claimed_paise"], names | {"counted_kg": F(kg), "counted_amount": F(paise)}
    for one in statement.get("line_sums", []):
        parts = [names | of_line(line, statement["line_facts"]) | dict(zip(("line_counted_kg", "line_counted_amount"), map(F, left[line["line"]]))) for line in lines]
        names[one["name"]] = sum((evaluate(one["sum"], part) for part in parts if evaluate(one.get("when", "1 == 1"), part)), F(0))
        assert names[one["name"]] == F(one["value"]), one["name"]
    for one in statement.get("values", []):
        names[one["name"]] = evaluate(one["expression"], names)
        assert names[one["name"]] == value(one["value"]), one["name"]
    for cap in statement["caps"]:
        limit = max(math.floor(evaluate(cap["expression"], names | {"before": F(amount)})), 0)
        assert limit == cap["limit_paise"], (cap["cap"], limit, cap["limit_paise"])
        amount = min(amount, limit)
        assert amount == cap["after_paise"] and (cap["cap"] != "component_outlay" or amount == statement["entitlement_paise"]), cap["cap"]
    assert amount == statement["payable_paise"], amount
    return amount
def main(paths):
    if not paths: sys.exit("wrong number of arguments; --help says what is needed")
    if "--help" in paths or "-h" in paths: print(__doc__); return
    for path in paths:
        try: print(f"{path}: {check(json.load(open(path, encoding='utf-8')))} paise payable, as stated")
        except AssertionError as why: sys.exit(f"{path}: FAULT: computed {why}, which the statement does not say")
        except OSError as why: sys.exit(f"{path}: {why.strerror}")
        except (KeyError, ValueError, TypeError, NameError, SyntaxError) as why: sys.exit(f"{path}: FAULT: it cannot be read as a statement: {why!r}")
if __name__ == "__main__": main(sys.argv[1:])
