// SPDX-License-Identifier: GPL-2.0-only OR MIT
// See timeline.h.
#include "report/timeline.h"

#include <algorithm>
#include <tuple>

#include "report/held_locks.h"

namespace hotweave {
namespace {

// The same time in the same hands.
bool SameHold(const HeldLock& a, const HeldLock& b) {
  return a.event == b.event && a.object == b.object && a.offset == b.offset;
}

class Builder {
 public:
  explicit Builder(const Trace& trace)
      : trace_(trace), held_(trace), now_(trace.tasks.size()), open_locks_(trace.tasks.size()) {}

  Timeline Build() {
    const uint32_t end = static_cast<uint32_t>(trace_.events.size());
    for (uint32_t i = 0; i < end; ++i) {
      Follow(i);
      FollowLocks(i);
    }
    for (uint32_t t = 0; t < now_.size(); ++t) Close(t, end);
    for (auto& open : open_locks_) {
      for (LockSpan& l : open) Keep(l, end);
    }
    Sort();
    return std::move(out_);
  }

 private:
  using State = TaskSpan::State;
  struct Now {
    bool open = false, exited = false;
    TaskSpan span;
    bool waited = false;          // since it last ran
    uint32_t blocked = 0;         // its latest wait,
    uint32_t resumed = 0;         // and where it first ran again after that
    std::vector<Arrow> awaited;   // arrows to its next step
    uint32_t lock = Event::kNone; // its latest operation on a lock, or the end of the wait in it
    const char* mode = "";        // in which it wants that
  };

  void Close(uint32_t task, uint32_t end) {
    Now& n = now_[task];
    if (n.open && end > n.span.begin) {
      n.span.end = end;
      out_.tasks.push_back(n.span);
    }
    n.open = false;
  }

  void Enter(uint32_t task, State state, uint32_t begin, uint32_t cause, uint16_t cpu = 0) {
    Close(task, begin);
    now_[task].open = true;
    now_[task].span = {state, task, begin, begin, cpu, cause};
  }

  bool Is(uint32_t task, State state) const { return now_[task].open && now_[task].span.state == state; }

  // The task does event `i`: it runs.
  void Run(uint32_t i) {
    const Event& e = trace_.events[i];
    if (running_ != Event::kNone && running_ != e.task && Is(running_, State::Running)) {
      Enter(running_, State::Preempted, i, i);
    }
    running_ = e.task;
    Now& n = now_[e.task];
    for (Arrow& a : n.awaited) {
      a.to = i;
      out_.arrows.push_back(a);
    }
    n.awaited.clear();
    if (n.waited) n.resumed = i;
    n.waited = false;
    if (!Is(e.task, State::Running) || n.span.cpu != e.cpu) Enter(e.task, State::Running, i, Event::kNone, e.cpu);
  }

  // Arrives with the other task's next step.
  void Await(Arrow::Kind kind, uint32_t i) {
    const uint32_t to = trace_.events[i].other;
    if (to < now_.size()) now_[to].awaited.push_back({kind, i, i});
  }

  // An event that is filed under a task which may not be running: a timer that ends its sleep; what the clock does
  // while the latest task is blocked.
  bool Passive(const Event& e) const {
    if (e.op == Op::Timer) return true;
    return (e.op == Op::Woken || e.op == Op::Switch) && (now_[e.task].exited || Is(e.task, State::Blocked));
  }

