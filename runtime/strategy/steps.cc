// SPDX-License-Identifier: GPL-2.0-only OR MIT
// See steps.h.
#include "strategy/steps.h"

#include <algorithm>

#include <linux/completion.h>
#include <linux/percpu-rwsem.h>
#include <linux/rcu_sync.h>
#include <linux/wait.h>

#include <string_view>

#include "core/internal.h"
#include "core/layout.h"
#include "core/percpu.h"

namespace hotweave {
namespace {

Effect EffectOf(Op op) {
  switch (op) {
    case Op::Fence:
    case Op::PreemptEnable:
    case Op::IrqEnable:
    case Op::BhEnable:
    case Op::MigrateEnable:
    case Op::RcuReadLock:    // all that changes is the task's context
    case Op::RcuReadUnlock:
      return Effect::Nothing;
    case Op::MutexLock:
    case Op::MutexTrylock:
    case Op::MutexUnlock:
    case Op::SpinLock:
    case Op::SpinTrylock:
    case Op::SpinUnlock:
    case Op::ReadLock:
    case Op::ReadTrylock:
    case Op::ReadUnlock:
    case Op::WriteLock:
    case Op::WriteTrylock:
    case Op::WriteUnlock:
    case Op::DownRead:
    case Op::DownReadTrylock:
    case Op::UpRead:
    case Op::DownWrite:
    case Op::DownWriteTrylock:
    case Op::UpWrite:
    case Op::DowngradeWrite:
      return Effect::Lock;
    case Op::PercpuDownRead:
    case Op::PercpuDownReadTrylock:
    case Op::PercpuUpRead:
    case Op::PercpuDownWrite:
    case Op::PercpuUpWrite:
    case Op::RcuSyncEnter:
    case Op::RcuSyncExit:
    case Op::Complete:
    case Op::WaitForCompletion:
    case Op::WakeUp:
    case Op::PrepareToWait:
    case Op::FinishWait:
      return Effect::Object;
    case Op::TaskStart:
    case Op::TaskExit:
    case Op::WakeUpProcess:
    case Op::Join:
    case Op::Schedule:
    case Op::Msleep:
    case Op::SynchronizeRcu:     // grace periods, timers and workers say themselves what else they touch
    case Op::SynchronizeSched:
    case Op::WorkDone:
      return Effect::Own;
    case Op::FlushWork:
    case Op::WakeUpBit:
    case Op::ModTimer:
    case Op::DelTimer:
    case Op::DelTimerSync:
      return Effect::Word;
    case Op::Kmalloc:
      return Effect::Heap;
    case Op::Kfree:
      return Effect::Free;
    default:
      return ClassOf(op) == OpClass::Access ? Effect::Access : Effect::Anything;
  }
}

// As much of an object as the operation may touch.
size_t SizeOf(Op op) {
  switch (op) {
    case Op::PercpuDownRead:
    case Op::PercpuDownReadTrylock:
    case Op::PercpuUpRead:
    case Op::PercpuDownWrite:
    case Op::PercpuUpWrite:
      return sizeof(percpu_rw_semaphore);
    case Op::RcuSyncEnter:
    case Op::RcuSyncExit:
      return sizeof(rcu_sync);
    case Op::Complete:
    case Op::WaitForCompletion:
      return sizeof(completion);
    default:
      return sizeof(wait_queue_head);
  }
}

// At these points a task looks at nothing but itself, or says what else. (A schedule is stored with names, so they last.)
constexpr std::string_view kLooks[] = {"kthread_should_stop", "kthread_should_park", "set_current_state", "cond_resched", "yield", "next work", "signal_pending"};

Effect EffectAt(const Point& point, Op op) {
  if (point.object == &kPlainPoint) return Effect::Nothing;
  if (point.forced || !point.text) return EffectOf(op);
  if (op == Op::Freeze && point.text == std::string_view("try_to_freeze")) return Effect::Own;
  if (op == Op::Yield && std::find(std::begin(kLooks), std::end(kLooks), point.text) != std::end(kLooks)) return Effect::Looks;
  return EffectOf(op);
}

// Stoppers and their like work on what the runtime keeps for all.
bool RunsTargetCode(const Task& t) {
  return t.index == 0 || GetLayout().IsTargetCode(reinterpret_cast<uintptr_t>(t.irq ? reinterpret_cast<void*>(t.irq_entry) : reinterpret_cast<void*>(t.entry)));
}

// An operation on this CPU's copy is given the per-CPU pointer.
const void* CopyFor(const Task& t, const void* object) {
  const auto pointer = reinterpret_cast<uintptr_t>(object);
  return PercpuMemory::IsTemplate(pointer) ? reinterpret_cast<const void*>(pointer + PercpuMemory::Offset(t.cpu)) : object;
}

// An assertion of exclusive access conflicts with reads too.
bool Writes(Op op) { return op != Op::Read && op != Op::Load; }

// Does it keep other tasks off its CPU?
bool Holds(const Task& t) { return (t.preempt | t.irqs_off | t.bh_off) || t.irq || t.wait.spinning; }

// Who touches what has no number of its own may touch these as well.
constexpr Common kAllBelowOther[] = {kCommonOther, kCommonTime, kCommonClock, kCommonGrace};

// Of a context, what says whether grace periods wait for the task, and who may run on its CPU.
constexpr uint32_t kSections = 0x7f & ~8u;

}  // namespace

bool Depend(const Step& a, const Step& b) {
  if (a.all || b.all) return true;
  auto i = a.touches.begin();
  auto j = b.touches.begin();
  while (i != a.touches.end() && j != b.touches.end()) {
    if (i->place == j->place) {
      if (i->write || j->write) return true;
      ++i, ++j;
    } else if (i->place < j->place) {
      ++i;
    } else {
      ++j;
    }
  }
  return false;
}

namespace {

void Normalise(std::vector<Touch>* touches) {
  std::sort(touches->begin(), touches->end(), [](const Touch& a, const Touch& b) {
    return a.place != b.place ? a.place < b.place : a.write > b.write;
  });
  touches->erase(std::unique(touches->begin(), touches->end(), [](const Touch& a, const Touch& b) { return a.place == b.place; }),
                 touches->end());
}

}  // namespace

void Unite(const Step& from, Step* into) {
  into->all |= from.all;
  into->touches.insert(into->touches.end(), from.touches.begin(), from.touches.end());
  Normalise(&into->touches);
}

void StepRecorder::Begin() {
  recording_ = false;
  running_ = kMaxTasks;
  step_ = Step{};
  for (Waiting& w : waiting_) w = Waiting{};
}

void StepRecorder::Pending(uint32_t task, const Point& point) {
  Waiting& w = waiting_[task];
  w.object = point.object;
  w.size = point.size;
  w.resumes = point.forced;
  w.op = point.op == Op::Blocked ? engine.tasks[task].wait.op : point.op;
  w.effect = EffectAt(point, w.op);
}

uint32_t StepRecorder::ContextOf(const Task& t) {
  return (t.preempt != 0) | (t.irqs_off != 0) << 1 | (t.bh_off != 0) << 2 | (t.migrate_off != 0) << 3 | (t.rcu_nesting != 0) << 4 |
         uint32_t{t.wait.spinning} << 5 | uint32_t{t.irq} << 6 | uint32_t{t.bound} << 7 | uint32_t{t.exited} << 8 |
         (t.non_block != 0) << 9 | uint32_t{t.idle} << 10;
}

void StepRecorder::AddMemory(const void* address, size_t size, bool write, std::vector<Touch>* to) const {
  const auto begin = reinterpret_cast<uintptr_t>(address);
  if (begin - hot.base >= hot.span) return;
  const uintptr_t last = begin + (size ? size : 1) - 1 - hot.base;
  for (uintptr_t g = (begin - hot.base) >> 3; g <= last >> 3; ++g) to->push_back({kGranules + static_cast<Place>(g), write});
}

void StepRecorder::AddOperation(const Waiting& w, uint32_t task, std::vector<Touch>* to) const {
  auto add = [&](Place place, bool write) { to->push_back({place, write}); };
  Effect effect = w.effect;
  if (w.resumes) add(kTaskPlace + task, true);
  const bool tracked = reinterpret_cast<uintptr_t>(w.object) - hot.base < hot.span;
  const Task& t = engine.tasks[task];
  if ((effect == Effect::Object || effect == Effect::Word) && !tracked) effect = Effect::Anything;
  if (effect == Effect::Access && !w.object) effect = Effect::Anything;
  const bool known = effect == Effect::Own || effect == Effect::Looks || effect == Effect::Word;
  if (known && !t.worker && !RunsTargetCode(t)) effect = Effect::Anything;   // what it does behind it is not told
  if (w.resumes && w.op == Op::Schedule && t.worker && t.idle) effect = Effect::Own;   // a worker gets up
  switch (effect) {
    case Effect::Nothing: return;
    case Effect::Access: return AddMemory(CopyFor(t, w.object), w.size, Writes(w.op), to);
    case Effect::Lock: return AddMemory(w.object, 1, true, to);
    case Effect::Object:
      add(kShared, false);
      add(kTaskPlace + task, true);
      return AddMemory(w.object, SizeOf(w.op), true, to);
    case Effect::Word:
      add(kShared, false);
      add(kTaskPlace + task, true);
      return AddMemory(w.object, sizeof(void*), true, to);
    case Effect::Looks: return add(kTaskPlace + task, true);
    case Effect::Own:
      add(kShared, false);
      return add(kTaskPlace + task, true);
    case Effect::Heap: return add(kHeap, true);
    case Effect::Free:   // looks whether timers, works or callbacks are still in it
      add(kHeap, true);
      return add(kShared, false);
    case Effect::Anything: break;
  }
  for (Common c : kAllBelowOther) add(kShared + c, true);
  add(kTaskPlace + task, true);
  AddMemory(w.object, 1, true, to);
}

// Which CPU it gets is decided when it is switched to (Engine::CpuFor()).
void StepRecorder::AddPlacement(const Task& task) {
  const Task* on = engine.cpus[task.cpu].on;
  if (task.irq) MakeExact(task.cpu);
  const bool moves = on && on != &task && Holds(*on) && !task.irq;
  for (uint32_t c = 0; moves && c < kCpus; ++c) Add(kCpuKept + c, false);
  if (const Task* there = engine.cpus[step_.cpu].on; there != &task) {
    if (exact_[step_.cpu]) Add(kCpuPlace + step_.cpu, true);
    step_.vacant = !there;
  }
  Add(kCpuHeld + task.cpu, false);
  if (both_ways_ || !(task.bound || task.migrate_off)) Add(kCpuKept + task.cpu, false);
}

void StepRecorder::MakeExact(uint32_t cpu) {
  news_ |= !exact_[cpu];
  exact_[cpu] = true;
}

Guards StepRecorder::GuardsOf(const Task& task) {
  constexpr size_t kBits = 8 * sizeof(Guards::Bits), kSections = 3 * kCpus;
  Guards g;
  g.all = g.exclusive = Guards::Bits{Engine::Exclusions(task)} << 3 * task.cpu;
  for (uint32_t i = 0; i < task.held_count; ++i) {
    const HeldEntry& h = task.held[i];
    size_t n = static_cast<size_t>(std::find(locks_.begin(), locks_.end(), h.lock) - locks_.begin());
    if (n == kBits - kSections) continue;
    if (n == locks_.size()) locks_.push_back(h.lock);
    const Guards::Bits bit = Guards::Bits{1} << (kSections + n);
    g.all |= bit;
    if (h.mode == LockMode::Exclusive) g.exclusive |= bit;
  }
  return g;
}

void StepRecorder::Next(const Task& task) {
  step_.task = running_ = task.index;
  step_.all = false;
  step_.touches.clear();
  step_.guards = task.is_clock ? Guards{} : GuardsOf(task);
  context_ = ContextOf(task);
  state_ = task.__state;
  cpu_ = task.cpu;
  step_.cpu = static_cast<uint32_t>(std::max(engine.CpuFor(task), 0));
  step_.kept = task.irq ? engine.Handling(task) : Holds(task);
  step_.vacant = false;
  op_ = task.is_clock ? Op::Timer : waiting_[task.index].op;
  if (task.is_clock) return OnCommon(kCommonTime, true), OnCommon(kCommonClock, true);
  if (spins_) Add(kSpins, false);
  AddPlacement(task);
  AddOperation(waiting_[task.index], task.index, &step_.touches);
  waiting_[task.index] = Waiting{.op = Op::Yield, .effect = Effect::Anything, .resumes = true};   // unless it comes to a point
}

const Step* StepRecorder::End(bool blocked, bool fails) {
  if (running_ == kMaxTasks) return nullptr;
  const Task& t = engine.tasks[running_];
  running_ = kMaxTasks;
  step_.all = fails;
  if (!t.is_clock) {
    AddContext(t, blocked);
    if (blocked || t.__state != state_ || t.cpu != cpu_) Add(kTaskPlace + t.index, true);
  }
  Tidy();
  return &step_;
}

// How the step has changed what its task keeps off its CPU, and who may run there.
void StepRecorder::AddContext(const Task& t, bool blocked) {
  const uint32_t changed = ContextOf(t) ^ context_;
  const bool holds = Holds(t) && !t.exited && (!blocked || t.wait.spinning);
  if (holds && !step_.kept) Add(kCpuHeld + t.cpu, true);
  if (holds != step_.kept) Add(kCpuKept + (holds ? t.cpu : cpu_), true);
  if (changed & kSections) Add(kShared + kCommonGrace, false);
  if (changed & ~kSections) Add(kTaskPlace + t.index, true);
  if (!changed && !blocked && t.cpu == cpu_) return;
  for (uint32_t c : {cpu_, uint32_t{t.cpu}}) {
    if (exact_[c]) Add(kCpuPlace + c, true);
  }
}

void StepRecorder::Tidy() {
  Normalise(&step_.touches);
  if (watched_.empty()) return;
  for (const Touch& t : step_.touches) {
    step_.all |= t.write && std::binary_search(watched_.begin(), watched_.end(), t.place);
  }
}

void StepRecorder::Foresee(const Task& task, Step* step) {
  step->task = task.index;
  step->guards = GuardsOf(task);
  step->touches.clear();
  AddOperation(waiting_[task.index], task.index, &step->touches);
  if (spins_) step->touches.push_back({kSpins, false});
  Normalise(&step->touches);
}

bool StepRecorder::ScenarioHasBegun() {
  for (const Task& t : engine.live()) {
    if (t.index && !t.is_clock && t.runnable && RunsTargetCode(t)) return true;
  }
  return false;
}

void StepRecorder::OnTouch(const void* address, size_t size, bool write) {
  const size_t before = step_.touches.size();
  AddMemory(address, size, write, &step_.touches);
  const Invariant* invariant = engine.checking();
  if (!invariant || invariant->moment != kAlways) return;
  for (size_t i = before; i < step_.touches.size(); ++i) {
    const Place place = step_.touches[i].place;
    const auto at = std::lower_bound(watched_.begin(), watched_.end(), place);
    if (at != watched_.end() && *at == place) continue;
    watched_.insert(at, place);
    news_ = true;
  }
}

void StepRecorder::OnWake(const Task& task) {
  Add(kTaskPlace + task.index, true);
}

void StepRecorder::OnCommon(Common what, bool write) {
  Add(kShared + what, write);
  for (Common c : kAllBelowOther) {
    if (what == kCommonOther && write) Add(kShared + c, true);
  }
  if (what != kCommonCpus || !write) return;
  for (Place p = kCpuPlace; p < kTaskPlace; ++p) Add(p, true);
}

void StepRecorder::OnSpin() {
  news_ |= !spins_;
  spins_ = true;
  Add(kSpins, true);
}

bool StepRecorder::TakeNews() {
  const bool news = news_;
  news_ = false;
  return news;
}

}  // namespace hotweave
