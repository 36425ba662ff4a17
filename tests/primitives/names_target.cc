// SPDX-License-Identifier: GPL-2.0-only OR MIT
// Targets of names_test.cc: small variables that share a word, choices out of range, copies to nowhere.
#include <hotweave/target.h>
#include <linux/kthread.h>
#include <linux/string.h>

// Two that share eight bytes wherever the section begins.
int small_a, small_b, small_c, small_d;

static int touch(void *)
{
	small_a++;
	small_b++;
	small_c++;
	small_d++;
	return 0;
}

HOTWEAVE_TARGET(small_globals, "four ints side by side, incremented in turn")
{
	hotweave_join(kthread_run(touch, NULL, "touch"));
}

HOTWEAVE_TARGET(huge_choice, "a choice among more values than a record can hold")
{
	hotweave_choose(1u << 20);
	hotweave_yield("chosen");
}

static volatile uintptr_t nowhere = 0x7f0000001000;

HOTWEAVE_TARGET(copy_to_nowhere, "memcpy to an address that belongs to nothing")
{
	char from[64] = "x";

	memcpy((void *)nowhere, from, sizeof(from));
}
