/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
/*
 * The interface of a target: what code under test may call besides the kernel's own API in <linux/...>.
 *
 * Valid C11 (gnu11) and C++20 (gnu++20). Everything here has C linkage. Nothing here depends on the rest
 * of hotweave; a target includes <linux/...>, this file and nothing else of the project.
 *
 * A target is a function. It runs as the first task ("init") of an execution, on model CPU 0, in process
 * context with preemption and interrupts enabled. It sets up, creates tasks with kthread_run(), joins
 * them and checks. An execution ends when the first task has returned and every other task has exited or
 * waits for work (see hotweave_idle_wait()), or at the first finding, or at a limit.
 *
 * Every writable global of target code starts each execution with its initial value; heap memory comes
 * from the arena, which is empty at the start of each execution. Targets need no reset code.
 */
#ifndef HOTWEAVE_TARGET_H
#define HOTWEAVE_TARGET_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

struct task_struct;

/* ---- Registration --------------------------------------------------------------------------------- */

/* One target, placed by HOTWEAVE_TARGET into the section "hotweave_targets". */
struct hotweave_target {
	const char *name;        /* C identifier; what the command line calls it */
	const char *description; /* one line */
	void (*run)(void);       /* the first task */
	const char *file;        /* source file, for `hotweave list` */
};

/*
 * What a target is known to show under a profile: `kinds` is a blank-separated list of finding kinds
 * (empty: known to be silent), `story` names the dossier entry or bug report. Data for `list` and for
 * the regression tests; it never influences an execution.
 */
struct hotweave_expectation {
	const char *target;
	const char *profile;
	const char *kinds;
	const char *story;
};

/*
 * One behaviour that changed in history; the position in the table is the row number. An alteration is a row that no
 * release ever had: a proposal that was rejected, or a mutant. It has a name in place of the commit (letters, digits
 * and _, no - or +), and first_release "".
 */
struct hotweave_history_row {
	const char *commit;        /* abbreviated commit id, 12 hex digits; name of an alteration */
	const char *title;         /* subject of the commit */
	const char *first_release; /* "4.20" */
	const char *changes;       /* what it changes here, one sentence */
	/*
	 * Of an alteration that is no invention but what kernels do, and that the profiles leave out: which kernels, and where
	 * that is written up ("up to 6.7: docs/findings.md"). A search that finds nothing says so. Else NULL.
	 */
	const char *left_out;
};

/*
 * A set of rows by name ("v4.19"): `rows` lists row numbers, ended by -1. Without `rows`: those of `like`, which is
 * another profile with rows taken out and put in as on the command line ("v6.7-381eab4a6ee8+keeps_the_lock"), and its
 * version unless this one has one; without `like` too: all rows that were first released in `version` or before.
 */
struct hotweave_profile {
	const char *name;
	const char *description;
	const int *rows;
	unsigned int version; /* KERNEL_VERSION() of <linux/version.h>; 0: 6.1 */
	const char *like;
};

struct hotweave_history {
	const struct hotweave_history_row *rows;
	unsigned int nr_rows; /* at most HOTWEAVE_MAX_HISTORY_ROWS */
	const struct hotweave_profile *profiles; /* kernels oldest first, then those with `like`; the newest is the last without */
	unsigned int nr_profiles;
};

#define HOTWEAVE_MAX_HISTORY_ROWS 512

/*
 * What is known of the profiles, for `hotweave history`, which measures it: data, never read by an execution.
 *
 * A row of the matrix: `targets` (blank-separated) are searched under `profile`. Per column the kinds of findings that
 * must be found, blank-separated, and none besides ("": none at all; "?kind": may be found as well): `deadlock` without lockdep; `lockdep_old` and
 * `lockdep_new` what lockdep prints by the rules up to 5.9 and from 5.10; `feasible` reports of lock order that can
 * become true; `other` whatever else is found without lockdep. `segments`: of the shortest deadlock, 0 if not stated.
 * `source`: where a kernel's source proves a cell that is disputed; else "".
 */
struct hotweave_matrix_row {
	const char *name;
	const char *profile;
	const char *targets;
	const char *deadlock;
	unsigned int segments;
	const char *lockdep_old, *lockdep_new;
	const char *feasible;
	const char *other;
	const char *source;
};

/*
 * A program: `how` is "sequential" (the execution without any departure), "search", or the name of a schedule,
 * programs/NAME.sched in the corpus of the target. `rules`: "off", "old", "new" or "auto" for lockdep, then " races" for
 * race detection, " faithful" to count only what the kernel's lockdep prints (of a stored schedule its own header counts). `expect`: kinds, "" silent. `segments`: 0 not stated.
 */
struct hotweave_program {
	const char *id;
	const char *target, *profile;
	const char *how, *rules;
	const char *expect;
	unsigned int segments;
	const char *what;
	const char *source;
};

