/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
/*
 * High-resolution timers: a function that runs in hardirq context (HRTIMER_MODE_SOFT: softirq context) when the virtual
 * clock has reached a time, and again if it returns HRTIMER_RESTART. Follows include/linux/hrtimer.h and
 * kernel/time/hrtimer.c of Linux 6.1.
 *
 * Order, and when timers expire: as <linux/timer.h> says. The function runs on the CPU that started the timer.
 * Context: any, but hrtimer_cancel() of a soft timer not in its own context. Scheduling points: each function but init.
 * Model: all clocks are one; a range (slack) means nothing: the timer expires at its soft time.
 */
#ifndef HOTWEAVE_LINUX_HRTIMER_H
#define HOTWEAVE_LINUX_HRTIMER_H

#include <linux/ktime.h>
#include <linux/sched.h>
#include <linux/timekeeping.h>
#include <linux/types.h>

#ifdef __cplusplus
extern "C" {
#endif

#ifndef CLOCK_REALTIME
#define CLOCK_REALTIME 0
#endif
#ifndef CLOCK_MONOTONIC
#define CLOCK_MONOTONIC 1
#endif
#ifndef CLOCK_BOOTTIME
#define CLOCK_BOOTTIME 7
#endif

enum hrtimer_mode {
	HRTIMER_MODE_ABS = 0x00,
	HRTIMER_MODE_REL = 0x01,
	HRTIMER_MODE_PINNED = 0x02,
	HRTIMER_MODE_SOFT = 0x04,
	HRTIMER_MODE_HARD = 0x08,
	HRTIMER_MODE_ABS_PINNED = HRTIMER_MODE_ABS | HRTIMER_MODE_PINNED,
	HRTIMER_MODE_REL_PINNED = HRTIMER_MODE_REL | HRTIMER_MODE_PINNED,
	HRTIMER_MODE_ABS_SOFT = HRTIMER_MODE_ABS | HRTIMER_MODE_SOFT,
	HRTIMER_MODE_REL_SOFT = HRTIMER_MODE_REL | HRTIMER_MODE_SOFT,
	HRTIMER_MODE_ABS_PINNED_SOFT = HRTIMER_MODE_ABS_PINNED | HRTIMER_MODE_SOFT,
	HRTIMER_MODE_REL_PINNED_SOFT = HRTIMER_MODE_REL_PINNED | HRTIMER_MODE_SOFT,
	HRTIMER_MODE_ABS_HARD = HRTIMER_MODE_ABS | HRTIMER_MODE_HARD,
	HRTIMER_MODE_REL_HARD = HRTIMER_MODE_REL | HRTIMER_MODE_HARD,
	HRTIMER_MODE_ABS_PINNED_HARD = HRTIMER_MODE_ABS_PINNED | HRTIMER_MODE_HARD,
	HRTIMER_MODE_REL_PINNED_HARD = HRTIMER_MODE_REL_PINNED | HRTIMER_MODE_HARD,
};

enum hrtimer_restart {
	HRTIMER_NORESTART,
	HRTIMER_RESTART,
};

struct hrtimer {
	unsigned int magic;     /* of an initialised timer */
	clockid_t clock;
	ktime_t _softexpires;   /* absolute, on that clock */
	enum hrtimer_restart (*function)(struct hrtimer *timer); /* written by the caller */
	u8 is_rel, is_soft, is_hard;
};

/* Not active, and without a function yet. A timer in use must not be initialised (lock-misuse). */
void hrtimer_init(struct hrtimer *timer, clockid_t which_clock, enum hrtimer_mode mode);
#define hrtimer_init_on_stack(timer, which_clock, mode) hrtimer_init(timer, which_clock, mode)
/* A finding of kind use-after-free if it is active. */
void destroy_hrtimer_on_stack(struct hrtimer *timer);

/* Arms it, or moves it: REL from now, ABS on its clock. */
void hrtimer_start(struct hrtimer *timer, ktime_t tim, const enum hrtimer_mode mode);
static inline void hrtimer_start_range_ns(struct hrtimer *timer, ktime_t tim, u64 range_ns, const enum hrtimer_mode mode)
{
	(void)range_ns;
	hrtimer_start(timer, tim, mode);
}
/* At the time it has. */
void hrtimer_restart(struct hrtimer *timer);
static inline void hrtimer_start_expires(struct hrtimer *timer, enum hrtimer_mode mode)
{
	(void)mode;
	hrtimer_restart(timer);
}

/* Disarms it and waits, spinning, until the function does not run: 1 if it was active. _try_to_: -1 instead of waiting.
 * By the function itself, or by the holder of a lock that the function takes: deadlock. */
int hrtimer_cancel(struct hrtimer *timer);
int hrtimer_try_to_cancel(struct hrtimer *timer);

/* Armed, or its function runs. Queued: armed. */
bool hrtimer_active(const struct hrtimer *timer);
bool hrtimer_is_queued(struct hrtimer *timer);
bool hrtimer_callback_running(struct hrtimer *timer);

/* Moves the time of a timer that is not armed into the future, by whole intervals; how many. In the function, before
 * HRTIMER_RESTART. */
u64 hrtimer_forward(struct hrtimer *timer, ktime_t now, ktime_t interval);
ktime_t hrtimer_cb_get_time(const struct hrtimer *timer);
static inline u64 hrtimer_forward_now(struct hrtimer *timer, ktime_t interval)
{
	return hrtimer_forward(timer, hrtimer_cb_get_time(timer), interval);
}

static inline ktime_t hrtimer_get_expires(const struct hrtimer *timer) { return timer->_softexpires; }
static inline ktime_t hrtimer_get_softexpires(const struct hrtimer *timer) { return timer->_softexpires; }
static inline s64 hrtimer_get_expires_ns(const struct hrtimer *timer) { return ktime_to_ns(timer->_softexpires); }
static inline void hrtimer_set_expires(struct hrtimer *timer, ktime_t time) { timer->_softexpires = time; }
static inline void hrtimer_add_expires_ns(struct hrtimer *timer, u64 ns) { timer->_softexpires += (s64)ns; }
/* Until it expires; below 0: late. */
ktime_t hrtimer_get_remaining(const struct hrtimer *timer);

/* Sleeps, in the state that was set, until the time: 0, or -EINTR if it was woken before. NULL: for ever.
 * Context: may sleep. */
int schedule_hrtimeout(ktime_t *expires, const enum hrtimer_mode mode);
static inline int schedule_hrtimeout_range(ktime_t *expires, u64 delta, const enum hrtimer_mode mode)
{
	(void)delta;
	return schedule_hrtimeout(expires, mode);
}

#ifdef __cplusplus
}
#endif
#endif
