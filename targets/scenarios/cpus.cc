// SPDX-License-Identifier: GPL-2.0-only
/* See cpus.h. */
#include <linux/bug.h>
#include <linux/cpu.h>

#include "cpus.h"

int take_cpu_down(void *arg)
{
	WARN_ON(cpu_down((unsigned int)(uintptr_t)arg));
	return 0;
}

int bring_cpu_up(void *arg)
{
	WARN_ON(cpu_up((unsigned int)(uintptr_t)arg));
	return 0;
}
