// SPDX-License-Identifier: GPL-2.0-only OR MIT
// The system's CPU masks. Contract: <linux/cpumask.h>. They lie among the targets' globals, so that each
// execution starts with all model CPUs possible, present, online and active, and races on them are seen.
#include <linux/cpumask.h>

#include "core/limits.h"
#include "kernel/target_data.h"

static_assert(hotweave::kCpus <= NR_CPUS);
#define HW_ALL_CPUS { { (1ul << hotweave::kCpus) - 1 } }

HW_TARGET_DATA unsigned int nr_cpu_ids = hotweave::kCpus;
HW_TARGET_DATA cpumask __cpu_possible_mask = HW_ALL_CPUS;
HW_TARGET_DATA cpumask __cpu_online_mask = HW_ALL_CPUS;
HW_TARGET_DATA cpumask __cpu_present_mask = HW_ALL_CPUS;
HW_TARGET_DATA cpumask __cpu_active_mask = HW_ALL_CPUS;
HW_TARGET_DATA cpumask __cpu_dying_mask = CPU_MASK_NONE;
HW_TARGET_DATA atomic_t __num_online_cpus = ATOMIC_INIT(hotweave::kCpus);
