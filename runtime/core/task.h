// SPDX-License-Identifier: GPL-2.0-only OR MIT
// Tasks and model CPUs: the engine's view of a thread or an interrupt handler.
// Depends on limits.h, op.h and <linux/sched.h> (the part of a task that kernel code sees).
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include <linux/lockdep.h>
#include <linux/sched.h>

#include "core/limits.h"
#include "core/op.h"

namespace hotweave {

enum class LockMode : uint8_t { Exclusive, Shared };

struct HeldEntry {
  const void* lock;           // the lock object
  const lockdep_map* map;
  LockMode mode;
  uint32_t event;             // index of the acquiring event if tracing
};

// Why a task does not run.
struct Wait {
  Op op = Op::kCount;         // kCount: not waiting
  const void* object = nullptr;
  const char* name = nullptr;  // of the lock or completion
  bool spinning = false;      // occupies its CPU while it waits
  bool shared = false;        // waits for a lock in shared mode
  bool hard = false;          // waits for owners of `object` (or for the task `on`): edges of the wait-for graph
  const void* blocker = nullptr;  // the lock whose holders are waited for, if not `object`
  struct Task* on = nullptr;
  uint64_t detail = 0;        // of the primitive: which of several things at `object`
  bool delay = false;         // a sleep that only time ends, as msleep(): its timer never fires early
  // For waits that are not for the owners of a lock: does `self` wait for something that only `other` can do?
  // All tasks for which it is true must act before `self` goes on. Set together with `hard`.
  bool (*blocked_by)(const Task& self, const Task& other) = nullptr;
};

// What the task has said of its accesses: <linux/kcsan-checks.h>.
struct AccessDeclarations {
  int next = 0;           // so many plain accesses are marked
  uint16_t nested = 0;    // depth of sections in which all are
  bool flat = false;      // a section in which all are
  uint64_t mask = 0;      // assertions are about these bits; 0: about all
  bool any() const { return next > 0 || nested || flat; }
};

// A thread or an interrupt handler of the execution. Lives in the Engine, reused over executions.
struct alignas(64) Task : task_struct {
  uint16_t index = 0;
  uint16_t key = 0;            // TaskKey(name), if keys are needed
  bool runnable = false;
  bool exited = false;
  bool bound = false;          // to `cpu`
  bool irq = false;            // a handler: of a hard interrupt, or of a soft one if `softirq` is set too
  bool softirq = false;        // a handler of soft interrupts
  bool is_clock = false;       // not a task: stands among the candidates for "the next timer fires now"
  bool idle_before_frozen = false;
  bool idle = false;           // waits for work when it sleeps (hotweave_idle_wait)
  bool should_stop = false;
  bool should_park = false;
  int percpu = -1;             // a per-CPU thread: its CPU
  bool parked = false;         // is in kthread_parkme() and told its parker so
  bool stop = false;           // runs a function for stop_machine() and its like
  bool in_schedule = false;    // sleeps in schedule(): wake_up_process() may wake it
  bool handoff = false;        // failed to get a mutex after a wake-up: next unlock hands it over
  bool granted = false;        // the lock waited for was given to this task
  bool shared_waiter = false;  // waits in shared mode
  uint16_t cpu = 0;
  uint16_t parent = 0;
  uint16_t irqs_off = 0;
  uint16_t preempt = 0;
  uint16_t bh_off = 0;         // depth of local_bh_disable()
  uint16_t migrate_off = 0;    // depth of migrate_disable()
  uint16_t non_block = 0;      // depth of non_block_start()
  bool sees_hidden = false;    // may access what hotweave_hide() hides
  uint16_t rcu_nesting = 0;    // depth of rcu_read_lock()
  uint32_t cpus_allowed = ~0u;  // bit c: may run on CPU c (a bound task stays where it is)
  bool signals = false;        // interruptible sleeps may end with a signal, by a choice of the input
  uint64_t signals_pending = 0;   // bit n - 1: signal n (kernel/signal.h)
  uint64_t signals_allowed = 0;   // of a kernel thread: those that it does not ignore
  void* kthread = nullptr;     // state of kthread.cc
  const std::vector<uint64_t>* cause = nullptr;  // stack of whoever asked for what the engine does here in its place
  const lockdep_map* needs_holders = nullptr;  // its sleeps end when nobody holds it: hotweave_wait_for_holders()
  void* worker = nullptr;      // state of workqueue.cc, if the task is a worker
  uint32_t race_off = 0;       // depth of data_race()
  AccessDeclarations declared;
  int exit_code = 0;
  uint64_t last_spin = 0;      // step of its latest cpu_relax()
  uint32_t choices = 0;        // drawn so far
  uint32_t nth = 0;            // count of the operation at the latest point, if tracing

