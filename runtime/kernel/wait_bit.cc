// SPDX-License-Identifier: GPL-2.0-only OR MIT
// Waiting for a bit or a variable. Contract: <linux/wait_bit.h>. Follows kernel/sched/wait_bit.c of Linux 6.1.
#include <linux/wait_bit.h>

#include <hotweave/access.h>
#include <linux/errno.h>
#include <linux/jiffies.h>
#include <linux/sched/signal.h>

#include <deque>

#include "kernel/lock.h"
#include "kernel/reset.h"

using namespace hotweave;

namespace {

constexpr int kVariable = -1;   // the bit of a wait for a variable

// The queues of this execution, in the order of their first use.
struct Queue {
  void* word;
  int bit;
  wait_queue_head head;
};
std::deque<Queue> queues;
void Reset() { queues.clear(); }
const bool registered = OnExecutionBegin(Reset);

wait_queue_head* QueueOf(void* word, int bit) {
  static lock_class_key key;
  for (Queue& q : queues) {
    if (q.word == word && q.bit == bit) return &q.head;
  }
  Queue& q = queues.emplace_back(Queue{word, bit, {}});
  __init_waitqueue_head(&q.head, "bit_wait_table", &key);
  return &q.head;
}

unsigned long* WordOf(void* word, int bit) { return static_cast<unsigned long*>(word) + bit / BITS_PER_LONG; }
unsigned long MaskOf(int bit) { return 1ul << (bit % BITS_PER_LONG); }

bool TestBit(void* word, int bit, hotweave_order order) {
  return hotweave_load(WordOf(word, bit), sizeof(unsigned long), order) & MaskOf(bit);
}
bool TestAndSetBit(void* word, int bit) {
  return hotweave_rmw(WordOf(word, bit), sizeof(unsigned long), HOTWEAVE_OR, MaskOf(bit), HOTWEAVE_FULL) & MaskOf(bit);
}

// An entry in place: it points to itself.
struct Entry : wait_bit_queue_entry {
  Entry(void* word, int bit) : wait_bit_queue_entry{{word, bit, 0}, {}} {
    init_wait_entry(&wq_entry, 0);
    wq_entry.func = wake_bit_function;
  }
};

int Interrupted(int mode, int otherwise) {
  return signal_pending_state(static_cast<unsigned>(mode), hotweave_current()) ? -EINTR : otherwise;
}

}  // namespace

extern "C" wait_queue_head* bit_waitqueue(void* word, int bit) { return QueueOf(word, bit); }
extern "C" wait_queue_head* __var_waitqueue(void* p) { return QueueOf(p, kVariable); }

// Source: wake_bit_function(), 6.1. Looks at the bit itself: not a scheduling point, for the queue's lock is held.
extern "C" int wake_bit_function(wait_queue_entry* e, unsigned mode, int sync, void* argument) {
  const auto* key = static_cast<wait_bit_key*>(argument);
  const auto* wait = reinterpret_cast<wait_bit_queue_entry*>(reinterpret_cast<char*>(e) - offsetof(wait_bit_queue_entry, wq_entry));
  if (wait->key.flags != key->flags || wait->key.bit_nr != key->bit_nr) return 0;
  if (key->bit_nr != kVariable && (*WordOf(key->flags, key->bit_nr) & MaskOf(key->bit_nr))) return 0;
  return autoremove_wake_function(e, mode, sync, argument);
}

extern "C" void __wake_up_bit(wait_queue_head* q, void* word, int bit) {
  wait_bit_key key{word, bit, 0};
  engine.Point(Op::WakeUpBit, word);
  if (q->head.next == &q->head) return;   // nobody is queued: nothing happens, nothing is ordered
  __wake_up(q, TASK_NORMAL, bit == kVariable ? 0 : 1, &key);
}

extern "C" void wake_up_bit(void* word, int bit) { __wake_up_bit(QueueOf(word, bit), word, bit); }
extern "C" void wake_up_var(void* var) { __wake_up_bit(QueueOf(var, kVariable), var, kVariable); }

extern "C" void clear_and_wake_up_bit(int bit, void* word) {
  hotweave_rmw(WordOf(word, bit), sizeof(unsigned long), HOTWEAVE_AND, ~MaskOf(bit), HOTWEAVE_RELEASE);
  hotweave_fence(HOTWEAVE_MB);
  wake_up_bit(word, bit);
}

