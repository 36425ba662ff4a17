/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
/*
 * Sets of CPUs, and the system's own: possible, present, online, active, dying. Follows
 * include/linux/cpumask.h of Linux 6.1 without CONFIG_CPUMASK_OFFSTACK.
 *
 * cpumask_set_cpu(), cpumask_clear_cpu() and the test_and forms are atomic, cpumask_test_cpu() is a marked
 * load, the __ forms and everything on whole masks, loops included, are plain. Any context.
 */
#ifndef HOTWEAVE_LINUX_CPUMASK_H
#define HOTWEAVE_LINUX_CPUMASK_H

#include <linux/atomic.h>
#include <linux/bitmap.h>
#include <linux/cpumask_types.h>
#include <linux/threads.h>


/* Number of CPUs this machine has, whether online or not; results of searches are below it or equal. */
extern unsigned int nr_cpu_ids;
#define nr_cpumask_bits nr_cpu_ids
#define cpumask_bits(maskp) ((maskp)->bits)
#define cpumask_pr_args(maskp) (int)nr_cpu_ids, (void *)cpumask_bits(maskp)

/* Ordinary objects of the runtime: initial state all of nr_cpu_ids possible, present, online and active. */
extern struct cpumask __cpu_possible_mask;
extern struct cpumask __cpu_online_mask;
extern struct cpumask __cpu_present_mask;
extern struct cpumask __cpu_active_mask;
extern struct cpumask __cpu_dying_mask;
extern atomic_t __num_online_cpus;
#define cpu_possible_mask ((const struct cpumask *)&__cpu_possible_mask)
#define cpu_online_mask ((const struct cpumask *)&__cpu_online_mask)
#define cpu_present_mask ((const struct cpumask *)&__cpu_present_mask)
#define cpu_active_mask ((const struct cpumask *)&__cpu_active_mask)
#define cpu_dying_mask ((const struct cpumask *)&__cpu_dying_mask)

#define CPU_BITS_NONE { 0UL }
#define CPU_BITS_ALL { ~(~0UL << NR_CPUS) }
#define CPU_MASK_NONE { CPU_BITS_NONE }
#define CPU_MASK_ALL { CPU_BITS_ALL }
#define CPU_MASK_CPU0 { { 1UL } }

/* ---- One CPU of a mask ------------------------------------------------------------------------- */

static __always_inline void cpumask_set_cpu(unsigned int cpu, struct cpumask *dstp)
{
	set_bit(cpu, cpumask_bits(dstp));
}

static __always_inline void cpumask_clear_cpu(int cpu, struct cpumask *dstp)
{
	clear_bit(cpu, cpumask_bits(dstp));
}

static inline void __cpumask_set_cpu(unsigned int cpu, struct cpumask *dstp)
{
	__set_bit(cpu, cpumask_bits(dstp));
}

static inline void __cpumask_clear_cpu(int cpu, struct cpumask *dstp)
{
	__clear_bit((unsigned long)cpu, cpumask_bits(dstp));
}

static __always_inline bool cpumask_test_cpu(int cpu, const struct cpumask *cpumask)
{
	return test_bit((unsigned long)cpu, cpumask_bits(cpumask));
}

static __always_inline bool cpumask_test_and_set_cpu(int cpu, struct cpumask *cpumask)
{
	return test_and_set_bit(cpu, cpumask_bits(cpumask));
}

static __always_inline bool cpumask_test_and_clear_cpu(int cpu, struct cpumask *cpumask)
{
	return test_and_clear_bit(cpu, cpumask_bits(cpumask));
}

/* ---- Whole masks ------------------------------------------------------------------------------- */

static inline void cpumask_clear(struct cpumask *dstp) { bitmap_zero(cpumask_bits(dstp), NR_CPUS); }
static inline void cpumask_setall(struct cpumask *dstp) { bitmap_fill(cpumask_bits(dstp), NR_CPUS); }

static inline void cpumask_copy(struct cpumask *dstp, const struct cpumask *srcp)
{
	bitmap_copy(cpumask_bits(dstp), cpumask_bits(srcp), NR_CPUS);
}

static inline bool cpumask_and(struct cpumask *dstp, const struct cpumask *src1p, const struct cpumask *src2p)
{
	return bitmap_and(cpumask_bits(dstp), cpumask_bits(src1p), cpumask_bits(src2p), NR_CPUS);
}

static inline bool cpumask_andnot(struct cpumask *dstp, const struct cpumask *src1p, const struct cpumask *src2p)
{
	return bitmap_andnot(cpumask_bits(dstp), cpumask_bits(src1p), cpumask_bits(src2p), NR_CPUS);
}

static inline void cpumask_or(struct cpumask *dstp, const struct cpumask *src1p, const struct cpumask *src2p)
{
	bitmap_or(cpumask_bits(dstp), cpumask_bits(src1p), cpumask_bits(src2p), NR_CPUS);
}

