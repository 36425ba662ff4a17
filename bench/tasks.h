/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
/* Sizes that tasks_target.cc and the programs that measure it must agree on. Depends on nothing. */
#ifndef HOTWEAVE_BENCH_TASKS_H
#define HOTWEAVE_BENCH_TASKS_H

enum {
	A100_ROUNDS = 100,
	POINTS = 10000, /* of both tasks together */
	LOOP_ROUNDS = 10000, /* of the loops of detectors_target.cc */
	LOOP_WORDS = 64,
};

#ifdef __cplusplus
extern "C" {
#endif
/* stopwatch.h: around the code to be measured. */
void bench_begin(void);
void bench_end(void);
#ifdef __cplusplus
}
#endif

#endif
