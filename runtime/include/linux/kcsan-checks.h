/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
/*
 * What code can say to, and ask of, the race detector. Follows include/linux/kcsan-checks.h of Linux 6.1.
 *
 * The detector here is exact where KCSAN samples: two accesses race if no synchronisation orders them, not if
 * they happen to meet. Its rules are KCSAN's strict ones (CONFIG_KCSAN_STRICT): a plain write of a word is
 * not assumed to be atomic, and neither is a plain access in an interrupt handler. All functions but the checks
 * themselves: any context, no scheduling point. A check is one scheduling point, before its effect.
 */
#ifndef HOTWEAVE_LINUX_KCSAN_CHECKS_H
#define HOTWEAVE_LINUX_KCSAN_CHECKS_H

#include <linux/compiler_attributes.h>
#include <linux/types.h>

/* Types of accesses: 0 is a plain read. SCOPED is the runtime's own business. */
#define KCSAN_ACCESS_WRITE (1 << 0)
#define KCSAN_ACCESS_COMPOUND (1 << 1) /* reads and writes */
#define KCSAN_ACCESS_ATOMIC (1 << 2)   /* marked */
#define KCSAN_ACCESS_ASSERT (1 << 3)   /* an assertion: nothing is accessed */
#define KCSAN_ACCESS_SCOPED (1 << 4)

#ifdef __cplusplus
extern "C" {
#endif

/*
 * Checks an access of that type to [ptr, ptr+size) as if it happened here: a data race or a memory error is a
 * finding. For memory that is accessed by other means (a copy to or from user space, a device).
 */
void __kcsan_check_access(const volatile void *ptr, size_t size, int type);

/* Until the matching call of kcsan_enable_current() no access of the current task is checked for races, nor
 * do others race with them. Nests. Memory errors are still findings. */
void kcsan_disable_current(void);
void kcsan_enable_current(void);
void kcsan_enable_current_nowarn(void);

/* Plain accesses of the current task count as marked: between begin and end (nestable: nests; flat: does not), or the
 * next `n` of them. For seqlocks. Assertions count as marked between begin and end, where they assert less. */
void kcsan_nestable_atomic_begin(void);
void kcsan_nestable_atomic_end(void);
void kcsan_flat_atomic_begin(void);
void kcsan_flat_atomic_end(void);
void kcsan_atomic_next(int n);

/*
 * The assertions that follow are about these bits alone, until the mask is 0 again. See ASSERT_EXCLUSIVE_BITS().
 */
void kcsan_set_access_mask(unsigned long mask);

/* An assertion for as long as `sa` is open. Model: one may be open per object; contents are the runtime's. */
struct kcsan_scoped_access {
	const volatile void *ptr;
	size_t size;
	int type;
	unsigned int slot;
};
#define __kcsan_cleanup_scoped __maybe_unused __attribute__((__cleanup__(kcsan_end_scoped_access)))
struct kcsan_scoped_access *kcsan_begin_scoped_access(const volatile void *ptr, size_t size, int type,
						      struct kcsan_scoped_access *sa);
void kcsan_end_scoped_access(struct kcsan_scoped_access *sa);

#ifdef __cplusplus
}
#endif

#define kcsan_check_access(ptr, size, type) __kcsan_check_access((ptr), (size), (type))
#define __kcsan_disable_current kcsan_disable_current
#define __kcsan_enable_current kcsan_enable_current_nowarn

#define __kcsan_check_read(ptr, size) __kcsan_check_access((ptr), (size), 0)
#define __kcsan_check_write(ptr, size) __kcsan_check_access((ptr), (size), KCSAN_ACCESS_WRITE)
#define __kcsan_check_read_write(ptr, size) \
	__kcsan_check_access((ptr), (size), KCSAN_ACCESS_COMPOUND | KCSAN_ACCESS_WRITE)