static inline void cpumask_xor(struct cpumask *dstp, const struct cpumask *src1p, const struct cpumask *src2p)
{
	bitmap_xor(cpumask_bits(dstp), cpumask_bits(src1p), cpumask_bits(src2p), NR_CPUS);
}

static inline void cpumask_complement(struct cpumask *dstp, const struct cpumask *srcp)
{
	bitmap_complement(cpumask_bits(dstp), cpumask_bits(srcp), NR_CPUS);
}

static inline bool cpumask_equal(const struct cpumask *src1p, const struct cpumask *src2p)
{
	return bitmap_equal(cpumask_bits(src1p), cpumask_bits(src2p), nr_cpumask_bits);
}

static inline bool cpumask_intersects(const struct cpumask *src1p, const struct cpumask *src2p)
{
	return bitmap_intersects(cpumask_bits(src1p), cpumask_bits(src2p), nr_cpumask_bits);
}

static inline bool cpumask_subset(const struct cpumask *src1p, const struct cpumask *src2p)
{
	return bitmap_subset(cpumask_bits(src1p), cpumask_bits(src2p), nr_cpumask_bits);
}

static inline bool cpumask_empty(const struct cpumask *srcp)
{
	return bitmap_empty(cpumask_bits(srcp), nr_cpumask_bits);
}

static inline bool cpumask_full(const struct cpumask *srcp)
{
	return bitmap_full(cpumask_bits(srcp), nr_cpumask_bits);
}

static inline unsigned int cpumask_weight(const struct cpumask *srcp)
{
	return bitmap_weight(cpumask_bits(srcp), nr_cpumask_bits);
}

/* ---- Searching and walking: nr_cpu_ids or more means none -------------------------------------- */

static inline unsigned int cpumask_next(int n, const struct cpumask *srcp)
{
	return (unsigned int)find_next_bit(cpumask_bits(srcp), nr_cpumask_bits, (unsigned long)(n + 1));
}

static inline unsigned int cpumask_next_zero(int n, const struct cpumask *srcp)
{
	return (unsigned int)find_next_zero_bit(cpumask_bits(srcp), nr_cpumask_bits, (unsigned long)(n + 1));
}

static inline unsigned int cpumask_next_and(int n, const struct cpumask *src1p, const struct cpumask *src2p)
{
	return (unsigned int)find_next_and_bit(cpumask_bits(src1p), cpumask_bits(src2p), nr_cpumask_bits,
					       (unsigned long)(n + 1));
}

static inline unsigned int cpumask_first(const struct cpumask *srcp) { return cpumask_next(-1, srcp); }
static inline unsigned int cpumask_first_zero(const struct cpumask *srcp) { return cpumask_next_zero(-1, srcp); }

static inline unsigned int cpumask_first_and(const struct cpumask *srcp1, const struct cpumask *srcp2)
{
	return cpumask_next_and(-1, srcp1, srcp2);
}

static inline unsigned int cpumask_last(const struct cpumask *srcp)
{
	return (unsigned int)find_last_bit(cpumask_bits(srcp), nr_cpumask_bits);
}

static inline unsigned int cpumask_nth(unsigned int cpu, const struct cpumask *srcp)
{
	return (unsigned int)find_nth_bit(cpumask_bits(srcp), nr_cpumask_bits, cpu);
}

static inline unsigned int cpumask_any_but(const struct cpumask *mask, unsigned int cpu)
{
	unsigned int i = cpumask_first(mask);

	return i == cpu ? cpumask_next((int)i, mask) : i;
}

#define cpumask_any(srcp) cpumask_first(srcp)
#define cpumask_any_and(mask1, mask2) cpumask_first_and((mask1), (mask2))
#define cpumask_any_distribute(srcp) cpumask_first(srcp)
#define cpumask_any_and_distribute(mask1, mask2) cpumask_first_and((mask1), (mask2))

#define for_each_cpu(cpu, mask) \
	for ((cpu) = cpumask_first(mask); (unsigned int)(cpu) < nr_cpu_ids; (cpu) = cpumask_next((int)(cpu), (mask)))
#define for_each_cpu_and(cpu, mask1, mask2)                                     \
	for ((cpu) = cpumask_first_and((mask1), (mask2)); (unsigned int)(cpu) < nr_cpu_ids; \
	     (cpu) = cpumask_next_and((int)(cpu), (mask1), (mask2)))
#define for_each_cpu_andnot(cpu, mask1, mask2) \
	for_each_andnot_bit(cpu, cpumask_bits(mask1), cpumask_bits(mask2), nr_cpumask_bits)
