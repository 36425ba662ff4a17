/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
/*
 * A reference count inside an object, with the function that frees it. Follows include/linux/kref.h of
 * Linux 6.1. Any context that `release` may be called in. Depends on refcount.h.
 */
#ifndef HOTWEAVE_LINUX_KREF_H
#define HOTWEAVE_LINUX_KREF_H

#include <linux/refcount.h>

struct kref {
	refcount_t refcount;
};

#define KREF_INIT(n) { REFCOUNT_INIT(n) }

static __always_inline void kref_init(struct kref *kref) { refcount_set(&kref->refcount, 1); }
static __always_inline unsigned int kref_read(const struct kref *kref) { return refcount_read(&kref->refcount); }

/* The caller holds a reference; for kref_get_unless_zero() it need only know that the memory exists. */
#define kref_get(kref) refcount_inc(&(kref)->refcount)
#define kref_get_unless_zero(kref) refcount_inc_not_zero(&(kref)->refcount)

/* Drops a reference; the last one calls release(kref). 1 if that was it. */
#define kref_put(kref, release)                                                          \
	hotweave_kref_put((kref), (release), __FILE__, __LINE__)
static inline int hotweave_kref_put(struct kref *kref, void (*release)(struct kref *kref), const char *file,
				    int line)
{
	if (!hotweave_refcount_sub_and_test(1, &kref->refcount, file, line))
		return 0;
	release(kref);
	return 1;
}

/* The same, with the lock held when release is called. release drops it. */
#define kref_put_mutex(counter, release, lock)                                           \
	({                                                                               \
		struct kref *hw_kref = (counter);                                        \
		bool hw_dead = refcount_dec_and_mutex_lock(&hw_kref->refcount, (lock));  \
		if (hw_dead)                                                             \
			(release)(hw_kref);                                              \
		(int)hw_dead;                                                            \
	})
#define kref_put_lock(counter, release, lock)                                               \
	({                                                                               \
		struct kref *hw_kref = (counter);                                        \
		bool hw_dead = refcount_dec_and_lock(&hw_kref->refcount, (lock));        \
		if (hw_dead)                                                             \
			(release)(hw_kref);                                              \
		(int)hw_dead;                                                            \
	})

#endif
