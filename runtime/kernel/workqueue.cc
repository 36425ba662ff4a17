// SPDX-License-Identifier: GPL-2.0-only OR MIT
// Works: their table, queueing them, asking about them. Contract: <linux/workqueue.h>. Follows kernel/workqueue.c
// of Linux 6.1. See workqueue.h.
#include "kernel/workqueue.h"

#include <hotweave/access.h>
#include <hotweave/hooks.h>

#include <cstdarg>
#include <cstdio>
#include <deque>

#include "core/internal.h"
#include "core/layout.h"
#include "kernel/reset.h"

namespace hotweave {
namespace {

constexpr uint32_t kMaxItems = 1 << 16;
constexpr unsigned kItemShift = 8;   // work->data: flags below, number in the table above

std::deque<Item> items;
uint64_t sequence;

void Reset() {
  if (!items.empty()) items.clear();
  sequence = 0;
  ResetFlushes();
  ResetPools();
  ResetWorkqueues();
}
const bool registered = OnExecutionBegin(Reset);

bool IsPending(const Item& item) { return item.queued() || item.armed() || item.canceler; }

// A counter that cancels the scheduling point of one marked access.
struct WithoutPoint {
  WithoutPoint() { ++hot.countdown; }
};

uint64_t Update(work_struct* work, hotweave_rmw_op op, uint64_t operand) {
  return hotweave_rmw(&work->data, sizeof(work->data), op, operand, HOTWEAVE_FULL);
}

}  // namespace

void ItemList::Append(Item& item) {
  HW_CHECK(!item.list);
  item.list = this;
  item.next = nullptr;
  item.previous = last;
  (last ? last->next : first) = &item;
  last = &item;
}

void ItemList::Remove(Item& item) {
  HW_CHECK(item.list == this);
  (item.previous ? item.previous->next : first) = item.next;
  (item.next ? item.next->previous : last) = item.previous;
  item.list = nullptr;
}

Item* FindItem(const work_struct* work) {
  for (Item& item : items) {
    if (item.work == work) return &item;
  }
  return nullptr;
}

Item& ItemOf(work_struct* work) {
  if (!work->entry.next || work->entry.next != &work->entry) {
    LockMisuse(work, nullptr, "a work is used that was never initialised");
  }
  const auto number = static_cast<uint64_t>(work->data.counter) >> kItemShift;
  if (number && number <= items.size() && items[number - 1].work == work) return items[number - 1];
  Item* item = FindItem(work);
  if (!item) {
    if (items.size() == kMaxItems) engine.OutOfBudget("too many works");
    item = &items.emplace_back();
    item->work = work;
    item->number = static_cast<uint32_t>(items.size());
  } else {
    // Initialised again: a new life.
    item->last_pool = nullptr;
    item->done_clock = 0;
  }
  work->data.counter |= static_cast<long>(uint64_t{item->number} << kItemShift);
  return *item;
}

lockdep_map& MapOf(Item& item) {
  const lockdep_map& of_work = item.work->lockdep_map;
  if (item.map.key != of_work.key || item.map.name != of_work.name) {
    item.map = of_work;
    item.map.class_cache[0] = item.map.class_cache[1] = nullptr;
  }
  return item.map;
}

namespace {

struct Frame {
  uintptr_t base = 0, returns_to = 0;
};

// The frame that the address lies in, of its stack's owner; none if it is not on a stack.
Frame FrameOf(uintptr_t address) {
  const Layout& layout = GetLayout();
  if (layout.RegionOf(address) != Region::Stack) return {};
  const auto i = static_cast<uint32_t>((address - layout.stacks) / kStackSize);
  if (i >= engine.task_count || engine.tasks[i].exited) return {};
  const Task& owner = engine.tasks[i];
  auto frame = reinterpret_cast<uintptr_t>(&owner == hot.task ? __builtin_frame_address(0) : owner.frame);
  while (frame >= layout.StackBegin(i) && frame + 16 <= layout.StackEnd(i)) {
    const auto* f = reinterpret_cast<const uintptr_t*>(frame);
    if (frame > address) return {frame, f[1]};
    if (f[0] <= frame) break;
    frame = f[0];
  }
  return {};
}

}  // namespace

void RememberFrame(Item& item) {
  const Frame f = FrameOf(reinterpret_cast<uintptr_t>(item.work));
  item.frame = f.base;
  item.frame_return = f.returns_to;
}

void CheckFrame(const Item& item) {
  if (!item.frame) return;
  const Frame f = FrameOf(reinterpret_cast<uintptr_t>(item.work));
  if (f.base == item.frame && f.returns_to == item.frame_return) return;
  Failure failure;
  failure.kind = Kind::UseAfterFree;
  failure.sentence = std::string(hot.task->comm) + " comes to a work on the stack of a function that has returned";
  if (item.map.name) failure.names = {item.map.name};
  failure.address = item.work;
  engine.Fail(std::move(failure));
}

bool SetPending(work_struct* work) { return Update(work, HOTWEAVE_OR, WORK_STRUCT_PENDING) & WORK_STRUCT_PENDING; }

void ClearPending(work_struct* work) {
  WithoutPoint no_point;
  Update(work, HOTWEAVE_AND, ~uint64_t{WORK_STRUCT_PENDING});
}

uint64_t CurrentSequence() { return sequence; }

void CheckAlive(const workqueue_struct* wq) {
  if (!wq->destroyed) return;
  Failure f;
  f.kind = Kind::UseAfterFree;
  f.sentence = std::string(hot.task->comm) + " uses the workqueue " + wq->name + ", which was destroyed";
  f.names = {wq->name};
  engine.Fail(std::move(f));
}

namespace {

// Source: is_chained_work(), 6.1.
bool IsChained(const workqueue_struct* wq) {
  const Worker* w = CurrentWorker();
  return w && w->current_pwq && w->current_pwq->wq == wq;
}

}  // namespace

Pwq& SelectPwq(workqueue_struct* wq, int cpu) {
  wq->used = true;
  const bool unbound = wq->flags & WQ_UNBOUND, highpri = wq->flags & WQ_HIGHPRI;
  Pwq& pwq = unbound ? *wq->unbound : wq->pwqs[cpu == WORK_CPU_UNBOUND ? hot.task->cpu : cpu];
  if (!pwq.pool) {
    pwq.pool = unbound ? &UnboundPool(highpri ? kHighpriNice : 0, kAllCpus)
                       : &CpuPool(static_cast<int>(&pwq - wq->pwqs), highpri);
  }
  return pwq;
}

// Source: __queue_work(), 6.1.
void QueueItem(int cpu, workqueue_struct* wq, Item& item) {
  CheckAlive(wq);
  if ((wq->flags & __WQ_DRAINING) && !IsChained(wq)) {
    hotweave_warn(__FILE_NAME__, 0, "wq->flags & __WQ_DRAINING", "a work is queued to %s, which is drained", wq->name);
  }
  Pwq* pwq = &SelectPwq(wq, cpu);
  // A work that runs elsewhere is queued there, so that it never runs twice at a time.
  if (item.last_pool && item.last_pool != pwq->pool) {
    const Worker* w = Executing(item.last_pool, item);
    if (w && w->current_pwq->wq == wq) pwq = w->current_pwq;
  }
  TouchItem(item);
  item.pwq = pwq;
  item.last_pool = pwq->pool;
  TouchPool(*pwq->pool);
  item.sequence = ++sequence;
  engine.Release(item.queue_clock);
  MapOf(item);
  engine.Record(Op::QueueWork, item.work, WorkName(*item.work));
  if (pwq->nr_active < pwq->max_active) {
    ++pwq->nr_active;
    pwq->pool->works.Append(item);
    if (pwq->pool->NeedMoreWorker()) WakeWorker(*pwq->pool);
  } else {
    pwq->inactive.Append(item);
  }
}

void Warn(const char* condition) { hotweave_warn(__FILE_NAME__, 0, condition, static_cast<const char*>(nullptr)); }

bool WorkInRange(const void* p, size_t size, const char** what) {
  const auto begin = reinterpret_cast<uintptr_t>(p);
  for (const Item& item : items) {
    if (reinterpret_cast<uintptr_t>(item.work) - begin >= size || !(item.queued() || item.armed())) continue;
    *what = item.armed() ? "an armed delayed work" : "a queued work";
    return true;
  }
  return false;
}

}  // namespace hotweave

