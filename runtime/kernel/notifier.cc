// SPDX-License-Identifier: GPL-2.0-only OR MIT
// Notifier chains. Contract: <linux/notifier.h>. Follows kernel/notifier.c of Linux 6.1.
#include <hotweave/access.h>
#include <hotweave/hooks.h>
#include <linux/notifier.h>
#include <linux/rcupdate.h>

#include <cerrno>

#include "kernel/lock.h"
#include "memory/shadow.h"

using namespace hotweave;

namespace {

// How a chain's links are accessed. Locked: nobody else can be there, so the accesses are no scheduling points. Marked:
// others walk meanwhile (atomic, SRCU) or may (raw).
enum class Links { Locked, Marked };

// A plain access of the engine's on behalf of the chain: finds freed memory and races.
void Touch(const void* p, size_t size, bool write) {
  const auto address = reinterpret_cast<uintptr_t>(p);
  if (address - hot.base < hot.span) AccessSlow(address, size, write, true);
}

notifier_block* Load(Links links, notifier_block* const* link) {
  if (links == Links::Marked) {
    return reinterpret_cast<notifier_block*>(hotweave_load(link, sizeof(*link), HOTWEAVE_ACQUIRE));
  }
  Touch(link, sizeof(*link), false);
  return *link;
}

void Store(Links links, notifier_block** link, notifier_block* n) {
  if (links == Links::Marked) return hotweave_store(link, sizeof(*link), reinterpret_cast<uint64_t>(n), HOTWEAVE_RELEASE);
  Touch(link, sizeof(*link), true);
  *link = n;
}

// A walk's look at a block: what it calls.
void Look(const notifier_block* n) { Touch(&n->notifier_call, sizeof(n->notifier_call), false); }

// Source: notifier_chain_register(), 6.1.
int Register(Links links, notifier_block** link, notifier_block* n, bool unique_prio = false) {
  for (;;) {
    notifier_block* at = Load(links, link);
    if (!at) break;
    if (at == n) {
      hotweave_warn("", 0, "notifier callback already registered", static_cast<const char*>(nullptr));
      return -EEXIST;
    }
    Touch(&at->priority, sizeof(at->priority), false);
    if (n->priority > at->priority) break;
    if (n->priority == at->priority && unique_prio) return -EBUSY;
    link = &at->next;
  }
  Touch(&n->next, sizeof(n->next), true);
  n->next = *link;
  Store(links, link, n);
  return 0;
}

// Source: notifier_chain_unregister(), 6.1.
int Unregister(Links links, notifier_block** link, notifier_block* n) {
  while (notifier_block* at = Load(links, link)) {
    if (at == n) {
      Store(links, link, n->next);
      return 0;
    }
    link = &at->next;
  }
  return -ENOENT;
}

// Calls at most `most` callbacks. Source: notifier_call_chain(), 6.1.
int Call(Links links, notifier_block** link, unsigned long val, void* v, int most, int* called) {
  int ret = NOTIFY_DONE;
  notifier_block* n = Load(links, link);
  while (n && most--) {
    notifier_block* next = Load(links, &n->next);
    Look(n);
    ret = n->notifier_call(n, val, v);
    if (called) ++*called;
    if (ret & NOTIFY_STOP_MASK) break;
    n = next;
  }
  return ret;
}

// Source: notifier_call_chain_robust(), 6.1.
int CallRobust(Links links, notifier_block** link, unsigned long up, unsigned long down, void* v) {
  int called = 0;
  const int ret = Call(links, link, up, v, -1, &called);
  if (ret & NOTIFY_STOP_MASK) Call(links, link, down, v, called - 1, nullptr);
  return ret;
}

}  // namespace

// ---- Atomic ----------------------------------------------------------------------------------------------------

namespace {

int RegisterAtomic(atomic_notifier_head* nh, notifier_block* n, bool unique) {
  unsigned long flags;
  spin_lock_irqsave(&nh->lock, flags);
  const int ret = Register(Links::Marked, &nh->head, n, unique);
  spin_unlock_irqrestore(&nh->lock, flags);
  return ret;
}

}  // namespace

extern "C" int atomic_notifier_chain_register(atomic_notifier_head* nh, notifier_block* n) {
  return RegisterAtomic(nh, n, false);
}
extern "C" int atomic_notifier_chain_register_unique_prio(atomic_notifier_head* nh, notifier_block* n) {
  return RegisterAtomic(nh, n, true);
}

