/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
/*
 * Small programs as data: what the target `explore_program` runs, drawn by the test from a seed. Shared by target code and
 * tests; the data lives with the test, where no access of it is seen. The operations: ops.def.
 */
#ifndef EXPLORE_PROGRAMS_H
#define EXPLORE_PROGRAMS_H

#ifdef __cplusplus
extern "C" {
#endif

#define EXPLORE_TASKS 4
#define EXPLORE_OPS 5

enum explore_kind {
#define EX_OP(kind, ...) EX_##kind,
#include "ops.def"
#undef EX_OP
	EX_KINDS
};

struct explore_op {
	unsigned char kind, a, b;
};

/* An invariant that is looked at before each switch. */
enum explore_always { EX_NOTHING, EX_NOT_THREE /* var[0] */, EX_NOT_BOTH /* var[0] or var[1] is 0 */ };

struct explore_program {
	unsigned int tasks;
	unsigned int init;                  /* the first task is the target's own: no thread is made for it */
	unsigned char cpu[EXPLORE_TASKS];   /* c + 1: bound to CPU c; 0: not bound. (Not of the target's own) */
	unsigned int ops[EXPLORE_TASKS];
	struct explore_op op[EXPLORE_TASKS][EXPLORE_OPS];
	enum explore_always always;
};

/* Of the test. Target code reads no program from memory: each load would be a step. */
extern unsigned int explore_tasks(void);
extern unsigned int explore_init(void);
extern enum explore_always explore_invariant(void);
extern int explore_cpu(unsigned int task);   /* -1: not bound */
/* The operation, kind * 4 + a * 2 + b; -1: there is none. */
extern int explore_operation(unsigned int task, unsigned int i);
extern void explore_final(unsigned long long state);

#ifdef __cplusplus
}
#endif
#endif
