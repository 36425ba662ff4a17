// SPDX-License-Identifier: GPL-2.0-only
/* What kernel/smp.cc offers to scenarios. */
#pragma once

/* Boot: every online CPU gets what it needs, and from now on every CPU that comes up. Context: may sleep; no other task. */
void call_function_init(void);