using namespace hotweave;

// ---- Initialisation ------------------------------------------------------------------------------------

// Source: __init_work(), 6.1 with CONFIG_DEBUG_OBJECTS_WORK.
extern "C" void __init_work(work_struct* work, int) {
  const Item* item = FindItem(work);
  if (item && IsPending(*item)) LockMisuse(work, nullptr, "a work is initialised while it is pending");
}

extern "C" void hotweave_init_work_map(work_struct* work, const char* name, lock_class_key* key) {
  work->lockdep_map = lockdep_map{};
  work->lockdep_map.name = name;
  work->lockdep_map.key = key;
}

extern "C" void destroy_work_on_stack(work_struct* work) {
  const Item* item = FindItem(work);
  if (!item || !IsPending(*item)) return;
  Failure f;
  f.kind = Kind::UseAfterFree;
  f.sentence = std::string(hot.task->comm) + " destroys a work on its stack that is pending";
  f.address = work;
  engine.Fail(std::move(f));
}

// ---- Queueing and asking -------------------------------------------------------------------------------

extern "C" bool queue_work_on(int cpu, workqueue_struct* wq, work_struct* work) {
  if (cpu != WORK_CPU_UNBOUND && static_cast<unsigned>(cpu) >= kCpus) {
    LockMisuse(work, wq->name, "a work is queued on a CPU that does not exist");
  }
  if (SetPending(work)) return false;
  Item& item = ItemOf(work);
  RememberFrame(item);
  QueueItem(cpu, wq, item);
  return true;
}

// Model: one node.
extern "C" bool queue_work_node(int, workqueue_struct* wq, work_struct* work) {
  if (!(wq->flags & WQ_UNBOUND)) Warn("!(wq->flags & WQ_UNBOUND)");
  return queue_work_on(WORK_CPU_UNBOUND, wq, work);
}

extern "C" unsigned work_busy(work_struct* work) {
  engine.Point(Op::Load, work);
  const Item& item = ItemOf(work);
  TouchItem(item);
  unsigned busy = work->data.counter & WORK_STRUCT_PENDING ? WORK_BUSY_PENDING : 0;
  if (item.last_pool && Executing(item.last_pool, item)) busy |= WORK_BUSY_RUNNING;
  return busy;
}

extern "C" work_struct* current_work(void) {
  const Worker* w = CurrentWorker();
  return w && w->current ? w->current->work : nullptr;
}

extern "C" bool current_is_workqueue_rescuer(void) {
  const Worker* w = CurrentWorker();
  return w && w->rescue_wq;
}

extern "C" void set_worker_desc(const char* format, ...) {
  Worker* w = CurrentWorker();
  if (!w) return;
  va_list args;
  va_start(args, format);
  vsnprintf(w->desc, sizeof(w->desc), format, args);
  va_end(args);
}

extern "C" bool workqueue_congested(int cpu, workqueue_struct* wq) {
  engine.Point(Op::Load, nullptr, "workqueue_congested");
  const Pwq& pwq = SelectPwq(wq, cpu);
  TouchPool(*pwq.pool);
  return !pwq.inactive.empty();
}
