// SPDX-License-Identifier: GPL-2.0-only OR MIT
/* Targets of memory_test.cc: the heap, memory that vanishes, and crashes of target code. */
#include <linux/bug.h>
#include <linux/compiler.h>
#include <linux/slab.h>
#include <linux/string.h>

#include "../support/tasks.h"

struct thing {
	long first, second;
	char tail[3];
};

static volatile int sink;

static char *bytes(size_t n)
{
	return static_cast<char *>(kmalloc(n, GFP_KERNEL));
}

/* ---- The heap ---- */

HOTWEAVE_TARGET(heap_good, "every byte of an allocation can be used")
{
	char *p = bytes(13);
	char *z = static_cast<char *>(kzalloc(8, GFP_KERNEL));
	char *copy = kstrdup("hotplug", GFP_KERNEL);

	for (int i = 0; i < 13; i++) {
		BUG_ON((unsigned char)p[i] != 0xa5);
		p[i] = (char)i;
	}
	for (int i = 0; i < 8; i++)
		BUG_ON(z[i]);
	BUG_ON(strcmp(copy, "hotplug"));
	BUG_ON(ksize(p) < 13);
	memset(p, 0, 13);
	kfree(p);
	kfree(z);
	kfree(copy);
	kfree(NULL);
}

HOTWEAVE_TARGET(heap_read_after_free, "memory is read after kfree")
{
	char *p = bytes(8);

	kfree(p);
	sink = p[3];
}

HOTWEAVE_TARGET(heap_write_after_free, "memory is written after kfree")
{
	struct thing *t = static_cast<struct thing *>(kmalloc(sizeof(*t), GFP_KERNEL));

	t->second = 1;
	kfree(t);
	t->second = 2;
}

HOTWEAVE_TARGET(heap_double_free, "memory is freed twice")
{
	char *p = bytes(8);

	kfree(p);
	kfree(p);
}

HOTWEAVE_TARGET(heap_free_interior, "a pointer into the middle is freed")
{
	kfree(bytes(32) + 8);
}

static int global;

HOTWEAVE_TARGET(heap_free_global, "a global is freed")
{
	kfree(&global);
}

HOTWEAVE_TARGET(heap_byte_past_end, "the byte after an allocation is written")
{
	char *p = bytes(13);

	p[13] = 1;
}

HOTWEAVE_TARGET(heap_byte_past_whole, "the byte after an allocation of 16 bytes is read")
{
	char *p = bytes(16);

	sink = p[16];
}

HOTWEAVE_TARGET(heap_byte_before, "the byte before the first allocation is read")
{
	char *p = bytes(16);

	sink = p[-1];
}

HOTWEAVE_TARGET(heap_byte_before_second, "the byte before a later allocation is read")
{
	char *p = bytes(16), *q = bytes(16);

	*p = 0;
	sink = q[-1];
}

HOTWEAVE_TARGET(heap_word_over_end, "a word is read that begins inside and ends outside")
{
	char *p = bytes(12);

	sink = (int)*(long *)(p + 8);
}

HOTWEAVE_TARGET(heap_memset_too_long, "memset goes one byte too far")
{
	memset(bytes(40), 0, 41);
}

HOTWEAVE_TARGET(heap_memcpy_too_long, "memcpy reads one byte too far")
{
	char *from = bytes(40), *to = bytes(41);

	memset(from, 0, 40);
	memcpy(to, from, 41);
}

static char *shared;

static int frees(void *)
{
	kfree(shared);
	return 0;
}

static int reads_shared(void *)
{
	sink = shared[0];
	return 0;
}

HOTWEAVE_TARGET(heap_free_vs_read, "one task frees what another reads")
{
	shared = bytes(8);
	run_two(reads_shared, frees);
}

HOTWEAVE_TARGET(heap_free_after_join, "memory is freed when its reader has gone")
{
	shared = bytes(8);
	run_two(reads_shared, reads_shared);
	frees(NULL);
}

HOTWEAVE_TARGET(heap_exhausted, "more is allocated than the arena has")
{
	for (int i = 0; i < 1000; i++)
		bytes(1 << 20);
}

/* ---- Memory with nothing behind it ---- */

static long map[8];

HOTWEAVE_TARGET(vanished_read, "memory is read after it has vanished")
{
	map[2] = 1;
	hotweave_vanish(&map[2], 16, "struct page of section 3");
	sink = (int)map[1];
	sink = (int)map[3];
}

HOTWEAVE_TARGET(vanished_heap, "heap memory vanishes")
{
	long *p = static_cast<long *>(kzalloc(32, GFP_KERNEL));

	hotweave_vanish(p + 1, 8, "the second long");
	p[0] = p[2] = 1;
	p[1] = 1;
}

HOTWEAVE_TARGET(reappeared, "memory vanishes and reappears")
{
	hotweave_vanish(&map[2], 16, "struct page of section 3");
	map[1] = 1;
	map[4] = 1;
	hotweave_reappear(&map[2], 16);
	map[2] = map[3] = 1;
}

HOTWEAVE_TARGET(hidden_read, "hidden memory is read by somebody who does not see it")
{
	hotweave_hide(&map[2], 16, "struct page of an offline section");
	hotweave_see_hidden(true);
	map[2] = 1;
	hotweave_see_hidden(false);
	sink = (int)map[3];
}

HOTWEAVE_TARGET(hidden_seen, "hidden memory is used by its caretaker, then by everybody")
{
	hotweave_hide(&map[2], 16, "struct page of an offline section");
	if (!hotweave_see_hidden(true) && hotweave_see_hidden(true))
		map[2] = map[3] = 1;
	hotweave_see_hidden(false);
	hotweave_reappear(&map[2], 16);
	map[2] = map[3];
}

/* ---- Crashes ---- */

static struct thing *no_thing;
static int (*no_function)(int);
static int zero;

HOTWEAVE_TARGET(null_read, "a member of a null pointer is read")
{
	sink = (int)no_thing->second;
}

HOTWEAVE_TARGET(null_write, "a member of a null pointer is written")
{
	no_thing->first = 1;
}

HOTWEAVE_TARGET(null_call, "a null function pointer is called")
{
	sink = no_function(1);
}

HOTWEAVE_TARGET(wild_read, "an address that belongs to nothing is read")
{
	sink = *(volatile int *)0x123456789000;
}

HOTWEAVE_TARGET(divide_by_zero, "a number is divided by zero")
{
	sink = 7 / *(volatile int *)&zero;
}

static __attribute__((noinline)) int recurse(int n)
{
	char frame[512];

	memset(frame, n, sizeof(frame));
	return n ? recurse(n - 1) + frame[n % 512] : 0;
}

HOTWEAVE_TARGET(stack_overflows, "a recursion goes too deep")
{
	sink = recurse(100000);
}

HOTWEAVE_TARGET(stack_suffices, "a recursion goes deep, but not too deep")
{
	sink = recurse(100);
}

HOTWEAVE_TARGET(loops_forever, "a loop without any access")
{
	for (;;)
		asm volatile("");
}

HOTWEAVE_TARGET(loops_long, "a long loop without any access")
{
	for (long i = 0; i < 100000000; i++)
		asm volatile("");
}
