#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-only OR MIT
"""Breaks the reduction of the exhaustive search on purpose, and expects the tests of tests/explore to notice.

    mutants.py SOURCE SCRATCH [NAME…]
    mutants.py --fit SOURCE

The first form copies the tree SOURCE to SCRATCH, builds its dev preset there, then for each mutant of mutants_*.def (or
those named) changes one file, builds test_explore, runs it up to its first failure, and puts the file back. Of the redundant
and the open ones only those named are tried. Exit status: 0 if all were caught, 1 if one was not, 2 if a mutant does not
fit its file or does not build. Needs what the build needs; 10 to 40 s per mutant.

The second form builds nothing: it checks that the lines of each mutant, redundant and open ones included, are in their file
exactly once. Exit status: 0 if they are, 2 if not.
"""
import filecmp
import glob
import os
import re
import shutil
import subprocess
import sys

SECONDS = 900  # of one run of the tests


class Misfit(Exception):
    pass


KINDS = ("mutant", "redundant", "open")


def read_table(path):
    """The mutants of one table, in its order; Misfit if a line of it has no place in one."""
    mutants = []
    for number, line in enumerate(open(path, encoding="utf-8"), 1):
        line = line.rstrip("\n")
        place = "%s:%d" % (os.path.basename(path), number)
        word, _, rest = line.partition(" ")
        if not line or line.startswith("#"):
            continue
        if word in KINDS:
            named = re.fullmatch(r"([a-z0-9-]+): (.+)", rest)
            if not named:
                raise Misfit("%s: not \"%s NAME: what is wrong\": %s" % (place, word, line))
            mutants.append({"kind": word, "name": named[1], "what": named[2], "hunks": [], "file": None, "place": place})
        elif not mutants or word not in ("file", "-", "+"):
            raise Misfit("%s: neither %s, file, - nor +: %s" % (place, ", ".join(KINDS), line))
        elif word == "file":
            mutants[-1]["file"] = rest
        elif word == "-":
            if not mutants[-1]["hunks"] or mutants[-1]["hunks"][-1][1]:
                mutants[-1]["hunks"].append(([], []))
            mutants[-1]["hunks"][-1][0].append(rest.strip())
        elif mutants[-1]["hunks"]:
            mutants[-1]["hunks"][-1][1].append(rest.strip())
        else:
            raise Misfit("%s: lines behind \"+ \" stand for lines behind \"- \" before them" % place)
    return mutants


def read(source):
    """The mutants of all tables."""
    paths = sorted(glob.glob(os.path.join(source, "tests/explore/mutants_*.def")))
    mutants = [m for path in paths for m in read_table(path)]
    for i, mutant in enumerate(mutants):
        if any(m["name"] == mutant["name"] for m in mutants[:i]):
            raise Misfit("%s: there is another %s; give it a name of its own" % (mutant["place"], mutant["name"]))
    if not mutants:
        raise Misfit("there is no mutant in %s/tests/explore" % source)
    return mutants


def path_of(mutant, source):
    return os.path.join(source, "runtime", mutant["file"] or "")


def mutate(mutant, text):
    """The text with the mutant's lines in place of the old ones; Misfit if those are not there exactly once."""
    lines = text.split("\n")
    for old, new in mutant["hunks"]:
        places = [i for i in range(len(lines)) if [l.strip() for l in lines[i:i + len(old)]] == old]
        if len(places) != 1:
            raise Misfit("%s: \"%s\" is in %s %d times, not once" % (mutant["name"], " ".join(old), mutant["file"], len(places)))
        if not new or new == old:
            raise Misfit("%s: nothing else stands for \"%s\"" % (mutant["name"], " ".join(old)))
        lines[places[0]:places[0] + len(old)] = new
    if not mutant["hunks"]:
        raise Misfit("%s: changes nothing" % mutant["name"])
    return "\n".join(lines)


