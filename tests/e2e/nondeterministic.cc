// SPDX-License-Identifier: GPL-2.0-only OR MIT
// A program of its own (hotweave_add_target in ../CMakeLists.txt) whose targets do what targets must not:
// they depend on something that differs from one execution, or one process, to the next. The tests expect
// hotweave to notice.
#include <linux/bug.h>
#include <linux/kthread.h>

#include <hotweave/target.h>

extern "C" {
extern char **environ;
long random(void);
}

static void pass_time(unsigned long points)
{
	for (unsigned long i = 0; i < points; i++)
		hotweave_yield("pass the time");
}

HOTWEAVE_TARGET(reads_the_time_stamp, "always fails, after a number of steps that the CPU's clock decides")
{
	pass_time(__builtin_ia32_rdtsc() >> 4 & 1023);
	BUG();
}

/* The state of random() belongs to the C library: no execution starts with it afresh. */
HOTWEAVE_TARGET(keeps_state_elsewhere, "fails in some executions, whatever their schedule")
{
	pass_time(3);
	BUG_ON(random() % 4 == 0);
}

HOTWEAVE_TARGET(depends_on_an_address, "always fails, after a number of steps that an address decides")
{
	pass_time((unsigned long)environ >> 4 & 4095);
	BUG();
}

/* The same without any fault, so that the others are known to be caught for the right reason. */
HOTWEAVE_TARGET(always_fails, "always fails, and always in the same way")
{
	pass_time(3);
	BUG();
}
