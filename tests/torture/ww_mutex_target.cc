// SPDX-License-Identifier: GPL-2.0-only OR MIT
/* Torture of wound/wait mutexes: three tasks take three of them in orders of their own, in both kinds of classes. */
#include <linux/bug.h>
#include <linux/errno.h>
#include <linux/ww_mutex.h>

#include "../support/tasks.h"

static DEFINE_WW_CLASS(wounding);
static DEFINE_WD_CLASS(dying);
static struct ww_class *kind;
static struct ww_mutex m[3];
static int count[3];

static void unlock_all(unsigned int held)
{
	for (int i = 0; i < 3; i++)
		if (held & 1u << i)
			ww_mutex_unlock(&m[i]);
}

/* Takes all three, `first` first and then round; backs off and starts with the contended one as often as it must. */
static int take_all(int first, int step, bool trylock)
{
	struct ww_acquire_ctx ctx;
	unsigned int held = 0;
	int contended = -1;

	ww_acquire_init(&ctx, kind);
	for (int i = 0; i < 3;) {
		int at = (first + i * step) % 3;
		int err;

		if (contended >= 0) {
			ww_mutex_lock_slow(&m[contended], &ctx);
			held = 1u << contended;
			contended = -1;
		}
		if (held & 1u << at) {
			BUG_ON(ww_mutex_lock(&m[at], &ctx) != -EALREADY);
			i++;
			continue;
		}
		err = trylock && ww_mutex_trylock(&m[at], &ctx) ? 0 : ww_mutex_lock(&m[at], &ctx);
		if (!err) {
			held |= 1u << at;
			i++;
			continue;
		}
		BUG_ON(err != -EDEADLK);
		unlock_all(held);
		held = 0;
		contended = at;
		i = 0;
	}
	ww_acquire_done(&ctx);
	for (int i = 0; i < 3; i++)
		count[i]++;
	unlock_all(held);
	ww_acquire_fini(&ctx);
	return 0;
}

static int torturer(void *)
{
	return take_all((int)hotweave_choose(3), 1 + (int)hotweave_choose(2), hotweave_choose(2));
}

/* One mutex alone needs no context. */
static int torturer_and_loner(void *)
{
	struct ww_mutex *alone = &m[hotweave_choose(3)];

	if (ww_mutex_lock(alone, NULL) == 0)
		ww_mutex_unlock(alone);
	return torturer(NULL);
}

static void set_up(void)
{
	kind = hotweave_choose(2) ? &dying : &wounding;
	for (int i = 0; i < 3; i++)
		ww_mutex_init(&m[i], kind);
}

HOTWEAVE_TARGET(ww_mutex_torture, "three threads take three ww_mutexes in any order")
{
	set_up();
	run_three(torturer, torturer, torturer_and_loner);
	for (int i = 0; i < 3; i++)
		BUG_ON(count[i] != 3 || ww_mutex_is_locked(&m[i]));
}

/* Sees -EDEADLK and goes on as if nothing were. */
static int stubborn(void *)
{
	struct ww_acquire_ctx ctx;

	ww_acquire_init(&ctx, kind);
	if (ww_mutex_lock(&m[2], &ctx) == 0) {
		while (ww_mutex_lock(&m[0], &ctx) == -EDEADLK)
			;
		ww_mutex_unlock(&m[0]);
		ww_mutex_unlock(&m[2]);
	}
	ww_acquire_fini(&ctx);
	return 0;
}

HOTWEAVE_TARGET(ww_mutex_torture_mutant_stubborn, "one of them does not back off")
{
	set_up();
	run_three(torturer, torturer, stubborn);
}
HOTWEAVE_EXPECT(ww_mutex_torture_mutant_stubborn, "", "lock-misuse", "");

/* Without a context: a mutex like any other. */
static int lawless(void *)
{
	if (ww_mutex_lock(&m[2], NULL) == 0) {
		if (ww_mutex_lock(&m[0], NULL) == 0)
			ww_mutex_unlock(&m[0]);
		ww_mutex_unlock(&m[2]);
	}
	return 0;
}

HOTWEAVE_TARGET(ww_mutex_torture_mutant_lawless, "one of them takes two without a context")
{
	set_up();
	run_three(torturer, torturer, lawless);
}
HOTWEAVE_EXPECT(ww_mutex_torture_mutant_lawless, "", "deadlock lock-order recursive-lock", "");
