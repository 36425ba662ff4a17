// SPDX-License-Identifier: GPL-2.0-only OR MIT
// Workqueues inside: works, worker pools, workers, and what ties them together. Follows kernel/workqueue.c of
// Linux 6.1 (4.13 where Since() says so); names are the kernel's in CamelCase. Depends on lock.h.
//
//   workqueue.cc          the table of works; queueing; asking about works
//   workqueue_pool.cc     pools, workers, concurrency management, rescuers
//   workqueue_flush.cc    flushing, cancelling, draining; the edges of the wait-for graph
//   workqueue_delayed.cc  delayed works, RCU works
//   workqueue_alloc.cc    making and destroying workqueues; the system's own; attributes
//   workqueue_cpu.cc      CPU hotplug, freezing
//
// All of it is engine-side state that is empty at the start of each execution; work_struct.data alone carries
// what target code may look at: PENDING, and the number of the work in the table. Pools and workers appear when
// the first work is queued to them. A worker that the kernel would have by then, but that had nothing to do so
// far, is only counted (Pool::spare).
//
// Model: what the kernel does under pool->lock and wq->mutex is one step.
//
// Happens-before: PENDING is an atomic word with full barriers (queueing, the start of an execution, cancelling).
// A worker starts each work with what its wake-ups and, if unbound, earlier works happened to bring forgotten (but
// what itself did precedes what it does).
// The end of an execution precedes the next start of that work, the start of what max_active 1 made wait for it,
// the next work of a per-CPU pool that has no other work in the middle, and the return of who flushes it.
#pragma once

#include <linux/workqueue.h>

#include "kernel/lock.h"

namespace hotweave {

struct Pool;
struct Pwq;
struct Worker;

constexpr int kHighpriNice = -20;
constexpr uint32_t kAllCpus = (1u << kCpus) - 1;

// A work_struct that was queued in this execution.
struct Item {
  work_struct* work = nullptr;
  uint32_t number = 0;           // in the table, from 1
  Pwq* pwq = nullptr;            // where it is queued
  Pool* last_pool = nullptr;     // where it was queued or ran last
  Item *next = nullptr, *previous = nullptr;
  struct ItemList* list = nullptr;   // pool's, pwq's or worker's; null: not queued
  uint64_t sequence = 0;         // of the latest queueing
  uint32_t queue_clock = 0;      // published by queueing
  uint32_t done_clock = 0;       // by the end of its latest execution
  Task* canceler = nullptr;      // holds PENDING to cancel it
  lockdep_map map{};             // of the work, which may be gone when its function returns
  uintptr_t frame = 0;           // on a stack: of the function that it belongs to, and where that returns
  uintptr_t frame_return = 0;
  struct Expiry* expiry = nullptr;   // delayed: its timer

  bool queued() const { return list != nullptr; }
  bool armed() const;            // the timer is pending
};

struct ItemList {
  Item *first = nullptr, *last = nullptr;
  bool empty() const { return first == nullptr; }
  void Append(Item& item);
  void Remove(Item& item);
};

// pool_workqueue: a workqueue's share of a pool.
struct Pwq {
  workqueue_struct* wq = nullptr;
  Pool* pool = nullptr;
  int nr_active = 0, max_active = 0;
  ItemList inactive;             // queued, beyond max_active
  uint32_t clock = 0;            // ends of executions, if max_active is 1
  bool mayday = false;           // in wq->maydays
  Pwq* next_mayday = nullptr;
};

enum WorkerFlag : unsigned {
  kIdle = 1 << 1,
  kPrep = 1 << 3,                // preparing to run works
  kCpuIntensive = 1 << 6,
  kUnbound = 1 << 7,
  kRebound = 1 << 8,
  kNotRunning = kPrep | kCpuIntensive | kUnbound | kRebound,
};

struct Worker {
  Task* task = nullptr;
  Pool* pool = nullptr;          // rescuer: null while it helps nobody
  unsigned flags = 0;
  bool sleeping = false;
  Item* current = nullptr;       // in the middle of it
  Pwq* current_pwq = nullptr;
  work_func_t current_func = nullptr;
  uint64_t current_sequence = 0;
  ItemList scheduled;            // works it must run itself
  workqueue_struct* rescue_wq = nullptr;   // a rescuer
  Worker* next_idle = nullptr;
  char desc[32] = {};
  uint32_t past_count = 0;       // bound: its vector clock at the end of the latest work
  uint64_t past[kMaxTasks];
};

struct Pool {
  int cpu = -1;                  // -1: unbound
  int id = 0, nice = 0;
  uint32_t cpus = ~0u;           // where its workers may run, if unbound
  bool disassociated = false;    // its CPU is down
  ItemList works;                // to be run
  Worker* idle = nullptr;        // latest first
  uint32_t spare = 0;            // idle workers that have never run: not made yet
  int next_worker = 0;           // number in its name
  int nr_running = 0;
  Worker* manager = nullptr;     // makes a worker just now
  bool starved = false;          // and has given up: there is no memory
  Timer mayday;
  uint32_t clock = 0;            // ends of executions, if bound

