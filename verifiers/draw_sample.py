#!/usr/bin/env python3
"""Draws a sample again from its frozen population, without any code of the service.

    draw_sample.py FILE

FILE is JSON: {"sample": the answer of GET /samples/{id}, "population": the items of all pages of
GET /samples/{id}/population}. Prints `position id reason hits` for each item of the sample and
fails when the seed, the population or the draw differs from the sample.
"""
import hashlib
import sys

from checking import Fault, json_of, start


def sha(text):
    return hashlib.sha256(text.encode()).hexdigest()


class Numbers:
    """SHA-256 in counter mode; rejection sampling skips the values that would bias the remainders."""

    def __init__(self, seed, population):
        self.start = b"".join(part.encode() + b"\0" for part in ("magnet-scheme sample v1", seed, population))
        self.counter = 0

    def number(self):
        block = hashlib.sha256(self.start + self.counter.to_bytes(8, "big")).digest()
        self.counter += 1
        return int.from_bytes(block[:8], "big")

    def below(self, bound):
        if bound <= 1:
            return 0
        multiple = 2**64 // bound * bound
        while True:
            number = self.number()
            if number < multiple:
                return number % bound


def monetary_units(numbers, rest, size):
    total = sum(item["amount_paise"] for item in rest)
    points = min(size, total)
    hits = {}
    if points == 0:
        return hits
    interval = total // points
    wanted = [numbers.below(interval)]
    while len(wanted) < points:
        wanted.append(wanted[-1] + interval)
    up_to, place = 0, 0
    for item in rest:
        up_to += item["amount_paise"]
        while place < points and wanted[place] < up_to:
            hits[item["position"]] = hits.get(item["position"], 0) + 1
            place += 1
    return hits


def at_random(numbers, rest, size):
    row = [item["position"] for item in rest]
    size = min(size, len(row))
    for place in range(size):
        other = place + numbers.below(len(row) - place)
        row[place], row[other] = row[other], row[place]
    return {position: 1 for position in row[:size]}


def main(path):
    draw_again(json_of(path))


def draw_again(told):
    sample, population = told["sample"], told["population"]
    if sha(sample["seed"]) != sample["seed_digest"]:
        raise Fault("the seed is not the one that was committed to")
    if [item["position"] for item in population] != list(range(1, len(population) + 1)):
        raise Fault("the population is not whole")
    digest = sha("".join(f"{item['disbursement_id']} {item['amount_paise']}\n" for item in population))
    if digest != sample["population_digest"]:
        raise Fault("the population is not the one that was frozen")
    numbers = Numbers(sample["seed"], digest)
    least = sample["always_from_paise"]
    rest = [item for item in population if least is None or item["amount_paise"] < least]
    draw = {"monetary_unit": monetary_units, "simple_random": at_random}[sample["method"]]
    hits = draw(numbers, rest, sample["sample_size"])
    lines = []
    for item in population:
        if item["position"] in hits:
            lines.append(f"{item['position']} {item['disbursement_id']} drawn {hits[item['position']]}\n")
        elif least is not None and item["amount_paise"] >= least:
            lines.append(f"{item['position']} {item['disbursement_id']} always 1\n")
    if sha("".join(lines)) != sample["draw_digest"]:
        raise Fault("the draw is not the one that follows from seed and population")
    sys.stdout.write("".join(lines))


if __name__ == "__main__":
    start(__doc__, main, 1, 1)
