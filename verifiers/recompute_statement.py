"""Recomputes claims from their statements alone, without the service.

    python3 recompute_statement.py FILE.json ...

FILE: the answer of GET /claims/{id}/statement. Prints the amount that follows from the lines, figures and rules of each
statement, and fails where the statement says another one. Rules are read as formulas: nothing of a file is executed.
Needs Python 3.8 alone.
"""

import ast
import math
import operator
import unicodedata
from datetime import date
from fractions import Fraction as F

from checking import Fault, json_of, start


def value(text):
    if text in ("yes", "no"):
        return text == "yes"
    if text.count("-") == 2:
        return date.fromisoformat(text)
    return text if text[:1].isalpha() else F(text)


def row(table, at):
    for up_to, rate in table:
        if up_to is None or at <= up_to:
            return rate
    raise Fault(f"no row of a table reaches {at}")


def marginal(table, of):
    lows = [F(0)] + [up_to for up_to, _ in table[:-1]]
    part = lambda low, up_to: max((of if up_to is None else min(up_to, of)) - low, 0)
    return sum((part(low, up_to) * rate for low, (up_to, rate) in zip(lows, table)), F(0))


FUNCTIONS = {
    "min": min,
    "max": max,
    "choose": lambda which, yes, no: yes if which else no,
    "floor": lambda number: F(math.floor(number)),
    "days": lambda first, last: max((last - first).days + 1, 0),
    "years": lambda first, last: last.year - first.year - ((last.month, last.day) < (first.month, first.day)),
    "lookup": row,
    "whole": lambda table, of: of * row(table, of),
    "marginal": marginal,
}
OPERATORS = {
    ast.Add: operator.add,
    ast.Sub: operator.sub,
    ast.Mult: operator.mul,
    ast.Div: operator.truediv,
    ast.Lt: operator.lt,
    ast.LtE: operator.le,
    ast.Gt: operator.gt,
    ast.GtE: operator.ge,
    ast.Eq: operator.eq,
    ast.NotEq: operator.ne,
    ast.Not: operator.not_,
    ast.USub: operator.neg,
}


def compute(part, names):
    """The value of a part of a formula: names, numbers, texts, the operators above and the functions above."""
    if isinstance(part, ast.Name) and part.id in names:
        return names[part.id]
    if isinstance(part, ast.Constant) and isinstance(part.value, (int, str)):
        return F(part.value) if type(part.value) is int else part.value
    if isinstance(part, ast.BoolOp):
        which = all if isinstance(part.op, ast.And) else any
        return which(compute(one, names) for one in part.values)
    if isinstance(part, ast.UnaryOp) and type(part.op) in OPERATORS:
        return OPERATORS[type(part.op)](compute(part.operand, names))
    if isinstance(part, ast.BinOp) and type(part.op) in OPERATORS:
        return OPERATORS[type(part.op)](compute(part.left, names), compute(part.right, names))
    if isinstance(part, ast.Compare) and all(type(one) in OPERATORS for one in part.ops):
        sides = [compute(one, names) for one in (part.left, *part.comparators)]
        return all(OPERATORS[type(one)](*pair) for one, pair in zip(part.ops, zip(sides, sides[1:])))
    if isinstance(part, ast.Call) and isinstance(part.func, ast.Name) and not part.keywords:
        if part.func.id in FUNCTIONS:
            return FUNCTIONS[part.func.id](*(compute(one, names) for one in part.args))
    raise Fault(f"a formula has {ast.dump(part)[:80]}, which is no part of a formula or not stated")


def evaluate(rule, names):
    return compute(ast.parse(rule.strip(), mode="eval").body, names)


def of_line(line, rules):
    """The names that a rule about lines uses, for one line."""
    stated = {fact["code"]: fact["value"] for fact in line.get("facts", [])}
    names = {
        "line_kg": F(line["quantity_kg"]),
        "line_amount": F(line["amount_paise"]),
        "line_date": value(line["invoice_date"]),
    }
    for rule in rules:
        told = stated.get(rule["code"], rule.get("absent"))
        if not isinstance(told, bool):
            told = value(told) if isinstance(told, str) else told * F(rule["factor"])
        names[rule["code"]] = told
    return names