// Source: __wait_on_bit(), 6.1.
extern "C" int __wait_on_bit(wait_queue_head* q, wait_bit_queue_entry* e, wait_bit_action_f* action, unsigned mode) {
  int result = 0;
  do {
    prepare_to_wait(q, &e->wq_entry, static_cast<int>(mode));
    if (TestBit(e->key.flags, e->key.bit_nr, HOTWEAVE_RELAXED)) result = action(&e->key, static_cast<int>(mode));
  } while (TestBit(e->key.flags, e->key.bit_nr, HOTWEAVE_ACQUIRE) && !result);
  finish_wait(q, &e->wq_entry);
  return result;
}

// Source: __wait_on_bit_lock(), 6.1.
extern "C" int __wait_on_bit_lock(wait_queue_head* q, wait_bit_queue_entry* e, wait_bit_action_f* action, unsigned mode) {
  int result = 0;
  for (;;) {
    prepare_to_wait_exclusive(q, &e->wq_entry, static_cast<int>(mode));
    if (TestBit(e->key.flags, e->key.bit_nr, HOTWEAVE_RELAXED)) {
      result = action(&e->key, static_cast<int>(mode));
      // A wake-up that an interrupted waiter got must go to the next one.
      if (result) finish_wait(q, &e->wq_entry);
    }
    if (!TestAndSetBit(e->key.flags, e->key.bit_nr)) {
      if (!result) finish_wait(q, &e->wq_entry);
      return 0;
    }
    if (result) return result;
  }
}

extern "C" int out_of_line_wait_on_bit(void* word, int bit, wait_bit_action_f* action, unsigned mode) {
  Entry e(word, bit);
  return __wait_on_bit(QueueOf(word, bit), &e, action, mode);
}

extern "C" int out_of_line_wait_on_bit_timeout(void* word, int bit, wait_bit_action_f* action, unsigned mode,
                                               unsigned long timeout) {
  Entry e(word, bit);
  e.key.timeout = jiffies + timeout;
  return __wait_on_bit(QueueOf(word, bit), &e, action, mode);
}

extern "C" int out_of_line_wait_on_bit_lock(void* word, int bit, wait_bit_action_f* action, unsigned mode) {
  Entry e(word, bit);
  return __wait_on_bit_lock(QueueOf(word, bit), &e, action, mode);
}

extern "C" int bit_wait(wait_bit_key*, int mode) {
  schedule();
  return Interrupted(mode, 0);
}
extern "C" int bit_wait_io(wait_bit_key*, int mode) {
  io_schedule();
  return Interrupted(mode, 0);
}
extern "C" int bit_wait_timeout(wait_bit_key* key, int mode) {
  const unsigned long now = jiffies;
  if (time_after_eq(now, key->timeout)) return -EAGAIN;
  schedule_timeout(static_cast<long>(key->timeout - now));
  return Interrupted(mode, 0);
}
extern "C" int bit_wait_io_timeout(wait_bit_key* key, int mode) { return bit_wait_timeout(key, mode); }

extern "C" int hotweave_wait_on_bit(unsigned long* word, int bit, wait_bit_action_f* action, unsigned mode) {
  MightSleep(Op::WaitOnBit, word);
  if (!TestBit(word, bit, HOTWEAVE_ACQUIRE)) return 0;
  return out_of_line_wait_on_bit(word, bit, action, mode);
}

extern "C" int wait_on_bit_timeout(unsigned long* word, int bit, unsigned mode, unsigned long timeout) {
  MightSleep(Op::WaitOnBit, word);
  if (!TestBit(word, bit, HOTWEAVE_ACQUIRE)) return 0;
  return out_of_line_wait_on_bit_timeout(word, bit, bit_wait_timeout, mode, timeout);
}

extern "C" int wait_on_bit_lock_action(unsigned long* word, int bit, wait_bit_action_f* action, unsigned mode) {
  MightSleep(Op::WaitOnBit, word);
  if (!TestAndSetBit(word, bit)) return 0;
  return out_of_line_wait_on_bit_lock(word, bit, action, mode);
}

extern "C" void init_wait_var_entry(wait_bit_queue_entry* e, void* var, int flags) {
  e->key = {var, kVariable, 0};
  init_wait_entry(&e->wq_entry, flags);
  e->wq_entry.func = wake_bit_function;
}
