#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-only OR MIT
"""Breaks the reduction of the exhaustive search on purpose, and expects the tests of tests/explore to notice.

    mutants.py SOURCE SCRATCH [NAME…]

Copies the tree SOURCE to SCRATCH, builds its dev preset there, then for each mutant of mutants.def (or those
named) changes one file, builds test_explore, runs it up to its first failure, and puts the file back. Exit status: 0 if
all were caught, 1 if one was not, 2 if a mutant does not fit its file. Needs what the build needs; about 15 s per mutant.
"""
import os
import shutil
import subprocess
import sys

SECONDS = 1200  # of one run of the tests


def read(path):
    mutants = []
    for line in open(path, encoding="utf-8"):
        line = line.rstrip("\n")
        if line.startswith("mutant "):
            name, what = line[len("mutant "):].split(": ", 1)
            mutants.append({"name": name, "what": what, "hunks": []})
        elif line.startswith("file "):
            mutants[-1]["file"] = line[len("file "):]
        elif line[:1] == "-":
            if not mutants[-1]["hunks"] or mutants[-1]["hunks"][-1][1]:
                mutants[-1]["hunks"].append(([], []))
            mutants[-1]["hunks"][-1][0].append(line[1:].strip())
        elif line[:1] == "+":
            mutants[-1]["hunks"][-1][1].append(line[1:].strip())
    return mutants


def mutate(mutant, text):
    """The text with the mutant's lines in place of the old ones; None if those are not there exactly once."""
    lines = text.split("\n")
    for old, new in mutant["hunks"]:
        places = [i for i in range(len(lines)) if [l.strip() for l in lines[i:i + len(old)]] == old]
        if len(places) != 1:
            return None
        lines[places[0]:places[0] + len(old)] = new
    return "\n".join(lines)


def run(command, **options):
    return subprocess.run(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, **options)


def copy_tree(source, to):
    """All but what is built; with the times of the files, so that only what has changed is compiled again."""
    os.makedirs(to, exist_ok=True)
    for name in os.listdir(to):
        if name != "build":
            path = os.path.join(to, name)
            shutil.rmtree(path) if os.path.isdir(path) else os.remove(path)
    for name in os.listdir(source):
        path, there = os.path.join(source, name), os.path.join(to, name)
        if name not in ("build", ".git"):
            shutil.copytree(path, there, symlinks=True) if os.path.isdir(path) else shutil.copy2(path, there)


def build(directory):
    result = run(["ninja", "-C", directory, "test_explore"])
    if result.returncode:
        sys.exit("mutants.py: the build fails:\n" + result.stdout[-3000:])


def first_failure(binary, source):
    """The name of the first ordinary test that fails; None if all pass."""
    command = [binary, "--gtest_filter=-*Long*", "--gtest_fail_fast", "--gtest_brief=1"]
    try:
        result = run(command, cwd=source, timeout=SECONDS)
    except subprocess.TimeoutExpired:
        return None
    failed = [l for l in result.stdout.split("\n") if l.startswith("[  FAILED  ]")]
    if failed:
        return failed[0][len("[  FAILED  ] "):].split(",")[0].split(" (")[0]
    return "status %d" % result.returncode if result.returncode else None


def main():
    if len(sys.argv) < 3:
        sys.exit(__doc__)
    source, scratch, wanted = os.path.abspath(sys.argv[1]), os.path.abspath(sys.argv[2]), sys.argv[3:]
    mutants = read(os.path.join(source, "tests/explore/mutants.def"))
    names = [m["name"] for m in mutants]
    for name in wanted:
        if name not in names:
            sys.exit("mutants.py: no mutant %s; there are: %s" % (name, " ".join(names)))
    copy_tree(source, scratch)
    configured = run(["cmake", "--preset", "dev"], cwd=scratch)
    if configured.returncode:
        sys.exit("mutants.py: cmake fails:\n" + configured.stdout[-3000:])
    built = os.path.join(scratch, "build/dev")
    build(built)
    survivors, misfits = [], []
    for mutant in mutants:
        if wanted and mutant["name"] not in wanted:
            continue
        path = os.path.join(scratch, "runtime/strategy", mutant["file"])
        original = open(path, encoding="utf-8").read()
        text = mutate(mutant, original)
        if text is None:
            misfits.append(mutant["name"])
            print("%s: its lines are not in %s exactly once" % (mutant["name"], mutant["file"]), flush=True)
            continue
        try:
            open(path, "w", encoding="utf-8").write(text)
            build(built)
            failure = first_failure(os.path.join(built, "test_explore"), scratch)
        finally:
            open(path, "w", encoding="utf-8").write(original)
        print("%s: %s" % (mutant["name"], failure or "NOT CAUGHT (%s)" % mutant["what"]), flush=True)
        if not failure:
            survivors.append(mutant["name"])
    sys.exit(2 if misfits else 1 if survivors else 0)


main()
