// SPDX-License-Identifier: GPL-2.0-only OR MIT
/* Targets of memory_test.cc: which bytes two accesses share, wherever the memory is. */
#include <linux/bug.h>
#include <linux/compiler.h>
#include <linux/slab.h>
#include <linux/string.h>

#include "../support/tasks.h"

static volatile int sink;

/* Not static: what nobody reads, the compiler would not write. */
extern "C" {
extern struct bits bits;
extern struct packed packed;
extern char buffer[128], from[128];
extern struct big big, big_copy;
}

static union {
	u8 bytes[16];
	u16 halves[8];
	u32 words[4];
	u64 longs[2];
} mem;

static int byte_0(void *) { mem.bytes[0] = 1; return 0; }
static int byte_1(void *) { mem.bytes[1] = 1; return 0; }
static int byte_7(void *) { mem.bytes[7] = 1; return 0; }
static int byte_8(void *) { mem.bytes[8] = 1; return 0; }
static int half_0(void *) { mem.halves[0] = 1; return 0; }
static int half_1(void *) { mem.halves[1] = 1; return 0; }
static int word_1(void *) { mem.words[1] = 1; return 0; }
static int long_0(void *) { mem.longs[0] = 1; return 0; }
static int reads_long_0(void *) { sink = (int)mem.longs[0]; return 0; }

HOTWEAVE_TARGET(bytes_of_one_word, "different bytes of one word") { run_three(byte_0, byte_1, byte_7); }
HOTWEAVE_TARGET(neighbours, "the last byte of a word and the first of the next") { run_two(byte_7, byte_8); }
HOTWEAVE_TARGET(same_byte, "one byte") { run_two(byte_7, byte_7); }
HOTWEAVE_TARGET(byte_in_long, "a byte inside a long") { run_two(byte_7, reads_long_0); }
HOTWEAVE_TARGET(long_over_byte, "a long over a byte") { run_two(long_0, byte_1); }
HOTWEAVE_TARGET(byte_in_half, "a byte inside a half") { run_two(byte_1, half_0); }
HOTWEAVE_TARGET(byte_beside_half, "a byte beside a half") { run_two(byte_1, half_1); }
HOTWEAVE_TARGET(half_beside_word, "a half beside a word") { run_two(half_1, word_1); }
HOTWEAVE_TARGET(byte_in_word, "a byte inside a word") { run_two(byte_7, word_1); }

/* ---- Bit fields share their word ---- */

struct bits {
	unsigned int low : 3;
	unsigned int high : 5;
	unsigned int : 0;
	unsigned int other : 4;
} bits;

static int sets_low(void *) { bits.low = 1; return 0; }
static int sets_high(void *) { bits.high = 1; return 0; }
static int sets_other(void *) { bits.other = 1; return 0; }

HOTWEAVE_TARGET(bitfields_of_one_word, "two bit fields of one word") { run_two(sets_low, sets_high); }
HOTWEAVE_TARGET(bitfields_of_two_words, "two bit fields of two words") { run_two(sets_low, sets_other); }

/* ---- Unaligned ---- */

struct packed {
	u8 pad[5];
	u64 straddles; /* bytes 5 to 12 */
	u8 behind;
} __attribute__((packed, aligned(8)));
struct packed packed;

static int writes_straddling(void *) { packed.straddles = 1; return 0; }
static int writes_before(void *) { packed.pad[4] = 1; return 0; }
static int writes_behind(void *) { packed.behind = 1; return 0; }
static int writes_its_first(void *) { ((u8 *)&packed)[5] = 1; return 0; }
static int writes_its_last(void *) { ((u8 *)&packed)[12] = 1; return 0; }

HOTWEAVE_TARGET(straddle_neighbours, "the bytes around a straddling long") { run_three(writes_straddling, writes_before, writes_behind); }
HOTWEAVE_TARGET(straddle_first, "the first byte of a straddling long") { run_two(writes_straddling, writes_its_first); }
HOTWEAVE_TARGET(straddle_last, "the last byte of a straddling long") { run_two(writes_its_last, writes_straddling); }

/* ---- Ranges ---- */

char buffer[128], from[128];
struct big {
	long member[12];
};
struct big big, big_copy;

static int clears_middle(void *) { memset(buffer + 32, 0, 64); return 0; }
static int writes_31(void *) { buffer[31] = 1; return 0; }
static int writes_32(void *) { buffer[32] = 1; return 0; }
static int writes_95(void *) { buffer[95] = 1; return 0; }
static int writes_96(void *) { buffer[96] = 1; return 0; }
static int copies_in(void *) { memcpy(buffer, from, 64); return 0; }
static int writes_from(void *) { from[63] = 1; return 0; }
static int writes_from_64(void *) { from[64] = 1; return 0; }
static int copies_big(void *) { big_copy = big; return 0; }
static int writes_big(void *) { big.member[11] = 1; return 0; }
static int reads_copy(void *) { sink = (int)big_copy.member[5]; return 0; }
static int reads_big(void *) { sink = (int)big.member[5]; return 0; }

HOTWEAVE_TARGET(memset_beside, "the bytes around a memset") { run_three(clears_middle, writes_31, writes_96); }
HOTWEAVE_TARGET(memset_first, "the first byte of a memset") { run_two(clears_middle, writes_32); }
HOTWEAVE_TARGET(memset_last, "the last byte of a memset") { run_two(writes_95, clears_middle); }
HOTWEAVE_TARGET(memcpy_source, "a byte that memcpy reads") { run_two(copies_in, writes_from); }
HOTWEAVE_TARGET(memcpy_target, "a byte that memcpy writes") { run_two(copies_in, writes_31); }
HOTWEAVE_TARGET(memcpy_beside, "bytes that memcpy leaves alone") { run_three(copies_in, writes_96, writes_from_64); }
HOTWEAVE_TARGET(struct_copy_source, "a member of a struct that is copied") { run_two(copies_big, writes_big); }
HOTWEAVE_TARGET(struct_copy_target, "a member of the copy") { run_two(copies_big, reads_copy); }
HOTWEAVE_TARGET(struct_copy_read, "a struct that is copied and read") { run_two(copies_big, reads_big); }

/* ---- Heap and stacks ---- */

static int *shared;

static int writes_shared(void *) { *shared = 1; return 0; }

HOTWEAVE_TARGET(race_on_heap, "two writes to one allocation")
{
	shared = (int *)kzalloc(sizeof(int), GFP_KERNEL);
	run_two(writes_shared, writes_shared);
	kfree(shared);
}

static int writes_private(void *)
{
	int *mine = (int *)kzalloc(sizeof(int), GFP_KERNEL);

	*mine = 1;
	kfree(mine);
	return 0;
}

HOTWEAVE_TARGET(no_race_on_two_heaps, "each writes to an allocation of its own") { run_two(writes_private, writes_private); }

HOTWEAVE_TARGET(race_on_stack, "two writes to a variable of a third task")
{
	int local = 0;

	shared = &local;
	run_two(writes_shared, writes_shared);
}

HOTWEAVE_TARGET(no_race_on_stack, "one write to a variable of another task, which waits")
{
	int local = 0;

	shared = &local;
	hotweave_join(kthread_run(writes_shared, NULL, "t"));
	BUG_ON(local != 1);
}

HOTWEAVE_TARGET(race_with_own_stack, "a task writes its variable, which another one writes too")
{
	int local = 0;
	struct task_struct *t;

	shared = &local;
	t = kthread_run(writes_shared, NULL, "t");
	local = 2;
	hotweave_join(t);
	BUG_ON(!local);
}
