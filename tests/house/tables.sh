#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only OR MIT
# The tables of docs/primitives.md and docs/detectors.md against the tree: prints "FILE:LINE: tables: what is wrong".
# Depends on bash, find, grep and awk. samples/tables is a small tree that it must refuse (house_samples.sh).
#
#   * every header that runtime/include/linux/README.md lists as backed by runtime/kernel is in primitives.md;
#   * every kind of finding.def is in detectors.md;
#   * every torture target, and every mutant beside its target (`X`: `a`, `b`), is in primitives.md, and no other;
#   * every file `…/x.cc` and every test `Suite.Name` or `Suite.*` that either page names exists.
#   * docs/systems.md has rows 1 to 52, each with something that shows it, and every `TARGET@PROFILE`, program `R1.2` and
#     `Suite.Name` in it exists.
#
# Usage: tables.sh ROOT      Exit status: 0 clean, 1 violations, 2 usage.
set -uo pipefail
export LC_ALL=C
[[ $# -eq 1 && -d $1 ]] || { echo "usage: tables.sh ROOT" >&2; exit 2; }
cd "$1" || exit 2

readonly primitives=docs/primitives.md detectors=docs/detectors.md
fail() { printf '%s: tables: %s\n' "$1" "$2"; }
# Words in backquotes of a page, as LINE:WORD.
quoted() { grep -no '`[^`]*`' "$1" | tr -d '`'; }

check_headers() {
  local header words
  words=$(quoted $primitives | cut -d: -f2)
  awk '/^Backed by/ { on = 1; next } /^Of ported/ { on = 0 } on && /^\|/ { print $0 }' runtime/include/linux/README.md |
    cut -d'|' -f2 | grep -o '`[^`]*\.h`' | tr -d '`' | while read -r header; do
    grep -qxF "$header" <<<"$words" || fail $primitives:1 "does not say anything of <linux/$header>"
  done
}

check_kinds() {
  local line kind
  grep -o '^HW_KIND([A-Za-z]*, "[^"]*"' runtime/include/hotweave/finding.def | cut -d'"' -f2 | while read -r kind; do
    grep -q "^| \`$kind\` |" $detectors || fail $detectors:1 "has no row for the kind $kind"
  done
  grep -no '^| `[a-z-]*` |' $detectors | tr -d '|` ' | while IFS=: read -r line kind; do
    grep -q "\"$kind\"" runtime/include/hotweave/finding.def || fail $detectors:"$line" "$kind is no kind of finding"
  done
}

# Mutants as `X`: `a`, `b` → X_mutant_a, X_mutant_b; other torture targets as they stand.
named_torture() {
  awk '{ rest = $0
         while (match(rest, /`[a-z_]+_torture[a-z_]*`(: (`[a-z_]+`(, )?)+)?/)) {
           found = substr(rest, RSTART, RLENGTH); rest = substr(rest, RSTART + RLENGTH)
           n = split(found, part, "`")
           print NR ":" part[2]
           for (i = 4; i < n; i += 2) if (part[i] !~ /_torture/) print NR ":" part[2] "_mutant_" part[i]
         } }' $primitives
}

check_torture() {
  local targets named names line target
  targets=$(grep -ohE '^HOTWEAVE_TARGET\([a-z_0-9]+' tests/torture/*_target.cc | cut -d'(' -f2 | sort)
  named=$(named_torture)
  names=$(cut -d: -f2 <<<"$named")
  while read -r target; do
    grep -qxF "$target" <<<"$names" || fail $primitives:1 "does not name the torture target $target"
  done <<<"$targets"
  while IFS=: read -r line target; do
    [[ -z $target ]] || grep -qxF "$target" <<<"$targets" || fail $primitives:"$line" "there is no torture target $target"
  done <<<"$named"
}

check_files() {
  local files page line name
  files=$(find runtime targets fuzz tests docs corpus bench -type f 2>/dev/null | grep -v '^tests/house/samples/')
  for page in $primitives $detectors; do
    quoted $page | grep -E ':[A-Za-z0-9_./-]+\.(cc|c|def|sh|txt|md|awk)$' | while IFS=: read -r line name; do
      grep -qE "(^|/)${name//./\\.}$" <<<"$files" || fail "$page:$line" "there is no file $name"
    done
  done
}

check_tests() {
  local tests page line name
  tests=$(grep -rhoE '^TEST(_P|_F)?\([A-Za-z0-9]+, *[A-Za-z0-9_]+' tests --include='*_test.cc' | sed -E 's/^[A-Z_]+\(//; s/, */./')
  for page in $primitives $detectors; do
    quoted $page | grep -E ':[A-Z][A-Za-z0-9]+\.([A-Z][A-Za-z0-9_]*|\*)$' | while IFS=: read -r line name; do
      if [[ $name == *'.*' ]]; then
        grep -q "^${name%\*}" <<<"$tests" || fail "$page:$line" "there is no test suite ${name%.\*}"
      else
        grep -qxF "$name" <<<"$tests" || fail "$page:$line" "there is no test $name"
      fi
    done
  done
}

# Every `x` of the last column of systems.md, as LINE:WORD.
check_systems() {
  local page=docs/systems.md targets profiles rows programs tests line name spec part
  [[ -f $page ]] || return 0
  targets=$(grep -rhoE '^HOTWEAVE_TARGET\([a-z_0-9]+' targets/scenarios --include='*.cc' 2>/dev/null | cut -d'(' -f2
            sed -nE 's/^PAIR\(([a-z]+), *([a-z]+).*/pair_\1_\2/p' targets/scenarios/pairs.def 2>/dev/null)
  profiles=$(sed -nE 's/^(KERNEL|VARIANT)\("([^"]*)".*/\2/p' targets/history/profiles.def 2>/dev/null)
  rows=$(sed -nE 's/^(ROW|ALTERATION)\(([a-z_0-9]+),.*/\2/p' targets/history/rows.def 2>/dev/null)
  programs=$(sed -nE 's/^PROGRAM\("([^"]*)".*/\1/p' targets/history/programs.def 2>/dev/null)
  tests=$(grep -rhoE '^TEST(_P|_F)?\([A-Za-z0-9]+, *[A-Za-z0-9_]+' tests --include='*_test.cc' | sed -E 's/^[A-Z_]+\(//; s/, */./')
  diff <(seq 52) <(sed -nE 's/^\| ([0-9]+) \|.*`[^|]*\|$/\1/p' $page) >/dev/null || fail $page:1 "must have the rows 1 to 52, each with what shows it"
  awk -F'|' '/^\| [0-9]+ \|/ { n = split($5, w, "`"); for (i = 2; i <= n; i += 2) print NR ":" w[i] }' $page |
    while IFS=: read -r line name; do
      case $name in
        *@*)
          grep -qxF "${name%%@*}" <<<"$targets" || fail "$page:$line" "there is no target ${name%%@*}"
          spec=${name#*@}
          part=$(grep -E "^(v[0-9.]+|S[0-4]-[A-I])" -o <<<"$spec")
          grep -qxF "$part" <<<"$profiles" || fail "$page:$line" "there is no profile $part"
          tr '+-' '\n\n' <<<"${spec#"$part"}" | sed '/^$/d' | while read -r part; do
            grep -qxF "$part" <<<"$rows" || fail "$page:$line" "there is no row or alteration $part"
          done ;;
        R[0-4].*) grep -qxF "$name" <<<"$programs" || fail "$page:$line" "there is no program $name" ;;
        *.*) grep -qxF "$name" <<<"$tests" || fail "$page:$line" "there is no test $name" ;;
      esac
    done
}

found=$(check_systems; check_headers; check_kinds; check_torture; check_files; check_tests)
[[ -z $found ]] && exit 0
printf '%s\n' "$found"
exit 1
