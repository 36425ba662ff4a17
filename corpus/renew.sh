#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only OR MIT
# Writes stored schedules anew after a change that was meant: `hotweave regress --renew` for this folder. Each that still
# leads where its expect: line says (the same kind of finding; another fingerprint, as when functions were renamed, is
# told) is replaced by the exact schedule of that execution; one that leads elsewhere is named and left alone: find it again.
# Depends on bash and the built program.
#
# Usage: corpus/renew.sh PROGRAM [FILE.sched…]      without files: all of corpus/
# Exit status: of `hotweave regress`: 0 all were renewed or are current, 1 some lead elsewhere, 2 usage.
set -uo pipefail

[[ $# -ge 1 && -x $1 ]] || { echo "usage: corpus/renew.sh PROGRAM [FILE.sched…]" >&2; exit 2; }
program=$1
shift
(($#)) || set -- "$(dirname "$(readlink -f "$0")")"
exec "$program" regress --renew --quiet "$@"
