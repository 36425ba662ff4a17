// SPDX-License-Identifier: GPL-2.0-only
/* What `hotweave history` measures: matrix.def and programs.def as arrays. Depends on the target interface alone. */
#include <hotweave/target.h>

#define MATRIX_ROW(name, profile, targets, deadlock, segments, lockdep_old, lockdep_new, feasible, other, source) \
	{ name, profile, targets, deadlock, segments, lockdep_old, lockdep_new, feasible, other, source },
static const struct hotweave_matrix_row matrix_rows[] = {
#include "matrix.def"
};
#undef MATRIX_ROW

#define PROGRAM(id, target, profile, how, rules, expect, segments, what, source) \
	{ id, target, profile, how, rules, expect, segments, what, source },
static const struct hotweave_program programs[] = {
#include "programs.def"
};
#undef PROGRAM

HOTWEAVE_MATRIX(matrix_rows, programs);
