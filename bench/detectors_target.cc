// SPDX-License-Identifier: GPL-2.0-only OR MIT
/* The loops of detectors_bench.cc. All of them are correct. Depends on <linux/...> and hotweave/target.h. */
#include <linux/mutex.h>
#include <linux/slab.h>
#include <linux/spinlock.h>
#include <hotweave/target.h>

#include "tasks.h"

static DEFINE_MUTEX(pair_mutex);
static DEFINE_SPINLOCK(pair_spinlock);
static unsigned long words[LOOP_WORDS];

HOTWEAVE_TARGET(lock_pairs, "one task locks and unlocks a mutex again and again")
{
	for (int i = 0; i < LOOP_ROUNDS; i++) {
		mutex_lock(&pair_mutex);
		mutex_unlock(&pair_mutex);
	}
}

HOTWEAVE_TARGET(spin_pairs, "one task locks and unlocks a spinlock again and again")
{
	for (int i = 0; i < LOOP_ROUNDS; i++) {
		spin_lock(&pair_spinlock);
		spin_unlock(&pair_spinlock);
	}
}

HOTWEAVE_TARGET(words, "one task increments the words of an array")
{
	for (int i = 0; i < LOOP_ROUNDS; i++)
		words[i % LOOP_WORDS]++;
}

struct classed {
	struct lock_class_key key;
	struct mutex mutex;
};

HOTWEAVE_TARGET(lock_classes, "many lock classes, each taken inside the one before")
{
	unsigned int classes = hotweave_choose(1u << 16);
	unsigned int rounds = hotweave_choose(1u << 16);
	struct classed *locks = (struct classed *)kmalloc(classes * sizeof(*locks), GFP_KERNEL);

	for (unsigned int i = 0; i < classes; i++) {
		lockdep_register_key(&locks[i].key);
		__mutex_init(&locks[i].mutex, "class", &locks[i].key);
	}
	while (rounds--) {
		bench_begin();
		for (unsigned int i = 0; i + 1 < classes; i++) {
			mutex_lock(&locks[i].mutex);
			mutex_lock(&locks[i + 1].mutex);
			mutex_unlock(&locks[i + 1].mutex);
			mutex_unlock(&locks[i].mutex);
		}
		bench_end();
	}
}