struct hotweave_matrix {
	const struct hotweave_matrix_row *rows;
	unsigned int nr_rows;
	const struct hotweave_program *programs;
	unsigned int nr_programs;
};

#define HOTWEAVE_SECTION(name) __attribute__((used, retain, section(name)))

/*
 * HOTWEAVE_TARGET(name, "description") { body }
 * Defines and registers a target. Use at file scope, once per name in a program.
 */
#define HOTWEAVE_TARGET(name_, description_)                                                               \
	static void hotweave_target_##name_(void);                                                         \
	static const struct hotweave_target hotweave_target_entry_##name_ HOTWEAVE_SECTION(                \
		"hotweave_targets") = { #name_, description_, hotweave_target_##name_, __FILE__ };         \
	static void hotweave_target_##name_(void)

/* HOTWEAVE_EXPECT(target, "v4.19", "data-race", "S1-E 1B"); at file scope, any number of times. */
#define HOTWEAVE_EXPECT(target_, profile_, kinds_, story_) \
	HOTWEAVE_EXPECT_AT(target_, profile_, kinds_, story_, __COUNTER__)
#define HOTWEAVE_EXPECT_AT(target_, profile_, kinds_, story_, n_) \
	HOTWEAVE_EXPECT_N(target_, profile_, kinds_, story_, n_)
#define HOTWEAVE_EXPECT_N(target_, profile_, kinds_, story_, n_)                                           \
	static const struct hotweave_expectation hotweave_expect_##target_##_##n_ HOTWEAVE_SECTION(        \
		"hotweave_expectations") = { #target_, profile_, kinds_, story_ }

/* HOTWEAVE_HISTORY(rows, profiles): registers the program's one history table (arrays, not pointers). */
#define HOTWEAVE_HISTORY(rows_, profiles_)                                                                 \
	static const struct hotweave_history hotweave_history_entry HOTWEAVE_SECTION("hotweave_histories") \
		= { rows_, sizeof(rows_) / sizeof((rows_)[0]), profiles_,                                  \
		    sizeof(profiles_) / sizeof((profiles_)[0]) }

/* HOTWEAVE_MATRIX(rows, programs): registers what `hotweave history` measures (arrays, not pointers); once. */
#define HOTWEAVE_MATRIX(rows_, programs_)                                                                  \
	static const struct hotweave_matrix hotweave_matrix_entry HOTWEAVE_SECTION("hotweave_matrices") = { \
		rows_, sizeof(rows_) / sizeof((rows_)[0]), programs_,                                      \
		sizeof(programs_) / sizeof((programs_)[0]) }

/* ---- Decisions ------------------------------------------------------------------------------------ */

/*
 * A value in [0, n) decided by the input; 0 if the input says nothing (so 0 should be the ordinary case).
 * n == 0 and n == 1 give 0. Each task draws from its own stream: another schedule does not shift the
 * choices of this task. n is at most 65536, and a task draws at most 65535 times: a schedule stores both
 * in 16 bits. Any context; not a scheduling point.
 */
unsigned int hotweave_choose(unsigned int n);

/* The same, where nothing matters but whether it is the last value, n - 1: something that happens one time in n.
 * An exhaustive search then need not try the other values one by one; to happen costs it as much as a preemption. */
bool hotweave_one_in(unsigned int n);

/* True if history row `row` is in effect in the profile of this execution. Any context. */
bool hotweave_fixed(unsigned int row);

/*
 * The same by commit id (12 hex digits), for code that does not know the program's history table: if the table lists
 * the commit, whether its row is in effect; else whether the execution's kernel version is at least `since`
 * (KERNEL_VERSION(); HOTWEAVE_NEVER: false). Any context.
 */
bool hotweave_fixed_commit(const char *commit, unsigned int since);
#define HOTWEAVE_NEVER (~0u)

/*
 * The version of the kernel that this execution plays, as KERNEL_VERSION() of <linux/version.h>: that of the
 * profile, 6.1 without one. The primitives behave as in that version. Any context.
 */
unsigned int hotweave_kernel_version(void);

/* ---- Tasks ---------------------------------------------------------------------------------------- */

/*
 * Waits until `task` has exited (as kthread_stop() does, but without asking it to stop). Orders
 * everything the task did before what follows. May sleep; scheduling point.
 */
void hotweave_join(struct task_struct *task);

/*
 * Declares that the current task, whenever it sleeps from now on, waits for work: it is then neither
 * hung nor part of a deadlock by itself, and does not keep the execution alive. For daemon threads.
 */
void hotweave_idle_wait(bool idle);

/*
 * on: the current task is a user process in a system call. At each of its interruptible or killable sleeps, and
 * wherever it asks for pending signals, a choice of the input decides whether a signal arrives (0: none); the sleep
 * then ends with -EINTR. See <linux/sched/signal.h>. Called again it stands for a return to user mode: pending
 * signals but SIGKILL have been handled. off: a kernel thread, as every task is at first; nothing is pending.
 * Process context; not a scheduling point.
 */
void hotweave_user_task(bool on);

/*
 * Queues interrupt `handler(arg)` on model CPU `cpu` (below 3). It runs there in hardirq context, on top
 * of whatever task is on that CPU, as soon as a decision of the input lets it and interrupts are enabled
 * there; the default is: when the running task blocks or exits and the handler is next in the order of
 * tasks, in which it stands where it was raised. Interrupts do not nest on a CPU. Scheduling point.
 */
void hotweave_raise_irq(unsigned int cpu, void (*handler)(void *arg), void *arg);

/*
 * The device of interrupt line `irq` (<linux/interrupt.h>) raises it, on a CPU chosen by the input (the current one
 * by default): its handlers run there as with hotweave_raise_irq(). Lost if the line has no handler; kept, once,
 * while it is disabled or being handled. Orders nothing: a device is asynchronous. Any context; scheduling point.
 */
void hotweave_fire_irq(unsigned int irq);

/* A scheduling point with no other effect, named `what` in the report (a string literal). */
void hotweave_yield(const char *what);

/* ---- Checks --------------------------------------------------------------------------------------- */

/* When an invariant is evaluated. */
enum hotweave_when {
	HOTWEAVE_AT_QUIESCENCE, /* once, when the execution is over and no task runs any more */
	HOTWEAVE_AT_RELEASE,    /* whenever a task is about to release any lock, while it still holds it */
	HOTWEAVE_ALWAYS,        /* whenever another task is about to run, and at quiescence */
};

/*
 * Registers an invariant: `holds` must return true at the given moment. `name` is a statement in words
 * (a string literal: "zone->present_pages is the sum of its online sections"). `holds` must not block
 * or write shared memory. A broken invariant is a finding of kind `invariant`, or `lost-update` if the
 * trace shows that one of the locations that `holds` read lost an update.
 */
void hotweave_invariant(const char *name, bool (*holds)(void), enum hotweave_when when);

/*
 * The same at each release of one lock (the address of a struct mutex, spinlock_t, rw_semaphore …; for a lock
 * that is shared, at each reader's release too). `holds` runs in the releasing task, as one step of it.
 */
void hotweave_invariant_at_release(const char *name, bool (*holds)(void), const void *lock);

/*
 * From now on memory allocations of the current task (kmalloc() and its like, caches, vmalloc(), pages) may fail: each
 * draws hotweave_choose(one_in) and fails if that is one_in - 1. 0: none fails, as at the start of each task; 1: all
 * do. __GFP_NOFAIL never does. As /proc/PID/make-it-fail. Any context; not a scheduling point.
 */
void hotweave_fail_allocations(unsigned int one_in);

/*
 * From now on the current task's uninterruptible sleeps end only when no task holds `map` any more, and none can get it: who holds
 * it is who the task waits for, in the wait-for graph. NULL: no longer. For code that builds a lock of its own from
 * wait queues, as kernfs does. Any context; not a scheduling point.
 */
struct lockdep_map;
void hotweave_wait_for_holders(const struct lockdep_map *map);

/*
 * From now on a workqueue's pool can make another worker while `there_is` says that there is memory for it, and only then,
 * whatever the input says: asked in the worker that needs the other one, once a second of virtual time until it says yes; it must not sleep. A pool that
 * has waited so for 120 seconds waits for ever (a hung task, unless rescuers do all its works). NULL, as at the start of an
 * execution: there always is, but for what the input says. Any context; not a scheduling point.
 */
void hotweave_worker_memory(bool (*there_is)(void));

/*
 * Heap memory that is allocated from now on must be freed, or be referenced at the end of the execution, when
 * no task runs any more: from target globals, the stacks of tasks that wait for work, or other memory that is. Else a
 * finding of kind leak, named after the allocating function. Conservative: whatever looks like a pointer into
 * an object is one. Any context; not a scheduling point.
 */
void hotweave_check_leaks(void);

/* ---- Memory state --------------------------------------------------------------------------------- */

/*
 * From now on any access to [p, p+size) is a finding of kind vanished-page ("what" names the memory:
 * "struct page of section 3"), until hotweave_reappear(). For memory that exists as an address range
 * but has nothing behind it (vmemmap of an absent section). p and size are multiples of 8 bytes and lie
 * in one global object or heap allocation of the target. Any context; not a scheduling point.
 */
void hotweave_vanish(const void *p, size_t size, const char *what);
void hotweave_reappear(const void *p, size_t size);

/*
 * The same for memory that is there, but for its caretakers alone (struct pages of memory that is offline): until
 * hotweave_reappear() any access is a finding of kind vanished-page, except by a task that has called
 * hotweave_see_hidden(true) and not yet hotweave_see_hidden(false). That returns what it was before, to be restored.
 */
void hotweave_hide(const void *p, size_t size, const char *what);
bool hotweave_see_hidden(bool on);

#ifdef __cplusplus
}
#endif
#endif