#define kcsan_check_read(ptr, size) __kcsan_check_read((ptr), (size))
#define kcsan_check_write(ptr, size) __kcsan_check_write((ptr), (size))
#define kcsan_check_read_write(ptr, size) __kcsan_check_read_write((ptr), (size))
#define kcsan_check_atomic_read(ptr, size) __kcsan_check_access((ptr), (size), KCSAN_ACCESS_ATOMIC)
#define kcsan_check_atomic_write(ptr, size) \
	__kcsan_check_access((ptr), (size), KCSAN_ACCESS_ATOMIC | KCSAN_ACCESS_WRITE)
#define kcsan_check_atomic_read_write(ptr, size) \
	__kcsan_check_access((ptr), (size), KCSAN_ACCESS_ATOMIC | KCSAN_ACCESS_WRITE | KCSAN_ACCESS_COMPOUND)

/* Barriers are seen where they are made (<asm/barrier.h>): nothing to tell. */
#define __kcsan_mb() ((void)0)
#define __kcsan_wmb() ((void)0)
#define __kcsan_rmb() ((void)0)
#define __kcsan_release() ((void)0)
#define kcsan_mb() ((void)0)
#define kcsan_wmb() ((void)0)
#define kcsan_rmb() ((void)0)
#define kcsan_release() ((void)0)

/*
 * ASSERT_EXCLUSIVE_WRITER(var): no other task writes var concurrently, be it with a marked access; others may
 * read it. ASSERT_EXCLUSIVE_ACCESS(var): no other task accesses it at all. Findings of kind data-race.
 * Concurrently means: not ordered with the assertion by any synchronisation. data_race() accesses do not count.
 */
#define ASSERT_EXCLUSIVE_WRITER(var) __kcsan_check_access(&(var), sizeof(var), KCSAN_ACCESS_ASSERT)
#define ASSERT_EXCLUSIVE_ACCESS(var) \
	__kcsan_check_access(&(var), sizeof(var), KCSAN_ACCESS_WRITE | KCSAN_ACCESS_ASSERT)

/*
 * The same from here to the end of the block: besides, no other task may write (access) var meanwhile, whatever
 * orders it with the beginning and the end.
 */
#define __ASSERT_EXCLUSIVE_SCOPED(var, type, id)                                                      \
	struct kcsan_scoped_access __kcsan_scoped_name(id, _) __kcsan_cleanup_scoped;                 \
	struct kcsan_scoped_access *__kcsan_scoped_name(id, p) __maybe_unused =                       \
		kcsan_begin_scoped_access(&(var), sizeof(var), (type), &__kcsan_scoped_name(id, _))
#define __kcsan_scoped_name(c, suffix) __kcsan_scoped_name_(c, suffix)
#define __kcsan_scoped_name_(c, suffix) __kcsan_scoped_##c##suffix
#define ASSERT_EXCLUSIVE_WRITER_SCOPED(var) __ASSERT_EXCLUSIVE_SCOPED(var, KCSAN_ACCESS_ASSERT, __COUNTER__)
#define ASSERT_EXCLUSIVE_ACCESS_SCOPED(var) \
	__ASSERT_EXCLUSIVE_SCOPED(var, KCSAN_ACCESS_WRITE | KCSAN_ACCESS_ASSERT, __COUNTER__)

/*
 * ASSERT_EXCLUSIVE_BITS(var, mask): no other task changes the bits of var in mask concurrently; the others may
 * change. The current task's next plain access counts as marked, so that it can read these bits. `var` of at
 * most 8 bytes. A write that stores the same bits is no change.
 * Model: the change is noticed if it comes after the assertion; another schedule has it there.
 */
#define ASSERT_EXCLUSIVE_BITS(var, mask)                                                  \
	do {                                                                              \
		kcsan_set_access_mask(mask);                                              \
		__kcsan_check_access(&(var), sizeof(var), KCSAN_ACCESS_ASSERT);           \
		kcsan_set_access_mask(0);                                                 \
		kcsan_atomic_next(1);                                                     \
	} while (0)

#endif
