/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
/*
 * Spinning. Follows arch/x86/include/asm/processor.h of Linux 6.1. Depends on hotweave/hooks.h.
 */
#ifndef HOTWEAVE_ASM_PROCESSOR_H
#define HOTWEAVE_ASM_PROCESSOR_H

#include <hotweave/hooks.h>

/* In a loop that waits for another CPU: lets others run. Scheduling point. Any context. */
#define cpu_relax() hotweave_cpu_relax()
#define cpu_relax_yield() hotweave_cpu_relax()

/* Loading ahead changes no value: nothing happens. The address is not accessed. */
#define prefetch(x) ((void)(x))
#define prefetchw(x) ((void)(x))

#endif
