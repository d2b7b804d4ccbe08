"""What the verifiers share: how they are started, and how they say what is wrong. It checks nothing by itself.

This file lies beside the verifiers and needs Python 3.8 alone.
"""

import json
import os
import sys


class Fault(Exception):
    """What is given does not agree with itself, or with what it is held against."""


# What Python raises on a file that is not what it should be.
UNREADABLE = (ArithmeticError, AttributeError, LookupError, RuntimeError, SyntaxError, TypeError, ValueError)


def start(about, main, least, most=None):
    """Runs a verifier on the arguments of its command. Whatever is wrong with them, or with what they name, is said in
    one line; `about` is printed for --help. A reader who goes away ends it quietly."""
    try:
        run(about, main, least, most)
        sys.stdout.flush()
    except BrokenPipeError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())


def run(about, main, least, most):
    given = sys.argv[1:]
    if "--help" in given or "-h" in given:
        print(about.strip())
        return
    if len(given) < least or (most is not None and len(given) > most):
        raise SystemExit("wrong number of arguments; --help says what is needed")
    try:
        main(*given)
    except Fault as fault:
        raise SystemExit(f"FAULT: {fault}")
    except BrokenPipeError:
        raise
    except OSError as why:
        raise SystemExit(f"{why.filename}: {why.strerror}" if why.filename else str(why))
    except RecursionError:
        raise SystemExit("FAULT: what is given is nested too deeply to be read")
    except UNREADABLE as why:
        raise SystemExit(f"FAULT: what is given cannot be read: {why!r}")


def json_of(path):
    """The JSON of a file. Numbers that are none (`Infinity`, `NaN`) are refused."""

    def no_number(text):
        raise Fault(f"{text} is no number")

    with open(path, encoding="utf-8") as file:
        return json.load(file, parse_constant=no_number)
