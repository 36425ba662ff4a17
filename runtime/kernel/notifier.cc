// SPDX-License-Identifier: GPL-2.0-only OR MIT
// Blocking notifier chains. Contract: <linux/notifier.h>. Follows kernel/notifier.c of Linux 6.1.
#include <linux/notifier.h>

#include <cerrno>

#include "kernel/lock.h"

using namespace hotweave;

extern "C" int blocking_notifier_chain_register(blocking_notifier_head* nh, notifier_block* n) {
  down_write(&nh->rwsem);
  int ret = 0;
  notifier_block** link = &nh->head;
  for (; *link && ret == 0; link = &(*link)->next) {
    if (*link == n) ret = -EEXIST;
    if (n->priority > (*link)->priority) break;
  }
  if (ret == 0) {
    n->next = *link;
    *link = n;
  }
  up_write(&nh->rwsem);
  return ret;
}

extern "C" int blocking_notifier_chain_unregister(blocking_notifier_head* nh, notifier_block* n) {
  down_write(&nh->rwsem);
  int ret = -ENOENT;
  for (notifier_block** link = &nh->head; *link; link = &(*link)->next) {
    if (*link != n) continue;
    *link = n->next;
    ret = 0;
    break;
  }
  up_write(&nh->rwsem);
  return ret;
}

extern "C" int blocking_notifier_call_chain(blocking_notifier_head* nh, unsigned long val, void* v) {
  engine.Point(Op::Load, &nh->head);
  if (!nh->head) return NOTIFY_DONE;
  int ret = NOTIFY_DONE;
  down_read(&nh->rwsem);
  for (notifier_block *n = nh->head, *next; n; n = next) {
    next = n->next;
    ret = n->notifier_call(n, val, v);
    if (ret & NOTIFY_STOP_MASK) break;
  }
  up_read(&nh->rwsem);
  return ret;
}
