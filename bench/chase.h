/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
/*
 * The pointer-chasing loop that is built twice: as target code under the runtime (chase_target.cc) and as
 * an ordinary program under the real ThreadSanitizer (chase_tsan.cc). Only what both sides share is here:
 * the list, the loops and the stopwatch's hooks. Depends on nothing, so that the source is the same on
 * both sides.
 */
#ifndef HOTWEAVE_BENCH_CHASE_H
#define HOTWEAVE_BENCH_CHASE_H

#include <stdint.h>

/* A cache line each: the walk meets a new line at every step. */
struct chase_node {
	struct chase_node *next;
	uint64_t value;
	char unused[48];
};

/* List lengths, in nodes: the list fits the first-level cache, the second-level cache, neither. With 16
 * bytes of shadow for each 8 accessed, the real footprint is about one and a half times the list. */
enum { CHASE_SIZES = 3 };
static const uint32_t chase_nodes[CHASE_SIZES] = { 256, 8192, 131072 };
enum { CHASE_MAX_NODES = 131072 };
/* Steps of a measured walk, whatever the length. */
enum { CHASE_STEPS = 1 << 22 };

/* Starts and stops the stopwatch (CPU time of this thread). Defined by the benchmark program. */
extern "C" void bench_begin(void);
extern "C" void bench_end(void);

/* Links n nodes into one cycle in an order without pattern (Sattolo's shuffle, fixed generator). */
static inline void chase_link(struct chase_node *nodes, uint32_t *order, uint32_t n)
{
	uint64_t random = 88172645463325252ull;

	for (uint32_t i = 0; i < n; i++)
		order[i] = i;
	for (uint32_t i = n - 1; i > 0; i--) {
		random ^= random << 13;
		random ^= random >> 7;
		random ^= random << 17;

		uint32_t j = (uint32_t)(random % i);
		uint32_t tmp = order[i];

		order[i] = order[j];
		order[j] = tmp;
	}
	for (uint32_t i = 0; i < n; i++) {
		nodes[order[i]].next = &nodes[order[i + 1 < n ? i + 1 : 0]];
		nodes[order[i]].value = i;
	}
}

/* Two loads a step. */
static inline uint64_t chase_read(struct chase_node *at, uint32_t steps)
{
	uint64_t sum = 0;

	for (uint32_t i = 0; i < steps; i++) {
		sum += at->value;
		at = at->next;
	}
	return sum;
}

/* Two loads and a store a step. */
static inline void chase_write(struct chase_node *at, uint32_t steps)
{
	for (uint32_t i = 0; i < steps; i++) {
		at->value += 1;
		at = at->next;
	}
}

/* One unmeasured round, so that every line and shadow cell is in place, then the measured walk. */
static inline void chase_walk(struct chase_node *nodes, uint32_t n, int write)
{
	if (write) {
		chase_write(nodes, n);
		bench_begin();
		chase_write(nodes, CHASE_STEPS);
		bench_end();
	} else {
		nodes->value += chase_read(nodes, n);
		bench_begin();
		uint64_t sum = chase_read(nodes, CHASE_STEPS);
		bench_end();
		nodes->value += sum;
	}
}

#endif