  void Follow(uint32_t i) {
    const Event& e = trace_.events[i];
    if (!Passive(e)) Run(i);
    switch (e.op) {
      case Op::Timer:
        if (Is(e.task, State::Blocked)) Enter(e.task, State::Ready, i, i);
        break;
      case Op::Blocked:
        Enter(e.task, State::Blocked, i + 1, i);
        now_[e.task].waited = true;
        now_[e.task].blocked = i;
        break;
      case Op::Woken:
        if (e.other < now_.size() && Is(e.other, State::Blocked)) {
          Enter(e.other, State::Ready, i, i);
          Await(Arrow::Kind::Wake, i);
        }
        break;
      case Op::TaskCreate:
        if (e.other < now_.size() && !now_[e.other].open) {
          Enter(e.other, State::Ready, i, i);
          Await(Arrow::Kind::Create, i);
        }
        break;
      case Op::Preempt:
      case Op::Switch:
        Await(e.op == Op::Preempt ? Arrow::Kind::Preempt : Arrow::Kind::Switch, i);
        if (Is(e.task, State::Running)) Enter(e.task, State::Preempted, i + 1, i);
        break;
      case Op::TaskExit:
        Close(e.task, i + 1);
        now_[e.task].exited = true;
        break;
      default:
        break;
    }
  }

  void Keep(LockSpan& l, uint32_t end) {
    l.end = end;
    out_.locks.push_back(l);
  }

  // A lock that was waited for is held from the end of the wait on.
  uint32_t Since(uint32_t task, const HeldLock& h) const {
    const Now& n = now_[task];
    const bool waited = n.blocked > h.event && n.resumed > n.blocked && IsAbout(trace_.events[n.blocked], h);
    return waited ? n.resumed : h.event;
  }

  // A lock that was released in the task's very next step was never seen to be held.
  void KeepBrief(uint32_t i) {
    const Event& e = trace_.events[i];
    Now& n = now_[e.task];
    if (ClassOf(e.op) == OpClass::Lock) n.mode = ModeOf(e.op);
    if (ClassOf(e.op) == OpClass::Lock || e.op == Op::Acquired) {
      n.lock = i;
    } else if (ClassOf(e.op) == OpClass::Unlock && e.op != Op::DowngradeWrite && n.lock != Event::kNone) {
      const Event& lock = trace_.events[n.lock];
      LockSpan span{e.task, {lock.object, lock.offset, lock.text, n.mode, n.lock}, 0, 0};
      if (!IsAbout(e, span.lock)) return;
      span.begin = Since(e.task, span.lock);
      Keep(span, i);
    }
  }

  void FollowLocks(uint32_t i) {
    held_.Feed(i);
    const Event& e = trace_.events[i];
    const std::vector<HeldLock>& held = held_.Held(e.task);
    std::vector<LockSpan>& open = open_locks_[e.task];
    bool released = false;
    for (auto l = open.begin(); l != open.end();) {
      if (std::any_of(held.begin(), held.end(), [&](const HeldLock& h) { return SameHold(h, l->lock); })) {
        ++l;
        continue;
      }
      // It turned out that the task had not got it yet.
      if (e.op != Op::Blocked && e.op != Op::Acquired) Keep(*l, i);
      released = true;
      l = open.erase(l);
    }
    if (!released) KeepBrief(i);
    for (const HeldLock& h : held) {
      const auto known = [&](const LockSpan& l) { return SameHold(h, l.lock); };
      if (std::none_of(open.begin(), open.end(), known)) open.push_back({e.task, h, Since(e.task, h), 0});
    }
  }

  void Sort() {
    auto by_begin = [](const auto& a, const auto& b) { return std::tie(a.begin, a.task) < std::tie(b.begin, b.task); };
    std::sort(out_.tasks.begin(), out_.tasks.end(), by_begin);
    std::sort(out_.locks.begin(), out_.locks.end(), [](const LockSpan& a, const LockSpan& b) {
      return std::tie(a.begin, a.task, a.lock.event) < std::tie(b.begin, b.task, b.lock.event);
    });
    std::sort(out_.arrows.begin(), out_.arrows.end(),
              [](const Arrow& a, const Arrow& b) { return std::tie(a.from, a.to) < std::tie(b.from, b.to); });
  }

  const Trace& trace_;
  HeldLocks held_;
  std::vector<Now> now_;                           // per task
  std::vector<std::vector<LockSpan>> open_locks_;  // per task
  uint32_t running_ = Event::kNone;
  Timeline out_;
};

}  // namespace

Timeline TimelineOf(const Trace& trace) { return Builder(trace).Build(); }

}  // namespace hotweave
