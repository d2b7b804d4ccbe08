"""Recomputes claims from their statements alone: python3 tests/recompute_statement.py FILE.json ..."""
import json, math, sys
from datetime import date
from fractions import Fraction


def value(text):
    if text in ("yes", "no"):
        return text == "yes"
    return date.fromisoformat(text) if text.count("-") == 2 else Fraction(text)


def evaluate(expression, names, tables):
    row = lambda table, at: next(v for up, v in table if up is None or at <= up)
    def marginal(table, of):
        below, total = Fraction(0), Fraction(0)
        for up, rate in table:
            upper = of if up is None else min(up, of)
            total, below = total + max(upper - below, 0) * rate, max(upper, below)
        return total
    known = {"min": min, "max": max, "choose": lambda which, yes, no: yes if which else no,
             "floor": lambda n: Fraction(math.floor(n)), "days": lambda a, b: max((b - a).days + 1, 0),
             "years": lambda a, b: b.year - a.year - ((b.month, b.day) < (a.month, a.day)),
             "lookup": row, "whole": lambda t, of: of * row(t, of), "marginal": marginal}
    return eval(expression, {"__builtins__": {}}, known | tables | names)


def line_names(line, facts):
    stated = {fact["code"]: fact["value"] for fact in line.get("facts", [])}
    names = {"line_kg": Fraction(line["quantity_kg"]), "line_amount": Fraction(line["amount_paise"]),
             "line_date": date.fromisoformat(line["invoice_date"])}
    for fact in facts:
        told = stated.get(fact["code"], fact.get("absent"))
        names[fact["code"]] = (told if isinstance(told, bool) else date.fromisoformat(told) if isinstance(told, str)
                               else told * Fraction(fact["factor"]))
    return names


def counted(statement, lines, names, tables):
    left = {line["line"]: [line["quantity_kg"], line["amount_paise"]] for line in lines}
    for rule in statement.get("line_rules", []):
        room = math.floor(evaluate(rule["quantity_kg_rule"], names, tables)) if rule["shared"] else 0
        for line in sorted(lines, key=lambda l: (l["invoice_date"], l["invoice_number"], l["party"])):
            here, kept = names | line_names(line, statement.get("line_facts", [])), left[line["line"]]
            if rule["shared"]:
                part = min(kept[0], max(room, 0))
                room, left[line["line"]] = room - part, [part, kept[1] * part // kept[0] if kept[0] else kept[1]]
            elif evaluate(rule["when"], here, tables):
                out = [math.ceil(evaluate(rule[key], here, tables)) if key in rule else None
                       for key in ("quantity_kg_rule", "amount_paise_rule")]
                whole = out == [None, None]
                left[line["line"]] = [0, 0] if whole else [max(k - (o or 0), 0) for k, o in zip(kept, out)]
    return [sum(one[index] for one in left.values()) for index in (0, 1)]


def check(document):
    statement = document["statement"]
    names = {entry["name"]: value(entry["value"]) for entry in statement["inputs"]}
    tables = {table["name"]: [(Fraction(r["up_to"]) if "up_to" in r else None, Fraction(r["value"])) for r in table["rows"]]
              for table in statement.get("tables", [])}
    accepted = [line for line in document["lines"] if line["decision"]["accepted"]]
    kg, paise = counted(statement, accepted, names, tables)
    assert (kg, paise) == (statement["counted_kg"], statement["counted_amount_paise"]), (kg, paise)
    names |= {"counted_kg": Fraction(kg), "counted_amount": Fraction(paise)}
    amount, after = statement["amount_claimed_paise"], {}
    for cap in statement["caps"]:
        limit = max(math.floor(evaluate(cap["expression"], names | {"before": Fraction(amount)}, tables)), 0)
        assert limit == cap["limit_paise"], (cap["cap"], limit, cap["limit_paise"])
        amount = min(amount, limit)
        assert amount == cap["after_paise"], cap["cap"]
        after[cap["cap"]] = amount
    assert after["component_outlay"] == statement["entitlement_paise"]
    assert amount == statement["payable_paise"]
    return amount


for path in sys.argv[1:]:
    with open(path, encoding="utf-8") as file:
        print(f"{path}: {check(json.load(file))} paise payable, as stated")
