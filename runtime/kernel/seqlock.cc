// SPDX-License-Identifier: GPL-2.0-only OR MIT
// What the counters of <linux/seqlock.h> need of the engine: waits of readers, and whom they wait for. Follows
// include/linux/seqlock.h of Linux 6.1.
#include <linux/seqlock.h>

#include "kernel/lock.h"
#include "kernel/preempt.h"

using namespace hotweave;

namespace {

bool NeedsWriter(const Task& self, const Task& other) {
  return &other == static_cast<const seqcount_t*>(self.wait.object)->writer;
}

}  // namespace

extern "C" void __seqcount_init(seqcount_t* s, const char* name, lock_class_key* key) {
  *s = seqcount_t{};
  s->dep_map.name = name;
  s->dep_map.key = key;
}

// A reader that finds the count odd: it keeps its CPU and waits until it changes.
extern "C" void hotweave_seqcount_wait(const seqcount_t* s) {
  if (!s->writer) return engine.Relax();
  ++engine.statistics.contended;
  const unsigned seen = s->sequence;
  while (s->sequence == seen && s->writer) {
    engine.Block({.op = Op::ReadSeqBegin, .object = s, .name = s->dep_map.name, .spinning = true, .shared = true,
                  .hard = true, .blocked_by = NeedsWriter});
  }
}

extern "C" void hotweave_seqcount_writer(seqcount_t* s, bool begins) {
  if (begins) {
    s->writer = hot.task;
    return;
  }
  s->writer = nullptr;
  for (Task& t : engine.live()) {
    if (!t.runnable && t.wait.op == Op::ReadSeqBegin && t.wait.object == s) engine.Unblock(t);
  }
}

// Source: seqcount_lockdep_reader_access(), 6.1.
extern "C" void hotweave_seqcount_reader(const seqcount_t* s) {
  if (!hot.lockdep) return;
  lockdep_map& map = const_cast<seqcount_t*>(s)->dep_map;
  const unsigned long flags = Current().irqs_off;
  Current().irqs_off = 1;   // in one step: nobody runs in between
  engine.observer()->OnIrqState(false, false);
  LockdepAcquire(map, 0, false, 2);
  LockdepRelease(map);
  Current().irqs_off = static_cast<uint16_t>(flags);
  if (!flags) engine.observer()->OnIrqState(false, true);
}
