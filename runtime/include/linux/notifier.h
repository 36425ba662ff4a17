/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
/*
 * Blocking notifier chains. Follows include/linux/notifier.h and kernel/notifier.c of Linux 6.1.
 *
 * Callbacks run in descending priority, equal priority in order of registration. A return value with
 * NOTIFY_STOP_MASK ends the walk. The whole walk holds the chain's rwsem for read, registration takes it
 * for write; an empty chain is skipped without the lock (tested unlocked).
 */
#ifndef HOTWEAVE_LINUX_NOTIFIER_H
#define HOTWEAVE_LINUX_NOTIFIER_H

#include <linux/rwsem.h>

#ifdef __cplusplus
extern "C" {
#endif

struct notifier_block;
typedef int (*notifier_fn_t)(struct notifier_block *nb, unsigned long action, void *data);

struct notifier_block {
	notifier_fn_t notifier_call;
	struct notifier_block *next;
	int priority;
};

struct blocking_notifier_head {
	struct rw_semaphore rwsem;
	struct notifier_block *head;
};

#define BLOCKING_NOTIFIER_INIT(name) { __RWSEM_INITIALIZER((name).rwsem), NULL }
#define BLOCKING_NOTIFIER_HEAD(name) struct blocking_notifier_head name = BLOCKING_NOTIFIER_INIT(name)
#define BLOCKING_INIT_NOTIFIER_HEAD(name)    \
	do {                                 \
		init_rwsem(&(name)->rwsem);  \
		(name)->head = NULL;         \
	} while (0)

#define NOTIFY_DONE 0x0000
#define NOTIFY_OK 0x0001
#define NOTIFY_STOP_MASK 0x8000
#define NOTIFY_BAD (NOTIFY_STOP_MASK | 0x0002)
#define NOTIFY_STOP (NOTIFY_OK | NOTIFY_STOP_MASK)

static inline int notifier_from_errno(int err)
{
	return err ? NOTIFY_STOP_MASK | (NOTIFY_OK - err) : NOTIFY_OK;
}

static inline int notifier_to_errno(int ret)
{
	ret &= ~NOTIFY_STOP_MASK;
	return ret > NOTIFY_OK ? NOTIFY_OK - ret : 0;
}

/* Context: may sleep. Return 0; unregistering an unknown block returns -ENOENT, registering one twice
 * -EEXIST. */
int blocking_notifier_chain_register(struct blocking_notifier_head *nh, struct notifier_block *n);
int blocking_notifier_chain_unregister(struct blocking_notifier_head *nh, struct notifier_block *n);
/* Returns what the last callback called returned. Context: may sleep. */
int blocking_notifier_call_chain(struct blocking_notifier_head *nh, unsigned long val, void *v);

#ifdef __cplusplus
}
#endif
#endif
