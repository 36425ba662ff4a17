/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
/* Sizes that tasks_target.cc and the programs that measure it must agree on. Depends on nothing. */
#ifndef HOTWEAVE_BENCH_TASKS_H
#define HOTWEAVE_BENCH_TASKS_H

enum {
	A100_ROUNDS = 100,
	POINTS = 10000, /* of both tasks together */
};

#endif
