// SPDX-License-Identifier: GPL-2.0-only OR MIT
/* Targets of kcsan_test.cc: <linux/kcsan-checks.h>, each with its near miss. */
#include <linux/compiler.h>
#include <linux/completion.h>
#include <linux/instrumented.h>
#include <linux/kcsan.h>
#include <linux/mutex.h>
#include <linux/slab.h>

#include "../support/tasks.h"

static int x;
static unsigned int flags;
static volatile int sink;
static DEFINE_MUTEX(lock);
static DECLARE_COMPLETION(begun);
static DECLARE_COMPLETION(done);

static int kcsan_marked_write(void *) { WRITE_ONCE(x, 1); return 0; }
static int kcsan_marked_read(void *) { sink = READ_ONCE(x); return 0; }
static int kcsan_plain_write(void *) { x = 2; return 0; }
static int kcsan_plain_read(void *) { sink = x; return 0; }
static int kcsan_forgiven_write(void *) { data_race(x = 3); return 0; }
static int one_writer(void *) { ASSERT_EXCLUSIVE_WRITER(x); WRITE_ONCE(x, 4); return 0; }
static int nobody_else(void *) { ASSERT_EXCLUSIVE_ACCESS(x); return 0; }

HOTWEAVE_TARGET(exclusive_writer_read, "a reader beside the only writer") { run_two(one_writer, kcsan_marked_read); }
HOTWEAVE_TARGET(exclusive_writer_write, "a marked write beside the only writer") { run_two(one_writer, kcsan_marked_write); }
HOTWEAVE_TARGET(exclusive_writer_twice, "two that each are the only writer") { run_two(one_writer, one_writer); }
HOTWEAVE_TARGET(exclusive_access_read, "a marked read where nobody else may be") { run_two(nobody_else, kcsan_marked_read); }
HOTWEAVE_TARGET(exclusive_access_forgiven, "data_race() where nobody else may be") { run_two(nobody_else, kcsan_forgiven_write); }

static int nobody_else_locked(void *)
{
	mutex_lock(&lock);
	ASSERT_EXCLUSIVE_ACCESS(x);
	mutex_unlock(&lock);
	return 0;
}

static int write_locked(void *)
{
	mutex_lock(&lock);
	WRITE_ONCE(x, 5);
	mutex_unlock(&lock);
	return 0;
}

HOTWEAVE_TARGET(exclusive_access_locked, "the same under a lock") { run_two(nobody_else_locked, write_locked); }

/* ---- Over an interval ---- */

static int holds_scope(void *)
{
	ASSERT_EXCLUSIVE_WRITER_SCOPED(x);
	complete(&begun);
	wait_for_completion(&done);
	return 0;
}

static int in_between(void *)
{
	wait_for_completion(&begun);
	WRITE_ONCE(x, 6);
	complete(&done);
	return 0;
}

static int reads_in_between(void *)
{
	wait_for_completion(&begun);
	sink = READ_ONCE(x);
	complete(&done);
	return 0;
}

static int scope_that_ends(void *)
{
	{
		ASSERT_EXCLUSIVE_WRITER_SCOPED(x);
		WRITE_ONCE(x, 7);
	}
	complete(&begun);
	wait_for_completion(&done);
	return 0;
}

HOTWEAVE_TARGET(scoped_writer_between, "ordered with both ends, but in between") { run_two(holds_scope, in_between); }
HOTWEAVE_TARGET(scoped_writer_read, "a read in between") { run_two(holds_scope, reads_in_between); }
HOTWEAVE_TARGET(scoped_writer_after, "a write after the end") { run_two(scope_that_ends, in_between); }

static int scoped_access(void *)
{
	ASSERT_EXCLUSIVE_ACCESS_SCOPED(x);
	complete(&begun);
	wait_for_completion(&done);
	return 0;
}

HOTWEAVE_TARGET(scoped_access_read, "a read where nobody else may be for a while") { run_two(scoped_access, reads_in_between); }

/* ---- About some bits ---- */

static int low_bits_stay(void *)
{
	ASSERT_EXCLUSIVE_BITS(flags, 0x0f);
	sink = (int)(flags & 0x0f);
	return 0;
}

