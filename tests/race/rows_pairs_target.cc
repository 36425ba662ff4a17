// SPDX-License-Identifier: GPL-2.0-only OR MIT
/* The access pairs of rows.h: each without synchronisation, and the conflicting ones under a mutex. */
#include <linux/atomic.h>
#include <linux/bitops.h>
#include <linux/compiler.h>
#include <linux/mutex.h>
#include <linux/string.h>
#include <linux/types.h>

#include "rows.h"

/* Not static: what nobody else reads, the compiler would not write. */
extern "C" {
union row_memory {
	u8 bytes[64];
	u16 halves[32];
	u32 words[16];
	u64 longs[8];
} __attribute__((aligned(16))) row_memory, row_other;
struct row_packed {
	u8 pad[5];
	u64 straddles; /* bytes 5 to 12 */
	u8 behind;
} __attribute__((packed, aligned(8))) row_packed;
struct row_bits {
	unsigned int low : 3;
	unsigned int high : 5;
	unsigned int : 0;
	unsigned int apart : 4;
} row_bits;
struct row_pod {
	u64 a, b;
} __attribute__((aligned(16))) row_pod, row_pod_copy;
struct row_annotated {
	int __data_racy racy;
	volatile int careful;
} row_annotated;
atomic_t row_counter;
unsigned long row_flags;
const struct access_pair *row_pair;
}
static volatile u64 sink;

void first_access(void) { row_pair->first(); }
void second_access(void) { row_pair->second(); }

#define M row_memory
static void w(void) { M.words[0] = 1; }
static void w_too(void) { M.words[0] = 2; }
static void r(void) { sink = M.words[0]; }
static void r_too(void) { sink = M.words[0] + 1; }
static void mw(void) { WRITE_ONCE(M.words[0], 3); }
static void mw_too(void) { WRITE_ONCE(M.words[0], 4); }
static void mr(void) { sink = READ_ONCE(M.words[0]); }
static void inc(void) { M.words[0]++; }
static void forgiven_r(void) { sink = data_race(M.words[0]); }
static void forgiven_w(void) { data_race(M.words[0] = 5); }
static void counts(void) { atomic_inc(&row_counter); }
static void counts_too(void) { atomic_add(2, &row_counter); }
static void reads_count(void) { sink = (u64)atomic_read(&row_counter); }
static void peeks_count(void) { sink = (u64)row_counter.counter; }
static void sets_count(void) { row_counter.counter = 1; }
static void sets_low(void) { row_bits.low = 1; }
static void sets_high(void) { row_bits.high = 1; }
static void sets_apart(void) { row_bits.apart = 1; }
static void sets_bit(void) { set_bit(3, &row_flags); }
static void writes_flags(void) { row_flags |= 1; }
static void clears(void) { memset(M.bytes + 8, 0, 32); }
static void clears_over(void) { memset(M.bytes + 36, 1, 9); }
static void byte_39(void) { M.bytes[39] = 1; }
static void byte_40(void) { M.bytes[40] = 1; }
static void copies(void) { memcpy(M.bytes, row_other.bytes, 24); }
static void copies_away(void) { memcpy(M.bytes + 32, row_other.bytes, 24); }
static void writes_source(void) { row_other.bytes[23] = 1; }
static void reads_copy(void) { sink = M.bytes[23]; }
static void copies_pod(void) { row_pod_copy = row_pod; }
static void writes_pod(void) { row_pod.b = 1; }
static void straddling(void) { row_packed.straddles = 1; }
static void straddling_read(void) { sink = row_packed.straddles; }
static void byte_5(void) { ((u8 *)&row_packed)[5] = 1; }
static void byte_12(void) { ((u8 *)&row_packed)[12] = 1; }
static void byte_13(void) { row_packed.behind = 1; }
static void byte_1(void) { M.bytes[1] = 1; }
static void byte_2(void) { M.bytes[2] = 1; }
static void half_0(void) { M.halves[0] = 1; }
static void half_1(void) { M.halves[1] = 1; }
static void word_0(void) { M.words[0] = 9; }
static void word_1(void) { M.words[1] = 9; }
static void byte_7(void) { M.bytes[7] = 1; }
static void long_0(void) { M.longs[0] = 9; }
static void long_1(void) { M.longs[1] = 9; }
static void sixteen(void) { *(struct row_pod *)(void *)&M = row_pod; }
static void racy_w(void) { row_annotated.racy = 1; }
static void racy_r(void) { sink = (u64)row_annotated.racy; }
static void careful_w(void) { row_annotated.careful = 1; }
static void careful_r(void) { sink = (u64)row_annotated.careful; }

#define PAIR(name, a, b) const struct access_pair pair_##name = { a, b }
extern "C" {
PAIR(w_w, w, w_too);
PAIR(w_r, w, r);
PAIR(r_w, r, w);
PAIR(w_mr, w, mr);
PAIR(mw_r, mw, r);
PAIR(r_mw, r, mw);
PAIR(w_rmw, sets_count, counts);
PAIR(rmw_r, counts, peeks_count);
PAIR(inc_inc, inc, inc);
PAIR(bitfield, sets_low, sets_high);
PAIR(bitop_plain, sets_bit, writes_flags);
PAIR(memset_byte, clears, byte_39);
PAIR(memset_memset, clears, clears_over);
PAIR(memcpy_source, copies, writes_source);
PAIR(memcpy_into, copies, reads_copy);
PAIR(struct_copy, copies_pod, writes_pod);
PAIR(straddle_first, straddling, byte_5);
PAIR(straddle_last, byte_12, straddling_read);
PAIR(straddles, straddling, straddling_read);
PAIR(byte_in_half, byte_1, half_0);
PAIR(byte_in_word, byte_7, word_1);
PAIR(byte_in_long, byte_7, long_0);
PAIR(half_in_word, half_1, word_0);
PAIR(word_in_long, word_1, long_0);
PAIR(long_in_16, sixteen, long_1);
PAIR(r_r, r, r_too);
PAIR(mr_r, mr, r);
PAIR(mw_mr, mw, mr);
PAIR(mw_mw, mw, mw_too);
PAIR(rmw_rmw, counts, counts_too);
PAIR(rmw_mr, counts, reads_count);
PAIR(neighbours, byte_1, byte_2);
PAIR(halves, half_0, half_1);
PAIR(bitfields_apart, sets_low, sets_apart);
PAIR(memset_beside, clears, byte_40);
PAIR(memcpy_sources, copies, copies_away);
PAIR(straddle_beside, straddling, byte_13);
PAIR(forgiven, mw, forgiven_r);
PAIR(forgiven_write, forgiven_w, w);
PAIR(volatiles, careful_w, careful_r);
PAIR(racy_field, racy_w, racy_r);
}
#undef PAIR

static int first(void *) { first_access(); return 0; }
static int second(void *) { second_access(); return 0; }

static void sync_none(void) { run_two(first, second); }

static DEFINE_MUTEX(lock);

static int first_locked(void *)
{
	mutex_lock(&lock);
	first_access();
	mutex_unlock(&lock);
	return 0;
}

static int second_locked(void *)
{
	mutex_lock(&lock);
	second_access();
	mutex_unlock(&lock);
	return 0;
}

static void sync_mutex(void) { run_two(first_locked, second_locked); }

#define PAIR(name) ROW(none, name, "data-race"); ROW(mutex, name, "");
CONFLICTING_PAIRS(PAIR)
#undef PAIR
#define PAIR(name) ROW(none, name, "");
PEACEFUL_PAIRS(PAIR)
#undef PAIR
