// SPDX-License-Identifier: GPL-2.0-only OR MIT
// Worker pools: workers, concurrency management, rescuers. Follows kernel/workqueue.c of Linux 6.1. See workqueue.h.
// Model: idle workers are never destroyed. A worker sleeps one second (CREATE_COOLDOWN) after it failed to make
// another one, which it does when the input says so.
#include <linux/jiffies.h>
#include <linux/sched.h>

#include <algorithm>
#include <cstdio>

#include "core/internal.h"
#include "kernel/object.h"
#include "kernel/version.h"
#include "kernel/workqueue.h"
#include "memory/shadow.h"

namespace hotweave {
namespace {

constexpr uint64_t kNsPerJiffy = 1'000'000'000 / HZ;
constexpr uint64_t kCreateCooldown = HZ * kNsPerJiffy;
constexpr uint64_t kMaydayInitial = (HZ / 100 > 2 ? HZ / 100 : 2) * kNsPerJiffy;
constexpr uint64_t kMaydayInterval = HZ / 10 * kNsPerJiffy;
constexpr uint32_t kCreationOdds = 8;     // one value of so many says that making a worker fails
constexpr uint64_t kStarved = 120ull * HZ * kNsPerJiffy;   // CONFIG_DEFAULT_HUNG_TASK_TIMEOUT
constexpr const char* kWorkerMemory = "memory for a worker";
constexpr uint32_t kMaxUnboundPools = 16;
constexpr uint32_t kCpuPools = 2 * kCpus;

Pool pools[kCpuPools + kMaxUnboundPools];
uint32_t unbound_pools;
bool pools_used;
bool (*there_is_memory)();   // for another worker; null: always
Worker workers[kMaxTasks];   // by task

void OnMayday(Timer& timer);
void WorkerSleeps(Task& task);
void WorkerRuns(Task& task);

void Prepare(Pool& pool, uint32_t number, int cpu, int nice) {
  pool = Pool{};
  pool.cpu = cpu;
  pool.id = static_cast<int>(number);
  pool.nice = nice;
  // Each pool has one worker from the beginning. Source: workqueue_init(), 6.1.
  pool.spare = 1;
  pool.mayday.fire = OnMayday;
  pool.mayday.owner = &pool;
}

void UsePools() {
  if (pools_used) return;
  pools_used = true;
  for (uint32_t i = 0; i < kCpuPools; ++i) Prepare(pools[i], i, static_cast<int>(i / 2), i % 2 ? kHighpriNice : 0);
  Prepare(pools[kCpuPools], kCpuPools, -1, 0);
  pools[kCpuPools].cpus = kAllCpus;
  unbound_pools = 1;
  engine.worker_sleeps = WorkerSleeps;
  engine.worker_runs = WorkerRuns;
}

uint32_t NumberOf(const Pool& pool) { return static_cast<uint32_t>(&pool - pools); }

// ---- Where workers may run -----------------------------------------------------------------------------

// A task that is not on a CPU just now, or may be taken off it, goes to the CPU `cpu` for good.
void BindTask(Task& t, int cpu) {
  t.bound = true;
  if (t.cpu == cpu) return;
  Cpu& from = engine.cpus[t.cpu];
  if (from.on == &t) from.on = nullptr;
  t.cpu = static_cast<uint16_t>(cpu);
}

void FreeTask(Task& t, uint32_t cpus) {
  t.bound = false;
  t.cpus_allowed = cpus;
}

void PlaceTask(Task& t, const Pool& pool) {
  if (pool.cpu >= 0 && !pool.disassociated) {
    BindTask(t, pool.cpu);
  } else {
    FreeTask(t, pool.cpus);
  }
}

// ---- Workers --------------------------------------------------------------------------------------------

int WorkerMain(void* argument);

Worker& NewWorker(int (*entry)(void*), const char* comm) {
  Task* t = engine.CreateTask(entry, nullptr, comm);
  Worker& w = workers[t->index];
  w.task = t;
  w.pool = nullptr;
  w.flags = kPrep;
  w.sleeping = false;
  w.current = nullptr;
  w.current_pwq = nullptr;
  w.current_func = nullptr;
  w.scheduled = ItemList{};
  w.rescue_wq = nullptr;
  w.next_idle = nullptr;
  w.desc[0] = 0;
  w.past_count = 0;
  t->argument = &w;
  t->worker = &w;
  t->idle = true;
  t->flags |= PF_WQ_WORKER | PF_KTHREAD;
  return w;
}

// Makes one of the spare workers, which has been idle so far. Source: create_worker(), 6.1.
Worker& MakeSpare(Pool& pool) {
  HW_CHECK(pool.spare);
  --pool.spare;
  char comm[TASK_COMM_LEN];
  const int id = pool.next_worker++;
  if (pool.cpu >= 0) {
    snprintf(comm, sizeof(comm), "kworker/%d:%d%s", pool.cpu, id, pool.nice < 0 ? "H" : "");
  } else {
    snprintf(comm, sizeof(comm), "kworker/u%d:%d", pool.id, id);
  }
  Worker& w = NewWorker(WorkerMain, comm);
  w.pool = &pool;
  w.flags |= kIdle | (pool.cpu < 0 || pool.disassociated ? kUnbound : 0);
  PlaceTask(*w.task, pool);
  w.next_idle = pool.idle;
  pool.idle = &w;
  return w;
}

void EnterIdle(Worker& w) {
  TouchPool(*w.pool);
  w.flags |= kIdle;
  w.next_idle = w.pool->idle;
  w.pool->idle = &w;
  w.task->idle = true;
}

void LeaveIdle(Worker& w) {
  TouchPool(*w.pool);
  w.flags &= ~kIdle;
  Worker** link = &w.pool->idle;
  while (*link != &w) link = &(*link)->next_idle;
  *link = w.next_idle;
  w.task->idle = false;
}

// What others did before they woke the worker is not what precedes the work. Nor, in an unbound pool, what preceded
// the works that it happened to run before.
void SavePast(Worker& w) {
  if (w.pool->cpu < 0) return;
  w.past_count = engine.task_count;
  std::copy_n(w.task->clock, w.past_count, w.past);
}

void RestorePast(Worker& w) {
  Task& self = *w.task;
  for (uint32_t i = 0; i < engine.task_count; ++i) {
    if (i != self.index) self.clock[i] = i < w.past_count ? w.past[i] : engine.clock_base();
  }
}

void SleepIdle(Worker& w) {
  engine.Block({.op = Op::Schedule, .object = nullptr, .name = "work"});
  w.task->__state = TASK_RUNNING;
}

// ---- Running one work ------------------------------------------------------------------------------------

bool AnotherInTheMiddle(const Worker& self) {
  for (uint32_t i = 0; i < engine.task_count; ++i) {
    const Worker& w = workers[i];
    if (engine.tasks[i].worker == &w && &w != &self && w.pool == self.pool && w.current) return true;
  }
  return false;
}

// The worker's first look at the work.
void StartOrder(Worker& w, const Item& item) {
  RestorePast(w);
  engine.Acquire(item.queue_clock);
  CheckFrame(item);
  UseObject(&item.work->data, "a function of a workqueue");
  const auto func = reinterpret_cast<uintptr_t>(&item.work->func);
  if (func - hot.base < hot.span) AccessSlow(func, sizeof(item.work->func), false, true);
  w.current_func = item.work->func;
  ClearPending(item.work);
  engine.Acquire(item.done_clock);
  if (w.current_pwq->max_active == 1) engine.Acquire(w.current_pwq->clock);
  if (w.pool->cpu >= 0 && !AnotherInTheMiddle(w)) engine.Acquire(w.pool->clock);
}

void EndOrder(Worker& w, Item& item, Pwq& pwq) {
  engine.Release(item.done_clock);
  engine.ReleaseJoin(pwq.wq->done_clock);
  if (pwq.max_active == 1) engine.ReleaseJoin(pwq.clock);
  if (w.pool->cpu >= 0) engine.ReleaseJoin(w.pool->clock);
  SavePast(w);
}

// Source: process_one_work(), 6.1: "BUG: workqueue leaked lock or atomic".
void CheckLeaks(const Task& self, const char* name) {
  const bool maps = hotweave_lockdep_depth(nullptr) > 0;   // locks, or what is annotated like them
  if (!maps && !self.held_count && !self.preempt && !self.irqs_off && !self.bh_off) return;
  Failure f;
  f.kind = Kind::LockLeak;
  f.sentence = std::string(name) + " returns ";
  if (self.held_count) {
    f.sentence += std::string("while it holds ") + (self.held[0].map ? self.held[0].map->name : "a lock");
    f.names = {self.held[0].map ? self.held[0].map->name : "lock"};
  } else if (maps) {
    f.sentence += "while it holds a lock map";
    f.names = {"lock map"};
  } else {
    const char* what = self.preempt ? "preemption" : self.irqs_off ? "interrupts" : "bottom halves";
    f.sentence += std::string("with ") + what + " off";
    f.names = {self.preempt ? "preempt_count" : self.irqs_off ? "irqs_disabled" : "softirq_count"};
  }
  engine.Fail(std::move(f));
}

// The function, inside the lock maps of workqueue and work. The work may be gone when it returns.
// Source: process_one_work(), 6.1, and 4.13 (where the workqueue's map is taken for read).
void CallFunction(Worker& w, Item& item, workqueue_struct* wq) {
  static const Change kExclusive{"a1d14934ea4b", KERNEL_VERSION(4, 14, 0)};
  lockdep_map& map = MapOf(item);
  LockdepAcquire(wq->map, 0, false, kExclusive.InEffect() ? 0 : 2);
  LockdepAcquire(map);
  w.current_func(item.work);
  LockdepRelease(map);
  LockdepRelease(wq->map);
  CheckLeaks(*w.task, map.name ? map.name : "work");
  if (hot.lockdep) engine.observer()->OnWorkEnds();
}

// Source: process_one_work(), 6.1.
void ProcessOne(Worker& w, Item& item) {
  Pool& pool = *w.pool;
  TouchItem(item);
  if (Worker* other = Executing(&pool, item)) {
    item.list->Remove(item);
    other->scheduled.Append(item);
    return;
  }
  item.list->Remove(item);
  Pwq& pwq = *item.pwq;
  w.current = &item;
  w.current_pwq = &pwq;
  w.current_sequence = item.sequence;
  w.desc[0] = 0;
  const bool intensive = pwq.wq->flags & WQ_CPU_INTENSIVE;
  if (intensive) SetFlags(w, kCpuIntensive);
  if (pool.NeedMoreWorker()) WakeWorker(pool);
  StartOrder(w, item);
  engine.Record(Op::RunWork, item.work, WorkName(*item.work));
  CallFunction(w, item, pwq.wq);
  engine.Point(Op::WorkDone, nullptr);
  TouchItem(item);
  if (intensive) ClearFlags(w, kCpuIntensive);
  EndOrder(w, item, pwq);
  const uint64_t sequence = w.current_sequence;
  w.current = nullptr;
  w.current_pwq = nullptr;
  w.current_func = nullptr;
  LeavePwq(pwq);
  Finished(item, pwq.wq, sequence, true);
}

void ProcessScheduled(Worker& w) {
  while (Item* item = w.scheduled.first) ProcessOne(w, *item);
}

// ---- Workers of a pool ----------------------------------------------------------------------------------

bool MemoryForWorker() {
  if (there_is_memory) return there_is_memory();   // a target that says how things are has the last word
  return !engine.ChooseWhether(kCreationOdds, 1);
}

// Nobody has freed memory for so long, and no rescuer was of help.
void Starve(Pool& pool) {
  engine.DisarmTimer(pool.mayday);
  pool.starved = true;
  for (;;) engine.Block({.op = Op::Schedule, .name = kWorkerMemory});
}

// Makes sure that the pool has an idle worker; false if another one is at it.
// Source: manage_workers(), maybe_create_worker(), 6.1.
bool Manage(Worker& w) {
  Pool& pool = *w.pool;
  if (pool.manager) return false;
  pool.manager = &w;
  TouchPool(pool);
  const uint64_t begun = engine.Time();
  auto needed = [&] { return pool.NeedMoreWorker() && !pool.HasIdle(); };
  bool made;
  while (!(made = MemoryForWorker()) && needed()) {
    if (there_is_memory && engine.Time() - begun > kStarved) Starve(pool);
    if (!pool.mayday.armed) engine.ArmTimer(pool.mayday, kMaydayInitial);
    engine.Record(Op::Note, nullptr, "no memory for a worker");
    engine.BlockFor({.op = Op::Schedule, .name = kWorkerMemory, .delay = there_is_memory != nullptr}, kCreateCooldown);
    TouchPool(pool);
    if (!needed()) break;
  }
  engine.DisarmTimer(pool.mayday);
  if (made) ++pool.spare;
  pool.manager = nullptr;
  return true;
}

// Source: worker_thread(), 6.1.
int WorkerMain(void* argument) {
  Worker& w = *static_cast<Worker*>(argument);
  Pool& pool = *w.pool;
  for (;;) {
    LeaveIdle(w);
    while (pool.NeedMoreWorker()) {
      if (!pool.HasIdle() && Manage(w)) continue;
      ClearFlags(w, kPrep | kRebound);
      do {
        engine.Point(Op::Yield, nullptr, "next work");
        TouchPool(pool);
        if (Item* item = pool.works.first) ProcessOne(w, *item);
        ProcessScheduled(w);
      } while (pool.KeepWorking());
      SetFlags(w, kPrep);
      break;
    }
    // Bound again while it ran elsewhere.
    if (pool.cpu >= 0 && !pool.disassociated) BindTask(*w.task, pool.cpu);
    EnterIdle(w);
    SleepIdle(w);
  }
}

// ---- Rescuers ------------------------------------------------------------------------------------------

// Source: send_mayday(), 6.1.
void SendMayday(Pwq& pwq) {
  if (!(pwq.wq->flags & WQ_MEM_RECLAIM) || pwq.mayday) return;
  pwq.mayday = true;
  pwq.next_mayday = nullptr;
  Pwq** link = &pwq.wq->maydays;
  while (*link) link = &(*link)->next_mayday;
  *link = &pwq;
  WakeRescuer(pwq.wq);
}

// Source: pool_mayday_timeout(), 6.1.
void OnMayday(Timer& timer) {
  Pool& pool = *static_cast<Pool*>(timer.owner);
  if (pool.NeedMoreWorker() && !pool.HasIdle()) {
    for (Item* item = pool.works.first; item; item = item->next) SendMayday(*item->pwq);
  }
  engine.ArmTimer(timer, kMaydayInterval);
}

// Moves the current task, a rescuer, to where the pool's works run.
void MoveTo(Worker& w, Pool& pool) {
  w.pool = &pool;
  const uint16_t before = w.task->cpu;
  PlaceTask(*w.task, pool);
  if (w.task->cpu != before) engine.BlockFor({.op = Op::Schedule, .name = "migration", .delay = true}, 1);
}

// Source: rescuer_thread(), 6.1.
void Rescue(Worker& w, Pwq& pwq) {
  Pool& pool = *pwq.pool;
  MoveTo(w, pool);
  TouchPool(pool);
  for (Item *item = pool.works.first, *next; item; item = next) {
    next = item->next;
    if (item->pwq != &pwq) continue;
    pool.works.Remove(*item);
    w.scheduled.Append(*item);
  }
  if (!w.scheduled.empty()) {
    ProcessScheduled(w);
    if (pwq.nr_active && pool.NeedMoreWorker() && !pool.HasIdle()) SendMayday(pwq);
  }
  if (pool.NeedMoreWorker()) WakeWorker(pool);
  w.pool = nullptr;
  FreeTask(*w.task, ~0u);
}

int RescuerMain(void* argument) {
  Worker& w = *static_cast<Worker*>(argument);
  while (!w.task->should_stop) {
    w.task->idle = false;
    while (Pwq* pwq = w.rescue_wq->maydays) {
      w.rescue_wq->maydays = pwq->next_mayday;
      pwq->mayday = false;
      Rescue(w, *pwq);
    }
    w.task->idle = true;
    if (!w.task->should_stop) SleepIdle(w);
  }
  return 0;
}

// ---- Sleeping and running, as the scheduler sees it --------------------------------------------------------

// Source: wq_worker_sleeping(), 6.1.
void WorkerSleeps(Task& task) {
  Worker& w = *static_cast<Worker*>(task.worker);
  if ((w.flags & kNotRunning) || w.sleeping || !w.pool) return;
  TouchPool(*w.pool);
  w.sleeping = true;
  --w.pool->nr_running;
  if (w.pool->NeedMoreWorker()) WakeWorker(*w.pool);
}

// Source: wq_worker_running(), 6.1.
void WorkerRuns(Task& task) {
  Worker& w = *static_cast<Worker*>(task.worker);
  if (!w.sleeping) return;
  TouchPool(*w.pool);
  w.sleeping = false;
  if (!(w.flags & kNotRunning)) ++w.pool->nr_running;
}

}  // namespace

void SetFlags(Worker& w, unsigned flags) {
  if ((flags & kNotRunning) && !(w.flags & kNotRunning)) --w.pool->nr_running;
  w.flags |= flags;
}

void ClearFlags(Worker& w, unsigned flags) {
  const bool was = w.flags & kNotRunning;
  w.flags &= ~flags;
  if (was && !(w.flags & kNotRunning)) ++w.pool->nr_running;
}

void TouchPool(const Pool& pool) {
  engine.TouchesCommon(kCommonOther, false);
  engine.TouchesCommon(kCommonPools + std::min(NumberOf(pool), kCommonPoolCount - 1), true);
}

void TouchItem(const Item& item) {
  engine.Touches(item.work, sizeof(void*), true);
  if (item.last_pool) TouchPool(*item.last_pool);
  if (item.pwq && item.pwq->pool != item.last_pool) TouchPool(*item.pwq->pool);
}

Pool& CpuPool(int cpu, bool highpri) {
  UsePools();
  return pools[2 * cpu + highpri];
}

// Source: get_unbound_pool(), 6.1. The first one is for ordinary works on any CPU (system_unbound_wq).
Pool& UnboundPool(int nice, uint32_t cpus) {
  UsePools();
  uint32_t i = 0;
  for (; i < unbound_pools; ++i) {
    Pool& pool = pools[kCpuPools + i];
    if (pool.nice == nice && pool.cpus == cpus) return pool;
  }
  if (i == kMaxUnboundPools) engine.OutOfBudget("too many unbound worker pools");
  Pool& pool = pools[kCpuPools + i];
  Prepare(pool, kCpuPools + i, -1, nice);
  pool.cpus = cpus;
  ++unbound_pools;
  return pool;
}

void ResetPools() {
  unbound_pools = 0;
  pools_used = false;
  there_is_memory = nullptr;
}

Worker* WorkerOf(const Task& task) { return static_cast<Worker*>(task.worker); }

// Source: find_worker_executing_work(), 6.1.
Worker* Executing(const Pool* pool, const Item& item) {
  for (uint32_t i = 0; i < engine.task_count; ++i) {
    Worker* w = WorkerOf(engine.tasks[i]);
    if (w && w->pool == pool && w->current == &item && w->current_func == item.work->func) return w;
  }
  return nullptr;
}

// Source: wake_up_worker(), 6.1.
void WakeWorker(Pool& pool) {
  TouchPool(pool);
  if (!pool.idle && pool.spare) {
    engine.StartTask(*MakeSpare(pool).task);
  } else if (pool.idle) {
    engine.StartTask(*pool.idle->task);   // if it has never run
    engine.Unblock(*pool.idle->task);
  }
}

void WakeRescuer(workqueue_struct* wq) {
  if (!wq->rescuer) {
    wq->rescuer = &NewWorker(RescuerMain, wq->name);
    wq->rescuer->rescue_wq = wq;
  }
  Task& t = *wq->rescuer->task;
  engine.StartTask(t);
  if (!t.runnable && t.idle) engine.Unblock(t);
}

// Source: pwq_activate_first_inactive(), 6.1.
void ActivateInactive(Pwq& pwq) {
  while (pwq.nr_active < pwq.max_active && !pwq.inactive.empty()) {
    Item& item = *pwq.inactive.first;
    pwq.inactive.Remove(item);
    pwq.pool->works.Append(item);
    ++pwq.nr_active;
  }
}

// Source: pwq_dec_nr_in_flight(), 6.1.
void LeavePwq(Pwq& pwq) {
  TouchPool(*pwq.pool);
  --pwq.nr_active;
  ActivateInactive(pwq);
}

// Source: unbind_workers(), 6.1.
void UnbindWorkers(Pool& pool) {
  for (uint32_t i = 0; i < engine.task_count; ++i) {
    Worker* w = WorkerOf(engine.tasks[i]);
    if (!w || w->pool != &pool) continue;
    w->flags |= kUnbound;
    FreeTask(*w->task, ~0u);
  }
  pool.disassociated = true;
  pool.nr_running = 0;
  if (pool.NeedMoreWorker()) WakeWorker(pool);
}

// Source: rebind_workers(), 6.1.
void RebindWorkers(Pool& pool) {
  pool.disassociated = false;
  for (uint32_t i = 0; i < engine.task_count; ++i) {
    Worker* w = WorkerOf(engine.tasks[i]);
    if (!w || w->pool != &pool || w->rescue_wq) continue;
    w->flags = (w->flags | kRebound) & ~kUnbound;
    Task& t = *w->task;
    // One that cannot be moved just now follows when it is next idle.
    const bool fixed = engine.cpus[t.cpu].on == &t && (t.preempt || t.irqs_off || &t == hot.task);
    if (!fixed) BindTask(t, pool.cpu);
  }
}

}  // namespace hotweave

extern "C" void hotweave_worker_memory(bool (*there_is)(void)) { hotweave::there_is_memory = there_is; }
