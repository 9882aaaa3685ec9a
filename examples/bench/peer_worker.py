"""Runs one piece of work of one peer, for peers.py: python peer_worker.py WORK FOLDER

Writes the network to FOLDER and a line of JSON that describes the work; then answers each line "forward",
"gradient" or "update" of standard input with the CPU time of a measurement, in µs per step.
"""
import importlib
import json
import os
import sys

from peer_work import measure, repeats


def main():
    name, folder = sys.argv[1:]
    answers = os.fdopen(os.dup(1), "w")
    os.dup2(2, 1)  # what libraries print goes to standard error
    module, function = name.split("-", 1)
    setup = getattr(importlib.import_module("peer_" + module), function.replace("-", "_"))
    work = setup(folder)
    runs = {kind: (run, steps, repeats(run)) for kind, (run, steps) in work.runs.items()}
    say(answers, work.describe())
    for line in sys.stdin:
        run, steps, count = runs[line.strip()]
        say(answers, dict(us_per_step=measure(run, count) / steps * 1e6))


def say(answers, what):
    answers.write(json.dumps(what) + "\n")
    answers.flush()


if __name__ == "__main__":
    main()