def mutated(mutant, source):
    path = path_of(mutant, source)
    if not os.path.isfile(path):
        raise Misfit("%s: there is no file runtime/%s" % (mutant["name"], mutant["file"]))
    return mutate(mutant, open(path, encoding="utf-8").read())


def fit(source):
    """Checks all of them; returns the exit status."""
    mutants, misfits = [], []
    try:
        mutants = read(source)
    except Misfit as misfit:
        misfits = [misfit]
    for mutant in mutants:
        try:
            mutated(mutant, source)
        except Misfit as misfit:
            misfits.append("%s: %s; write it anew, such that it is the same mistake" % (mutant["place"], misfit))
    for misfit in misfits:
        print(misfit)
    print(", ".join("%d %s" % (sum(m["kind"] == k for m in mutants), k) for k in KINDS) + "; %d do not fit" % len(misfits))
    return 2 if misfits else 0


def run(command, **options):
    return subprocess.run(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, **options)


def copy_tree(source, to):
    """All but what is built. Files that are the same stay: only what has changed is compiled again, and so is what an earlier
    run has put back, since that is newer than what was built of it."""
    os.makedirs(to, exist_ok=True)
    for name in sorted(set(os.listdir(source)) | set(os.listdir(to))):
        path, there = os.path.join(source, name), os.path.join(to, name)
        if name in ("build", ".git"):
            continue
        if not os.path.lexists(path):
            shutil.rmtree(there) if os.path.isdir(there) else os.remove(there)
        elif os.path.isdir(path):
            copy_tree(path, there)
        elif not os.path.exists(there) or not filecmp.cmp(path, there, shallow=False):
            shutil.copy(path, there)


def build(directory):
    """The end of what the build says if it fails; None if it does not."""
    result = run(["ninja", "-C", directory, "test_explore"])
    return result.stdout[-3000:] if result.returncode else None


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


def try_out(mutant, scratch, built):
    """Says how the mutant fares; returns its exit status."""
    name, path = mutant["name"], path_of(mutant, scratch)
    try:
        text = mutated(mutant, scratch)
    except Misfit as misfit:
        print(misfit, flush=True)
        return 2
    original = open(path, encoding="utf-8").read()
    try:
        open(path, "w", encoding="utf-8").write(text)
        error = build(built)
        failure = None if error else first_failure(os.path.join(built, "test_explore"), scratch)
    finally:
        open(path, "w", encoding="utf-8").write(original)
    if error:
        print("%s: does not build:\n%s" % (name, error), flush=True)
        return 2
    print("%s: %s" % (name, failure or "NOT CAUGHT (%s)" % mutant["what"]), flush=True)
    return 0 if failure else 1


def try_all(source, scratch, wanted):
    mutants = read(source)
    names = [m["name"] for m in mutants]
    for name in wanted:
        if name not in names:
            sys.exit("mutants.py: no mutant %s; there are: %s" % (name, " ".join(names)))
    copy_tree(source, scratch)
    configured = run(["cmake", "--preset", "dev"], cwd=scratch)
    if configured.returncode:
        sys.exit("mutants.py: cmake fails:\n" + configured.stdout[-3000:])
    built = os.path.join(scratch, "build/dev")
    error = build(built)
    if error:
        sys.exit("mutants.py: the build fails:\n" + error)
    failure = first_failure(os.path.join(built, "test_explore"), scratch)
    if failure:
        sys.exit("mutants.py: %s fails without any mutant" % failure)
    return max(try_out(m, scratch, built) for m in mutants if (m["name"] in wanted if wanted else m["kind"] == "mutant"))


def main():
    words = sys.argv[1:]
    if len(words) == 2 and words[0] == "--fit":
        sys.exit(fit(words[1]))
    if len(words) < 2 or words[0].startswith("-"):
        sys.exit(__doc__)
    try:
        sys.exit(try_all(os.path.abspath(words[0]), os.path.abspath(words[1]), words[2:]))
    except Misfit as misfit:
        print(misfit)
        sys.exit(2)


main()
