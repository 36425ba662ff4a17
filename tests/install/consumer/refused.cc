// SPDX-License-Identifier: GPL-2.0-only OR MIT
// Must not build: the guard of `value` would keep its state from one execution to the next.
#include <hotweave/target.h>

static int compute(void)
{
	return 1;
}

HOTWEAVE_TARGET(refused, "a function static with a guard")
{
	static volatile int value = compute() + static_cast<int>(hotweave_choose(2));

	value = value + 1;
}
