/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
/*
 * The table `access pair x synchronisation`: targets named row_SYNC__PAIR with the expected verdict beside each
 * (rows_*_target.cc), run by rows_test.cc. A pair is two accesses to memory that they may share; a
 * synchronisation is a function that has first_access() done by one task and second_access() by another.
 * Includes only what targets may include.
 */
#ifndef HOTWEAVE_TESTS_RACE_ROWS_H
#define HOTWEAVE_TESTS_RACE_ROWS_H

#include "../support/tasks.h"

struct access_pair {
	void (*first)(void);
	void (*second)(void);
};

/* Those that race without synchronisation, and those that do not; rows_pairs_target.cc says what each is. */
#define CONFLICTING_PAIRS(PAIR) \
	PAIR(w_w) PAIR(w_r) PAIR(r_w) PAIR(w_mr) PAIR(mw_r) PAIR(r_mw) PAIR(w_rmw) PAIR(rmw_r) PAIR(inc_inc)       \
	PAIR(bitfield) PAIR(bitop_plain) PAIR(memset_byte) PAIR(memset_memset) PAIR(memcpy_source) PAIR(memcpy_into) \
	PAIR(struct_copy) PAIR(straddle_first) PAIR(straddle_last) PAIR(straddles) PAIR(byte_in_half)               \
	PAIR(byte_in_word) PAIR(byte_in_long) PAIR(half_in_word) PAIR(word_in_long) PAIR(long_in_16)
#define PEACEFUL_PAIRS(PAIR) \
	PAIR(r_r) PAIR(mr_r) PAIR(mw_mr) PAIR(mw_mw) PAIR(rmw_rmw) PAIR(rmw_mr) PAIR(neighbours) PAIR(halves)        \
	PAIR(bitfields_apart) PAIR(memset_beside) PAIR(memcpy_sources) PAIR(straddle_beside) PAIR(forgiven)         \
	PAIR(forgiven_write) PAIR(volatiles) PAIR(racy_field)

#ifdef __cplusplus
extern "C" {
#endif
#define PAIR(name) extern const struct access_pair pair_##name;
CONFLICTING_PAIRS(PAIR)
PEACEFUL_PAIRS(PAIR)
#undef PAIR

/* Set by the target before it starts any task. */
extern const struct access_pair *row_pair;
void first_access(void);
void second_access(void);
#ifdef __cplusplus
}
#endif

/* verdict: kinds as in HOTWEAVE_EXPECT(); "" silent. */
#define ROW(sync, pair, verdict)                                                       \
	HOTWEAVE_TARGET(row_##sync##__##pair, #sync " x " #pair)                       \
	{                                                                              \
		row_pair = &pair_##pair;                                               \
		sync_##sync();                                                         \
	}                                                                              \
	HOTWEAVE_EXPECT(row_##sync##__##pair, "", verdict, "")
/* What orders all accesses of two tasks, whichever comes first: the three plain pairs. */
#define ORDERED(sync) ROW(sync, w_w, ""); ROW(sync, w_r, ""); ROW(sync, r_w, "")
#define UNORDERED(sync) ROW(sync, w_w, "data-race"); ROW(sync, w_r, "data-race"); ROW(sync, r_w, "data-race")

#endif