#define for_each_possible_cpu(cpu) for_each_cpu((cpu), cpu_possible_mask)
/* The kernel's find_next_bit() reads the mask bare, under cpus_read_lock() or not (docs/annotations.md). What a walker makes
 * of a CPU that has come or gone since is not excused by that. */
static inline unsigned int hotweave_next_online_cpu(int n)
{
	return hotweave_missing_annotation(cpumask_next(n, cpu_online_mask), "who holds no lock takes the mask as it is");
}
#define for_each_online_cpu(cpu)                                                            \
	for ((cpu) = hotweave_next_online_cpu(-1); (unsigned int)(cpu) < nr_cpu_ids;        \
	     (cpu) = hotweave_next_online_cpu((int)(cpu)))
#define for_each_present_cpu(cpu) for_each_cpu((cpu), cpu_present_mask)

/* ---- The system's masks ------------------------------------------------------------------------ */

static __always_inline unsigned int num_online_cpus(void) { return (unsigned int)atomic_read(&__num_online_cpus); }
static inline unsigned int num_possible_cpus(void) { return cpumask_weight(cpu_possible_mask); }
static inline unsigned int num_present_cpus(void) { return cpumask_weight(cpu_present_mask); }
static inline unsigned int num_active_cpus(void) { return cpumask_weight(cpu_active_mask); }
static __always_inline bool cpu_online(unsigned int cpu) { return cpumask_test_cpu((int)cpu, cpu_online_mask); }
static __always_inline bool cpu_possible(unsigned int cpu) { return cpumask_test_cpu((int)cpu, cpu_possible_mask); }
static __always_inline bool cpu_present(unsigned int cpu) { return cpumask_test_cpu((int)cpu, cpu_present_mask); }
static __always_inline bool cpu_active(unsigned int cpu) { return cpumask_test_cpu((int)cpu, cpu_active_mask); }
static __always_inline bool cpu_dying(unsigned int cpu) { return cpumask_test_cpu((int)cpu, cpu_dying_mask); }
#define cpu_is_offline(cpu) unlikely(!cpu_online(cpu))

static __always_inline void hotweave_assign_cpu(unsigned int cpu, struct cpumask *mask, bool value)
{
	assign_bit(cpu, cpumask_bits(mask), value);
}

static inline void set_cpu_possible(unsigned int cpu, bool possible)
{
	hotweave_assign_cpu(cpu, &__cpu_possible_mask, possible);
}

static inline void set_cpu_present(unsigned int cpu, bool present)
{
	hotweave_assign_cpu(cpu, &__cpu_present_mask, present);
}

static inline void set_cpu_active(unsigned int cpu, bool active)
{
	hotweave_assign_cpu(cpu, &__cpu_active_mask, active);
}

static inline void set_cpu_dying(unsigned int cpu, bool dying)
{
	hotweave_assign_cpu(cpu, &__cpu_dying_mask, dying);
}

/* Keeps the count that num_online_cpus() reads without looking at the mask. */
static inline void set_cpu_online(unsigned int cpu, bool online)
{
	if (online) {
		if (!cpumask_test_and_set_cpu((int)cpu, &__cpu_online_mask))
			atomic_inc(&__num_online_cpus);
	} else if (cpumask_test_and_clear_cpu((int)cpu, &__cpu_online_mask)) {
		atomic_dec(&__num_online_cpus);
	}
}

/* ---- Constant masks, and masks as local variables ---------------------------------------------- */

static const struct cpumask hotweave_cpu_masks[NR_CPUS] __maybe_unused = {
	{ { 1UL << 0 } }, { { 1UL << 1 } }, { { 1UL << 2 } }, { { 1UL << 3 } },
	{ { 1UL << 4 } }, { { 1UL << 5 } }, { { 1UL << 6 } }, { { 1UL << 7 } },
};
static const struct cpumask hotweave_cpu_mask_all __maybe_unused = CPU_MASK_ALL;
static const struct cpumask hotweave_cpu_mask_none __maybe_unused = CPU_MASK_NONE;
#define cpumask_of(cpu) (&hotweave_cpu_masks[cpu])
#define get_cpu_mask(cpu) cpumask_of(cpu)
#define cpu_all_mask (&hotweave_cpu_mask_all)
#define cpu_none_mask (&hotweave_cpu_mask_none)

typedef struct cpumask cpumask_var_t[1];
#define cpumask_size() ((unsigned int)sizeof(struct cpumask))

static inline bool alloc_cpumask_var(cpumask_var_t *mask, gfp_t flags)
{
	(void)mask, (void)flags;
	return true;
}

static inline bool zalloc_cpumask_var(cpumask_var_t *mask, gfp_t flags)
{
	(void)flags;
	cpumask_clear(*mask);
	return true;
}

static inline void free_cpumask_var(cpumask_var_t mask)
{
	(void)mask;
}

#endif