static int sets_high_bit(void *) { WRITE_ONCE(flags, flags | 0x10); return 0; }
static int sets_low_bit(void *) { WRITE_ONCE(flags, flags | 0x01); return 0; }
static int sets_low_plainly(void *) { flags |= 0x01; return 0; }

static int low_bits_twice(void *)
{
	ASSERT_EXCLUSIVE_BITS(flags, 0x0f);
	sink = (int)(flags & 0x0f);
	barrier();
	sink = (int)(flags & 0x0f);
	return 0;
}

HOTWEAVE_TARGET(bits_other, "another bit changes") { run_two(low_bits_stay, sets_high_bit); }
HOTWEAVE_TARGET(bits_same, "a bit changes that should not") { run_two(low_bits_stay, sets_low_bit); }
HOTWEAVE_TARGET(bits_plain, "the same by a plain write") { run_two(low_bits_stay, sets_low_plainly); }
HOTWEAVE_TARGET(bits_one_access, "only the next access is forgiven") { run_two(low_bits_twice, sets_high_bit); }

/* ---- Declarations ---- */

static int disabled_read(void *)
{
	kcsan_disable_current();
	sink = x;
	sink = READ_ONCE(x);
	kcsan_enable_current();
	return 0;
}

static int nested_then_read(void *)
{
	kcsan_nestable_atomic_begin();
	kcsan_nestable_atomic_begin();
	kcsan_nestable_atomic_end();
	sink = x;
	kcsan_nestable_atomic_end();
	return 0;
}

static int flat_read(void *)
{
	kcsan_flat_atomic_begin();
	sink = x;
	kcsan_flat_atomic_end();
	return 0;
}

static int flat_read_and_more(void *)
{
	flat_read(NULL);
	sink = x;
	return 0;
}

static int two_forgiven(void *)
{
	kcsan_atomic_next(2);
	sink = x;
	barrier();
	sink = x;
	return 0;
}

static int one_forgiven(void *)
{
	kcsan_atomic_next(1);
	sink = x;
	barrier();
	sink = x;
	return 0;
}

static __no_kcsan int unseen_read(void *) { sink = x; return 0; }

HOTWEAVE_TARGET(kcsan_disabled, "a section without checks") { run_two(disabled_read, kcsan_plain_write); }
HOTWEAVE_TARGET(kcsan_nested, "a section of marked accesses") { run_two(nested_then_read, kcsan_marked_write); }
HOTWEAVE_TARGET(kcsan_nested_plain, "the same against a plain write") { run_two(nested_then_read, kcsan_plain_write); }
HOTWEAVE_TARGET(kcsan_flat, "a flat section of marked accesses") { run_two(flat_read, kcsan_marked_write); }
HOTWEAVE_TARGET(kcsan_flat_ends, "and an access after it") { run_two(flat_read_and_more, kcsan_marked_write); }
HOTWEAVE_TARGET(kcsan_next, "the next two accesses") { run_two(two_forgiven, kcsan_marked_write); }
HOTWEAVE_TARGET(kcsan_next_ends, "and a third one") { run_two(one_forgiven, kcsan_marked_write); }
HOTWEAVE_TARGET(kcsan_function, "a function without checks") { run_two(unseen_read, kcsan_plain_write); }

/* ---- Checks by hand ---- */

static int says_write(void *) { kcsan_check_write(&x, sizeof(x)); return 0; }
static int says_read(void *) { instrument_read(&x, sizeof(x)); return 0; }
static int says_atomic(void *) { instrument_atomic_read_write(&x, sizeof(x)); return 0; }

HOTWEAVE_TARGET(check_write, "a write told by hand") { run_two(says_write, kcsan_marked_read); }
HOTWEAVE_TARGET(check_read, "two reads told by hand") { run_two(says_read, kcsan_plain_read); }
HOTWEAVE_TARGET(check_atomic, "marked accesses told by hand") { run_two(says_atomic, kcsan_marked_write); }
HOTWEAVE_TARGET(check_freed, "a write to freed memory told by hand")
{
	char *p = static_cast<char *>(kmalloc(8, GFP_KERNEL));

	kfree(p);
	kcsan_check_write(p, 8);
}

static int missing_read(void *) { sink = hotweave_missing_annotation(x, "the counter is a hint"); return 0; }
HOTWEAVE_TARGET(missing_annotation, "an access that the kernel should have annotated") { run_two(missing_read, kcsan_plain_write); }
