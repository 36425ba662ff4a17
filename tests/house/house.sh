#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only OR MIT
# The rules of the house, checked on a tree: prints "FILE:LINE: RULE: what is wrong" for each violation.
# Depends on bash, find, grep and awk. Every rule has a sample under samples/ that it must refuse
# (house_samples.sh).
#
# Usage: house.sh ROOT [RULE…]     rules: spdx includes determinism readme length paths; all by default
# Exit status: 0 clean, 1 violations, 2 usage.
set -uo pipefail
export LC_ALL=C

here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
[[ $# -ge 1 && -d $1 ]] || { echo "usage: house.sh ROOT [RULE...]" >&2; exit 2; }
cd "$1" || exit 2
shift

readonly kMaxLines=${HOUSE_MAX_LINES:-600}   # the samples set a lower one

# What is checked: everything but build results, stored data, licence texts and the rules' own samples.
# (Relative to ROOT, so that a sample tree is checked like a whole one.)
mapfile -t files < <(find . -type d \( -name .git -o -path ./build -o -path ./artifacts -o -path ./.cache \
  -o -path ./LICENSES -o -path ./tests/house/samples \) -prune -o -type f -print | sed 's|^\./||' | sort)

each() { printf '%s\n' "${files[@]}" | grep -E "$1"; }
fail() { printf '%s: %s: %s\n' "$1" "$2" "$3"; }

# First line (after #! and the front matter of a Markdown file): the SPDX expression of the folder. JSON, schedules and other data cannot say it.
check_spdx() {
  local file wanted
  while read -r file; do
    case $file in
      targets/*) wanted='SPDX-License-Identifier: GPL-2\.0-only *(\*/|-->)?$' ;;
      *) wanted='SPDX-License-Identifier: GPL-2\.0-only OR MIT *(\*/|-->)?$' ;;
    esac
    awk 'NR == 1 && /^#!/ { next } /^---$/ { front = !front; next } front { next } { print; exit }' "$file" | grep -qE "$wanted" ||
      fail "$file:1" spdx "the first line must be ${wanted%% \**}"
  done < <(each '(\.(cc|c|h|def|py|sh|cmake|in|md|yml)|CMakeLists\.txt|packages\.txt|^hotweave|^\.ci/run|^\.(gitignore|clang-.*))$')
}

# Who may include whom: matrix.txt.
check_includes() {
  each '^(runtime|targets|fuzz|bench)/.*\.(cc|c|h|def)$' | while read -r file; do
    awk -v file="$file" -f "$here/includes.awk" "$here/matrix.txt" "$file"
  done
}

# What would let two runs of one input differ, in code (comments and strings are not code).
check_determinism() {
  each '^runtime/.*\.(cc|h|def)$' | while read -r file; do
    awk -v file="$file" -f "$here/determinism.awk" "$here/banned.txt" "$file"
  done
}

# Each file is named (whole, by its stem, or by a pattern in backquotes) in the README.md of its folder or of one
# above it, the top one excepted. (CMakeLists.txt goes without saying; corpus/ lists itself.)
check_readme() {
  local file folder base readme
  while read -r file; do
    base=${file##*/}
    [[ $base == README.md ]] && continue
    folder=$(dirname "$file")
    readme=$folder/README.md
    while [[ ! -f $readme && $folder == */* ]]; do
      folder=$(dirname "$folder")
      readme=$folder/README.md
    done
    if [[ ! -f $readme ]]; then
      fail "$(dirname "$file")/README.md:1" readme "is missing, and so is one above it"
    else
      listed_in "$readme" "$base" || fail "$readme:1" readme "does not list ${file#"$folder"/}"
    fi
  done < <(each '^[^./][^/]*/.*' | grep -vE '^corpus/|/CMakeLists\.txt$') | uniq
}

listed_in() {
  local readme=$1 base=$2 pattern
  grep -qwF -e "$base" -e "${base%%.*}" "$readme" && return 0
  while read -r pattern; do
    # shellcheck disable=SC2053  # a pattern on purpose
    [[ $base == ${pattern##*/} ]] && return 0
  done < <(grep -o '`[^` ]*\*[^` ]*`' "$readme" | tr -d '`')
  return 1
}

# A file one can hold in one's head.
check_length() {
  local file lines
  while read -r file; do
    lines=$(wc -l <"$file")
    ((lines <= kMaxLines)) || fail "$file:$lines" length "more than $kMaxLines lines: make it two files"
  done < <(each '(\.(cc|c|h|def|sh|cmake|awk)|CMakeLists\.txt|^hotweave)$')
}

# No path of a particular machine.
check_paths() {
  each '\.(cc|c|h|def|sh|cmake|awk|md|json|yml|txt|in)$|^hotweave$' | while read -r file; do
    grep -nE '(^|[^A-Za-z0-9_.$}-])/(work|home|root|Users)/' "$file" | while IFS=: read -r line _; do
      fail "$file:$line" paths "a path of one machine"
    done
  done
}

rules=("$@")
((${#rules[@]})) || rules=(spdx includes determinism readme length paths)
found=$(for rule in "${rules[@]}"; do "check_$rule"; done)
[[ -z $found ]] && exit 0
printf '%s\n' "$found"
printf '%d violations of the rules of the house (tests/README.md)\n' "$(grep -c . <<<"$found")"
exit 1
