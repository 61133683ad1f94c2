"""Sentences as functions, answered in TAP (https://testanything.org)."""

import sys

_CASES = []


class Skip(Exception):
    """Raised by a case that cannot be tried on this machine, with why."""


def case(sentence):
    def add(function):
        _CASES.append((sentence, function))
        return function

    return add


def run_all(*arguments):
    """Ends the program: 1 where a sentence is not true."""
    failed = 0
    print(f"1..{len(_CASES)}")
    for number, (sentence, function) in enumerate(_CASES, 1):
        try:
            function(*arguments)
            print(f"ok {number} - {sentence}", flush=True)
        except Skip as reason:
            print(f"ok {number} - {sentence} # SKIP {reason}", flush=True)
        except Exception as error:  # whatever it is, this sentence is not true
            failed = 1
            print(f"not ok {number} - {sentence}\n# {type(error).__name__}: {str(error)[:3000]}", flush=True)
    sys.exit(failed)
