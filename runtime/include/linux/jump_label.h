/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
/*
 * Static keys: branches that are patched into the code when a key changes. Follows include/linux/jump_label.h and
 * kernel/jump_label.c of Linux 6.1 with CONFIG_JUMP_LABEL.
 *
 * A key has a count and a state of its branches. enable/inc take the CPU hotplug lock for read and the jump label
 * mutex, and have changed every branch when they return; between the two a count of -1 says "being patched". A
 * branch that sees the new state is ordered after what preceded the change (the kernel patches by interrupts that
 * every CPU takes). Disabling a key with more than one user, or taking from 0, warns (finding assertion).
 *
 * Model: all branches of a key change in one step. Context: tests any; changes may sleep; _cpuslocked forms under
 * cpus_read_lock(). Scheduling points: a test is one; changes are those of their locks and accesses.
 * The lock against CPU hotplug is that of <linux/cpu.h>.
 */
#ifndef HOTWEAVE_LINUX_JUMP_LABEL_H
#define HOTWEAVE_LINUX_JUMP_LABEL_H

#include <linux/atomic.h>
#include <linux/bug.h>
#include <linux/compiler.h>
#include <linux/cpu.h>
#include <linux/types.h>

#ifdef __cplusplus
extern "C" {
#endif

struct static_key {
	atomic_t enabled;
	int patched; /* the state of the branches */
};

struct static_key_true {
	struct static_key key;
};
struct static_key_false {
	struct static_key key;
};

#define STATIC_KEY_INIT_TRUE { { 1 }, 1 }
#define STATIC_KEY_INIT_FALSE { { 0 }, 0 }
#define STATIC_KEY_INIT STATIC_KEY_INIT_FALSE
#define STATIC_KEY_TRUE_INIT { STATIC_KEY_INIT_TRUE }
#define STATIC_KEY_FALSE_INIT { STATIC_KEY_INIT_FALSE }

#define DEFINE_STATIC_KEY_TRUE(name) struct static_key_true name = STATIC_KEY_TRUE_INIT
#define DEFINE_STATIC_KEY_TRUE_RO(name) DEFINE_STATIC_KEY_TRUE(name)
#define DECLARE_STATIC_KEY_TRUE(name) extern struct static_key_true name
#define DEFINE_STATIC_KEY_FALSE(name) struct static_key_false name = STATIC_KEY_FALSE_INIT
#define DEFINE_STATIC_KEY_FALSE_RO(name) DEFINE_STATIC_KEY_FALSE(name)
#define DECLARE_STATIC_KEY_FALSE(name) extern struct static_key_false name
#define DEFINE_STATIC_KEY_ARRAY_TRUE(name, count) \
	struct static_key_true name[count] = { [0 ... (count) - 1] = STATIC_KEY_TRUE_INIT }
#define DEFINE_STATIC_KEY_ARRAY_FALSE(name, count) \
	struct static_key_false name[count] = { [0 ... (count) - 1] = STATIC_KEY_FALSE_INIT }

/* The mutex of all keys (runtime/kernel/jump_label.cc). Context: may sleep. */
void jump_label_lock(void);
void jump_label_unlock(void);

/* ---- Tests -------------------------------------------------------------------------------------- */

static __always_inline bool static_key_false(struct static_key *key) { return smp_load_acquire(&key->patched) != 0; }
static __always_inline bool static_key_true(struct static_key *key) { return smp_load_acquire(&key->patched) != 0; }

/* x: a struct static_key_true or _false (by its address). The branch as it is patched now. */
#define static_branch_likely(x) likely(static_key_false(&(x)->key))
#define static_branch_unlikely(x) unlikely(static_key_false(&(x)->key))
#define static_branch_maybe(config, x) static_branch_unlikely(x)

/* The count; 1 while the key is being patched. */
static inline int static_key_count(struct static_key *key)
{
	int n = atomic_read(&key->enabled);

	return n >= 0 ? n : 1;
}
/* x: the address of any of the three kinds of key. */
#define static_key_enabled(x) (static_key_count((struct static_key *)(x)) > 0)

/* ---- Changes ------------------------------------------------------------------------------------ */

/* Under the mutex. Source: jump_label_update(), 6.1. */
static inline void hotweave_jump_label_update(struct static_key *key, int on)
{
	smp_store_release(&key->patched, on);
}

/* Counts one more user, and switches the branches on for the first. Source: static_key_slow_inc_cpuslocked(), 6.1. */
static inline void static_key_slow_inc_cpuslocked(struct static_key *key)
{
	int v = atomic_read(&key->enabled);

	lockdep_assert_cpus_held();
	while (v > 0) {
		if (atomic_try_cmpxchg(&key->enabled, &v, v + 1))
			return;
	}
	jump_label_lock();
	if (atomic_read(&key->enabled) == 0) {
		atomic_set(&key->enabled, -1);
		hotweave_jump_label_update(key, 1);
		atomic_set_release(&key->enabled, 1);
	} else {
		atomic_inc(&key->enabled);
	}
	jump_label_unlock();
}

static inline void static_key_slow_inc(struct static_key *key)
{
	cpus_read_lock();
	static_key_slow_inc_cpuslocked(key);
	cpus_read_unlock();
}

/* One user less; the last one switches the branches off. Source: __static_key_slow_dec_cpuslocked(), 6.1. */
static inline void static_key_slow_dec_cpuslocked(struct static_key *key)
{
	int v = atomic_read(&key->enabled);

	lockdep_assert_cpus_held();
	while (v > 1) {
		if (atomic_try_cmpxchg(&key->enabled, &v, v - 1))
			return;
	}
	WARN(v == 0, "jump label: negative count!\n");
	jump_label_lock();
	if (atomic_dec_and_test(&key->enabled))
		hotweave_jump_label_update(key, 0);
	jump_label_unlock();
}

static inline void static_key_slow_dec(struct static_key *key)
{
	cpus_read_lock();
	static_key_slow_dec_cpuslocked(key);
	cpus_read_unlock();
}

/* Count 0 becomes 1; 1 stays. For keys that are switched, not counted. Source: static_key_enable_cpuslocked(), 6.1. */
static inline void static_key_enable_cpuslocked(struct static_key *key)
{
	lockdep_assert_cpus_held();
	if (atomic_read(&key->enabled) > 0) {
		WARN_ON_ONCE(atomic_read(&key->enabled) != 1);
		return;
	}
	jump_label_lock();
	if (atomic_read(&key->enabled) == 0) {
		atomic_set(&key->enabled, -1);
		hotweave_jump_label_update(key, 1);
		atomic_set_release(&key->enabled, 1);
	}
	jump_label_unlock();
}

static inline void static_key_enable(struct static_key *key)
{
	cpus_read_lock();
	static_key_enable_cpuslocked(key);
	cpus_read_unlock();
}

static inline void static_key_disable_cpuslocked(struct static_key *key)
{
	lockdep_assert_cpus_held();
	if (atomic_read(&key->enabled) != 1) {
		WARN_ON_ONCE(atomic_read(&key->enabled) != 0);
		return;
	}
	jump_label_lock();
	if (atomic_cmpxchg(&key->enabled, 1, 0))
		hotweave_jump_label_update(key, 0);
	jump_label_unlock();
}

static inline void static_key_disable(struct static_key *key)
{
	cpus_read_lock();
	static_key_disable_cpuslocked(key);
	cpus_read_unlock();
}

#define static_branch_inc(x) static_key_slow_inc(&(x)->key)
#define static_branch_dec(x) static_key_slow_dec(&(x)->key)
#define static_branch_inc_cpuslocked(x) static_key_slow_inc_cpuslocked(&(x)->key)
#define static_branch_dec_cpuslocked(x) static_key_slow_dec_cpuslocked(&(x)->key)
#define static_branch_enable(x) static_key_enable(&(x)->key)
#define static_branch_disable(x) static_key_disable(&(x)->key)
#define static_branch_enable_cpuslocked(x) static_key_enable_cpuslocked(&(x)->key)
#define static_branch_disable_cpuslocked(x) static_key_disable_cpuslocked(&(x)->key)

#ifdef __cplusplus
}
#endif
#endif
