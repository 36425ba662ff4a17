/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
/*
 * Notifier chains. Follows include/linux/notifier.h and kernel/notifier.c of Linux 6.1.
 *
 * Callbacks run in descending priority, equal priority in order of registration. A return value with
 * NOTIFY_STOP_MASK ends the walk (a veto, if the caller takes it for one; whether a callback vetoes is its own
 * choice). Four kinds, by what protects a walk against registration:
 *   blocking  the chain's rwsem, for read during the walk; an empty chain is skipped without it. May sleep.
 *   atomic    an RCU reader: callbacks must not sleep. Unregistering waits for a grace period.
 *   raw       the caller: nothing is locked here.
 *   SRCU      an SRCU reader of the chain's own domain: callbacks may sleep. Unregistering waits for its grace period.
 * A notifier_block whose memory was freed while it is registered is a use-after-free at the next walk.
 *
 * Scheduling points: those of the locks; atomic, raw and SRCU walks: before each load of a link.
 */
#ifndef HOTWEAVE_LINUX_NOTIFIER_H
#define HOTWEAVE_LINUX_NOTIFIER_H

#include <linux/errno.h>
#include <linux/mutex.h>
#include <linux/rwsem.h>
#include <linux/spinlock.h>
#include <linux/srcu.h>

#ifdef __cplusplus
extern "C" {
#endif

struct notifier_block;
typedef int (*notifier_fn_t)(struct notifier_block *nb, unsigned long action, void *data);

struct notifier_block {
	notifier_fn_t notifier_call;
	struct notifier_block __rcu *next;
	int priority;
};

struct atomic_notifier_head {
	spinlock_t lock;
	struct notifier_block __rcu *head;
};

struct blocking_notifier_head {
	struct rw_semaphore rwsem;
	struct notifier_block __rcu *head;
};

struct raw_notifier_head {
	struct notifier_block __rcu *head;
};

struct srcu_notifier_head {
	struct mutex mutex;
	struct srcu_struct srcu;
	struct notifier_block __rcu *head;
};

#define ATOMIC_INIT_NOTIFIER_HEAD(name)      \
	do {                                 \
		spin_lock_init(&(name)->lock); \
		(name)->head = NULL;         \
	} while (0)
#define BLOCKING_INIT_NOTIFIER_HEAD(name)    \
	do {                                 \
		init_rwsem(&(name)->rwsem);  \
		(name)->head = NULL;         \
	} while (0)
#define RAW_INIT_NOTIFIER_HEAD(name)         \
	do {                                 \
		(name)->head = NULL;         \
	} while (0)

/* SRCU heads that are made at run time; context: may sleep. cleanup: no walk may be under way. */
void srcu_init_notifier_head(struct srcu_notifier_head *nh);
#define srcu_cleanup_notifier_head(name) cleanup_srcu_struct(&(name)->srcu)

#define ATOMIC_NOTIFIER_INIT(name) { __SPIN_LOCK_UNLOCKED((name).lock), NULL }
#define BLOCKING_NOTIFIER_INIT(name) { __RWSEM_INITIALIZER((name).rwsem), NULL }
#define RAW_NOTIFIER_INIT(name) { NULL }
#define SRCU_NOTIFIER_INIT(name, pcpu) { __MUTEX_INITIALIZER((name).mutex), __SRCU_STRUCT_INIT((name).srcu), NULL }

#define ATOMIC_NOTIFIER_HEAD(name) struct atomic_notifier_head name = ATOMIC_NOTIFIER_INIT(name)
#define BLOCKING_NOTIFIER_HEAD(name) struct blocking_notifier_head name = BLOCKING_NOTIFIER_INIT(name)
#define RAW_NOTIFIER_HEAD(name) struct raw_notifier_head name = RAW_NOTIFIER_INIT(name)
#define SRCU_NOTIFIER_HEAD(name) struct srcu_notifier_head name = SRCU_NOTIFIER_INIT(name, 0)
#define SRCU_NOTIFIER_HEAD_STATIC(name) static SRCU_NOTIFIER_HEAD(name)

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

/*
 * Registering a block that is registered: -EEXIST, with a warning (finding assertion). _unique_prio: -EBUSY
 * if another one has its priority. Unregistering an unknown block: -ENOENT. Else 0.
 * Context: atomic registration any, unregistration may sleep; blocking and SRCU may sleep; raw any.
 */
int atomic_notifier_chain_register(struct atomic_notifier_head *nh, struct notifier_block *nb);
int atomic_notifier_chain_register_unique_prio(struct atomic_notifier_head *nh, struct notifier_block *nb);
int atomic_notifier_chain_unregister(struct atomic_notifier_head *nh, struct notifier_block *nb);
int blocking_notifier_chain_register(struct blocking_notifier_head *nh, struct notifier_block *n);
int blocking_notifier_chain_register_unique_prio(struct blocking_notifier_head *nh, struct notifier_block *nb);
int blocking_notifier_chain_unregister(struct blocking_notifier_head *nh, struct notifier_block *n);
int raw_notifier_chain_register(struct raw_notifier_head *nh, struct notifier_block *nb);
int raw_notifier_chain_unregister(struct raw_notifier_head *nh, struct notifier_block *nb);
int srcu_notifier_chain_register(struct srcu_notifier_head *nh, struct notifier_block *nb);
int srcu_notifier_chain_unregister(struct srcu_notifier_head *nh, struct notifier_block *nb);

/* Calls the chain; what the last callback called returned, NOTIFY_DONE if there was none. Context: atomic any (callbacks
 * in an RCU reader), raw the caller's, blocking and SRCU may sleep. */
int atomic_notifier_call_chain(struct atomic_notifier_head *nh, unsigned long val, void *v);
int blocking_notifier_call_chain(struct blocking_notifier_head *nh, unsigned long val, void *v);
int raw_notifier_call_chain(struct raw_notifier_head *nh, unsigned long val, void *v);
int srcu_notifier_call_chain(struct srcu_notifier_head *nh, unsigned long val, void *v);

/* As above; if a callback ends the walk, those before it are called again with val_down. */
int blocking_notifier_call_chain_robust(struct blocking_notifier_head *nh, unsigned long val_up, unsigned long val_down,
					void *v);
int raw_notifier_call_chain_robust(struct raw_notifier_head *nh, unsigned long val_up, unsigned long val_down, void *v);

bool atomic_notifier_call_chain_is_empty(struct atomic_notifier_head *nh);

#ifdef __cplusplus
}
#endif
#endif