  void* context = nullptr;     // fcontext of the suspended fiber
  void* asan_fake_stack = nullptr;
  int (*entry)(void*) = nullptr;
  void (*irq_entry)(void*) = nullptr;
  void* argument = nullptr;
  Task* interrupted = nullptr;  // irq: the task underneath
  Task* next_waiter = nullptr;
  void* ww_context = nullptr;  // struct ww_acquire_ctx under which it waits for a ww_mutex
  uint32_t exit_clock = 0;     // published at exit
  uint32_t fail_one_in = 0;    // allocations: hotweave_fail_allocations()
  uint32_t stop_clock = 0;     // published by kthread_stop() and kthread_park()
  uint32_t park_clock = 0;     // between a parked thread and whoever parks and unparks it
  uint32_t wake_clock = 0;     // published by wake-ups that came before the sleep
  void (*prologue)(Task& self) = nullptr;   // what a thread does before its function
  Wait wait;
  uint64_t wake_time = 0;      // ns of virtual time; 0: no timer
  uint64_t wake_order = 0;     // breaks ties between timers
  bool timed_out = false;

  uint64_t clock[kMaxTasks];   // vector clock; own entry is the current epoch
  uint64_t seen_relaxed[kMaxTasks];  // what relaxed loads saw: ordered at the next acquiring fence
  uint64_t fenced[kMaxTasks];        // own past at the latest releasing fence: what relaxed stores publish
  bool has_seen_relaxed = false, has_fenced = false;
  uint32_t held_count = 0;
  HeldEntry held[kMaxHeldLocks];
  void* frame = nullptr;       // frame pointer where it was suspended
  std::string name;            // unique; set when keys or traces are needed
  uint64_t stack_hash = 0;     // of its stack's name, likewise
  uintptr_t stack_top = 0;     // where target code's part of its stack begins
};

// A timer of the virtual clock, embedded in whatever needs one. `fire` runs when the clock has reached `due`, on
// no task's behalf: engine code that wakes tasks or raises handlers, and must neither block nor fail.
struct Timer {
  uint64_t due = 0;            // ns of virtual time
  uint64_t order = 0;          // breaks ties: the one armed first fires first
  void (*fire)(Timer& timer) = nullptr;
  void* owner = nullptr;       // of whoever armed it
  uint32_t clock = 0;          // what its arming published; Acquire() it where it takes effect
  bool armed = false;
  bool tells = false;          // `fire` says itself what it touches (Strategy::On…); else it counts as touching anything
  Timer* next = nullptr;       // list of the engine
};

// What a section of code keeps off its CPU; bits.
enum Exclusion : uint8_t {
  kExcludesTasks = 1,      // preemption, bottom halves or interrupts off: other such sections of tasks
  kExcludesSoftirqs = 2,   // bottom halves or interrupts off; handlers of soft interrupts: each other
  kExcludesIrqs = 4,       // interrupts off; handlers of hard interrupts: each other
};

struct Cpu {
  Task* on = nullptr;          // the task that occupies this CPU
  Task* irq_first = nullptr;   // pending interrupts, linked by next_waiter
  Task* irq_last = nullptr;
  uint32_t context_clock[3] = {};  // published by sections that exclude tasks, softirqs, interrupts
  bool online = true;          // tasks may run on it; else `on` is the engine's marker
};

}  // namespace hotweave