def count(statement, lines, names):
    """What is left of each line by the rules about lines: kilograms and paise, by the number of the line."""
    left = {line["line"]: (line["quantity_kg"], line["amount_paise"]) for line in lines}
    in_order = sorted(lines, key=lambda line: (line["invoice_date"], line["invoice_number"], line["party"]))
    for rule in statement.get("line_rules", []):
        room = max(math.floor(evaluate(rule["quantity_kg_rule"], names)), 0) if rule["shared"] else 0
        for line in in_order:
            kg, paise = left[line["line"]]
            if rule["shared"]:
                kept = min(kg, room)
                room, left[line["line"]] = room - kept, (kept, paise * kept // kg if kg else paise)
                continue
            here = names | of_line(line, statement.get("line_facts", []))
            if evaluate(rule["when"], here):
                left[line["line"]] = excluded(rule, kg, paise, here)
    return left


def excluded(rule, kg, paise, names):
    if "quantity_kg_rule" not in rule and "amount_paise_rule" not in rule:
        return 0, 0
    part = lambda key: math.ceil(evaluate(rule[key], names)) if key in rule else 0
    return max(kg - part("quantity_kg_rule"), 0), max(paise - part("amount_paise_rule"), 0)


def plain(text):
    digit = lambda character: str(unicodedata.decimal(character)) if character.isdecimal() else character
    return "".join(map(digit, unicodedata.normalize("NFKC", text))).strip().upper()


def gstin(line):
    return "".join(c for c in line.get("supplier_gstin", "") if c != "-" and not c.isspace()).upper()


def with_notes(lines):
    """Each invoice with the credit and debit notes that name it."""
    invoices = [dict(line) for line in lines if "corrects_number" not in line]
    for note in (line for line in lines if "corrects_number" in line):
        sought = (plain(note["corrects_number"]), note["corrects_date"])
        for line in invoices:
            if (plain(line["invoice_number"]), line["invoice_date"]) != sought or gstin(note) not in ("", gstin(line)):
                continue
            for key in ("quantity_kg", "amount_paise"):
                line[key] += note[key]
    return [line | {key: max(line[key], 0) for key in ("quantity_kg", "amount_paise")} for line in invoices]


def require(what, computed, stated):
    if computed != stated:
        raise Fault(f"{what}: computed {computed}, which the statement does not say")


def inputs(statement):
    """The names that a statement gives a value or a table."""
    names = {one["name"]: value(one["value"]) for one in statement["inputs"]}
    for table in statement.get("tables", []):
        rows = [(F(one["up_to"]) if "up_to" in one else None, F(one["value"])) for one in table["rows"]]
        names[table["name"]] = rows
    return names


def sums(statement, lines, left, names):
    """Adds the sums over lines and the values that were named on the way."""
    for one in statement.get("line_sums", []):
        total = F(0)
        for line in lines:
            kg, paise = left[line["line"]]
            here = names | of_line(line, statement.get("line_facts", []))
            here |= {"line_counted_kg": F(kg), "line_counted_amount": F(paise)}
            if evaluate(one.get("when", "1 == 1"), here):
                total += evaluate(one["sum"], here)
        names[one["name"]] = total
        require(one["name"], total, F(one["value"]))
    for one in statement.get("values", []):
        names[one["name"]] = evaluate(one["expression"], names)
        require(one["name"], names[one["name"]], value(one["value"]))


def check(document):
    """The amount in paise that follows from a statement; a fault where the statement says another one."""
    statement = document["statement"]
    names = inputs(statement)
    lines = with_notes([line for line in document["lines"] if line["decision"]["accepted"]])
    left = count(statement, lines, names)
    kg, paise = map(sum, zip(*left.values())) if left else (0, 0)
    require("what is counted", (kg, paise), (statement["counted_kg"], statement["counted_amount_paise"]))
    names |= {"counted_kg": F(kg), "counted_amount": F(paise)}
    sums(statement, lines, left, names)
    amount = statement["amount_claimed_paise"]
    for cap in statement["caps"]:
        limit = max(math.floor(evaluate(cap["expression"], names | {"before": F(amount)})), 0)
        require(cap["cap"], limit, cap["limit_paise"])
        amount = min(amount, limit)
        require(cap["cap"], amount, cap["after_paise"])
        if cap["cap"] == "component_outlay":
            require("the entitlement", amount, statement["entitlement_paise"])
    require("what is payable", amount, statement["payable_paise"])
    return amount


def main(*paths):
    for path in paths:
        try:
            print(f"{path}: {check(json_of(path))} paise payable, as stated")
        except Fault as fault:
            raise Fault(f"{path}: {fault}")


if __name__ == "__main__":
    start(__doc__, main, 1)