  bool NeedMoreWorker() const { return !works.empty() && nr_running == 0; }
  bool KeepWorking() const { return !works.empty() && nr_running <= 1; }
  bool HasIdle() const { return idle || spare; }
};

// A task that waits for works: of one work, the execution with that number; else all of a workqueue below it.
struct Flush {
  Flush* next = nullptr;
  Task* task = nullptr;
  Item* item = nullptr;
  workqueue_struct* wq = nullptr;
  uint64_t sequence = 0;
  uint32_t clock = 0;            // ends of those executions
};

}  // namespace hotweave

// An incomplete type to target code.
struct workqueue_struct {
  char name[24] = {};            // WQ_NAME_LEN
  char map_name[48] = {};        // "(wq_completion)NAME"
  unsigned flags = 0;
  int saved_max_active = 0;
  hotweave::Pwq pwqs[hotweave::kCpus];   // of a CPU; unbound: of earlier attributes, too
  hotweave::Pwq* unbound = nullptr;      // unbound: where works are queued now
  int nr_drainers = 0;
  bool destroyed = false;
  lockdep_map map{};
  hotweave::Worker* rescuer = nullptr;   // made at the first mayday
  hotweave::Pwq* maydays = nullptr;
  uint32_t done_clock = 0;       // ends of all executions
  bool used = false;             // a system workqueue that must be made anew for the next execution
  uintptr_t caller = 0;          // of alloc_workqueue()
};

namespace hotweave {

inline const char* WorkName(const work_struct& w) { return w.lockdep_map.name ? w.lockdep_map.name : "work"; }

// ---- workqueue.cc ----

// The entry of a work; made at its first use. A finding if it was never initialised.
Item& ItemOf(work_struct* work);
// The same, or null if it was never used. Does not look at the work.
Item* FindItem(const work_struct* work);
// The lock map of a work: one instance for those who run it and those who wait for it.
lockdep_map& MapOf(Item& item);
// A work on a stack is queued: notes in which function. Later: a finding if that has returned.
void RememberFrame(Item& item);
void CheckFrame(const Item& item);
// Sets PENDING, with a full barrier; true if it was set. A scheduling point before.
bool SetPending(work_struct* work);
// Clears it, with a full barrier. Not a scheduling point.
void ClearPending(work_struct* work);
// Puts a work whose PENDING the caller has set onto a workqueue. cpu: WORK_CPU_UNBOUND: the current one.
void QueueItem(int cpu, workqueue_struct* wq, Item& item);
// The share of a pool that takes a work queued on that CPU. The pool is made if need be.
Pwq& SelectPwq(workqueue_struct* wq, int cpu);
// A finding if the workqueue is no more.
void CheckAlive(const workqueue_struct* wq);
uint64_t CurrentSequence();   // of the latest queueing in this execution

// ---- workqueue_pool.cc ----

// The current step touches the pool; the work, and where it was last.
void TouchPool(const Pool& pool);
void TouchItem(const Item& item);
// The pool of a CPU, or the one for unbound works of that niceness on those CPUs.
Pool& CpuPool(int cpu, bool highpri);
Pool& UnboundPool(int nice, uint32_t cpus);
// The worker that runs this work in the pool, or null.
Worker* Executing(const Pool* pool, const Item& item);
// The current task as a worker, or null.
inline Worker* CurrentWorker() { return static_cast<Worker*>(hot.task->worker); }
void WakeWorker(Pool& pool);
void WakeRescuer(workqueue_struct* wq);
// One work of the pwq is finished or was taken back: the next inactive one becomes active.
void LeavePwq(Pwq& pwq);
// Makes inactive works active while max_active lets it.
void ActivateInactive(Pwq& pwq);
void SetFlags(Worker& w, unsigned flags);
void ClearFlags(Worker& w, unsigned flags);
// CPU hotplug of the pool's workers.
void UnbindWorkers(Pool& pool);
void RebindWorkers(Pool& pool);
Worker* WorkerOf(const Task& task);

// ---- workqueue_flush.cc ----

// An execution of a work has ended (ran), or will never be: whoever waits for it looks again.
void Finished(const Item& item, const workqueue_struct* wq, uint64_t sequence, bool ran);
// Waits until the work, if it is queued or runs, has run. True if it waited.
bool FlushItem(Item& item, bool from_cancel);
// Takes PENDING over: 1 the work was queued or its timer was armed, 0 it was not pending, -1 another task cancels it.
int Grab(Item& item, bool delayed);
void FlushAll(workqueue_struct* wq);
void ResetFlushes();

// ---- workqueue_delayed.cc ----

// Disarms the timer of a delayed work; true if it was armed.
bool DisarmDelayed(Item& item);

// ---- workqueue_alloc.cc ----

// Calls f for every workqueue that exists.
void ForWorkqueues(void (*f)(workqueue_struct& wq));
// max_active of each pwq, now that flags, freezing or saved_max_active changed.
void AdjustMaxActive(workqueue_struct& wq);
void ResetWorkqueues();
void ResetPools();
extern bool workqueues_frozen;

// A condition of the kernel's WARN_ON() holds: a finding.
void Warn(const char* condition);

// True if a pending work, or an armed delayed one, lies in [p, p + size): it must not be freed. `what` says which.
bool WorkInRange(const void* p, size_t size, const char** what);

}  // namespace hotweave