extern "C" int atomic_notifier_chain_unregister(atomic_notifier_head* nh, notifier_block* n) {
  unsigned long flags;
  spin_lock_irqsave(&nh->lock, flags);
  const int ret = Unregister(Links::Marked, &nh->head, n);
  spin_unlock_irqrestore(&nh->lock, flags);
  synchronize_rcu();
  return ret;
}

extern "C" int atomic_notifier_call_chain(atomic_notifier_head* nh, unsigned long val, void* v) {
  rcu_read_lock();
  const int ret = Call(Links::Marked, &nh->head, val, v, -1, nullptr);
  rcu_read_unlock();
  return ret;
}

extern "C" bool atomic_notifier_call_chain_is_empty(atomic_notifier_head* nh) {
  return !hotweave_load(&nh->head, sizeof(nh->head), HOTWEAVE_RELAXED);
}

// ---- Blocking --------------------------------------------------------------------------------------------------

extern "C" int blocking_notifier_chain_register(blocking_notifier_head* nh, notifier_block* n) {
  down_write(&nh->rwsem);
  const int ret = Register(Links::Locked, &nh->head, n);
  up_write(&nh->rwsem);
  return ret;
}

extern "C" int blocking_notifier_chain_register_unique_prio(blocking_notifier_head* nh, notifier_block* n) {
  down_write(&nh->rwsem);
  const int ret = Register(Links::Locked, &nh->head, n, true);
  up_write(&nh->rwsem);
  return ret;
}

extern "C" int blocking_notifier_chain_unregister(blocking_notifier_head* nh, notifier_block* n) {
  down_write(&nh->rwsem);
  const int ret = Unregister(Links::Locked, &nh->head, n);
  up_write(&nh->rwsem);
  return ret;
}

extern "C" int blocking_notifier_call_chain(blocking_notifier_head* nh, unsigned long val, void* v) {
  engine.Point(Op::Load, &nh->head);
  if (!nh->head) return NOTIFY_DONE;
  down_read(&nh->rwsem);
  const int ret = Call(Links::Locked, &nh->head, val, v, -1, nullptr);
  up_read(&nh->rwsem);
  return ret;
}

extern "C" int blocking_notifier_call_chain_robust(blocking_notifier_head* nh, unsigned long up, unsigned long down,
                                                   void* v) {
  engine.Point(Op::Load, &nh->head);
  if (!nh->head) return NOTIFY_DONE;
  down_read(&nh->rwsem);
  const int ret = CallRobust(Links::Locked, &nh->head, up, down, v);
  up_read(&nh->rwsem);
  return ret;
}

// ---- Raw -------------------------------------------------------------------------------------------------------

extern "C" int raw_notifier_chain_register(raw_notifier_head* nh, notifier_block* n) {
  return Register(Links::Marked, &nh->head, n);
}
extern "C" int raw_notifier_chain_unregister(raw_notifier_head* nh, notifier_block* n) {
  return Unregister(Links::Marked, &nh->head, n);
}
extern "C" int raw_notifier_call_chain(raw_notifier_head* nh, unsigned long val, void* v) {
  return Call(Links::Marked, &nh->head, val, v, -1, nullptr);
}
extern "C" int raw_notifier_call_chain_robust(raw_notifier_head* nh, unsigned long up, unsigned long down, void* v) {
  return CallRobust(Links::Marked, &nh->head, up, down, v);
}

// ---- SRCU ------------------------------------------------------------------------------------------------------

extern "C" void srcu_init_notifier_head(srcu_notifier_head* nh) {
  mutex_init(&nh->mutex);
  if (init_srcu_struct(&nh->srcu) < 0) hotweave_bug("", 0, "init_srcu_struct() < 0");
  nh->head = nullptr;
}

extern "C" int srcu_notifier_chain_register(srcu_notifier_head* nh, notifier_block* n) {
  mutex_lock(&nh->mutex);
  const int ret = Register(Links::Marked, &nh->head, n);
  mutex_unlock(&nh->mutex);
  return ret;
}

extern "C" int srcu_notifier_chain_unregister(srcu_notifier_head* nh, notifier_block* n) {
  mutex_lock(&nh->mutex);
  const int ret = Unregister(Links::Marked, &nh->head, n);
  mutex_unlock(&nh->mutex);
  synchronize_srcu(&nh->srcu);
  return ret;
}

extern "C" int srcu_notifier_call_chain(srcu_notifier_head* nh, unsigned long val, void* v) {
  const int idx = srcu_read_lock(&nh->srcu);
  const int ret = Call(Links::Marked, &nh->head, val, v, -1, nullptr);
  srcu_read_unlock(&nh->srcu, idx);
  return ret;
}
