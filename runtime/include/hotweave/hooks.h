/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
/*
 * What the header-only part of include/linux asks of the runtime besides memory accesses: reports of
 * broken assertions, context checks, printk and spinning. Implemented in runtime/kernel.
 * Not for targets: they use the kernel's names. Valid C11 and C++20; depends on nothing.
 *
 * `file` and `line` are the place of the macro in the target (__FILE__, __LINE__); strings live as long
 * as the program unless said otherwise.
 */
#ifndef HOTWEAVE_HOOKS_H
#define HOTWEAVE_HOOKS_H

#ifdef __cplusplus
extern "C" {
#endif

/*
 * BUG_ON(cond) whose condition holds: ends the execution with a finding of kind assertion. `cond` is the
 * text of the condition, "BUG()" for BUG(). Any context; does not return.
 */
__attribute__((__noreturn__)) void hotweave_bug(const char *file, int line, const char *cond);

/*
 * WARN*(cond) whose condition holds: a finding of kind assertion as well. `cond` as above; it is
 * followed by a printf format and its arguments, or by (const char *)0 if the macro had no message. The
 * message is only valid during the call. Any context. Ends the execution, though the kernel would go on
 * after a warning.
 */
void hotweave_warn(const char *file, int line, const char *cond, ...);

/*
 * refcount_t saturated: `what` is one of "addition on 0; use-after-free", "saturated; leaking memory",
 * "hit 0", "underflow; use-after-free", "decrement hit 0; leaking memory". A finding of kind refcount.
 * Any context. Ends the execution.
 */
void hotweave_refcount_warn(const char *file, int line, const char *what);

/* might_sleep(): a finding of kind sleep-in-atomic if the current context must not sleep. Any context;
 * not a scheduling point. */
void hotweave_might_sleep(const char *file, int line);

/* cant_sleep(), cant_migrate(): a finding of kind assertion unless preemption or interrupts are off (migration may
 * be, for the latter). non_block_start(), non_block_end(): change is 1, -1; in between sleeping is a finding. Any
 * context; not scheduling points. */
void hotweave_cant_sleep(void);
void hotweave_cant_migrate(void);
void hotweave_non_block(int change);

/* printk() and pr_*(): the message is formatted and thrown away. `fmt` may start with a KERN_* prefix.
 * Any context; not a scheduling point. Returns the number of characters, as printk() does. */
__attribute__((__format__(__printf__, 1, 2))) int hotweave_printk(const char *fmt, ...);

/*
 * cpu_relax(): the current task spins until another one changes memory. Scheduling point whose default
 * is the opposite of all others: the next runnable task runs, so that the sequential execution ends.
 * While no other task can run and no timer is pending it returns at once; 10,000 times in a row are a
 * livelock. Any context.
 */
void hotweave_cpu_relax(void);

#ifdef __cplusplus
}
#endif
#endif
