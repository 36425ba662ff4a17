// SPDX-License-Identifier: GPL-2.0-only OR MIT
// Spans, arrows and graphs of traces made by hand: report/timeline.h, report/graphs.h.
#include "report/timeline.h"

#include <gtest/gtest.h>

#include "report/graphs.h"

namespace hotweave {
namespace {

using State = TaskSpan::State;

class NoSymbols : public SymbolSource {
 public:
  std::vector<Frame> Frames(uint64_t pc, bool) override { return {{"f" + std::to_string(pc), "", "f.cc", static_cast<uint32_t>(pc), 1, false}}; }
  std::string FieldPath(const TraceObject& object, uint32_t) override { return object.name; }
  std::string ShortField(const TraceObject& object, uint32_t) override { return object.name; }
  ValueKind KindOfField(const TraceObject&, uint32_t) override { return ValueKind::Unsigned; }
  bool InImage(uint64_t) override { return false; }
};

// Tasks 0 init, 1 a, 2 b, on the CPU of their number; objects are locks A, B, C.
struct Maker {
  Trace trace;

  Maker() {
    trace.tasks = {{"init", 0, false}, {"a", 0, false}, {"b", 0, false}};
    for (const char* name : {"A", "B", "C"}) trace.objects.push_back({TraceObject::Kind::Global, name, 8, 0});
    trace.held_at_end.resize(3);
  }

  uint32_t Add(Op op, uint16_t task, uint32_t other = Event::kNone, uint32_t object = Event::kNone) {
    Event e;
    e.op = op;
    e.task = task;
    e.cpu = task;
    e.other = other;
    e.object = object;
    e.stack = static_cast<uint32_t>(trace.stacks.size());
    trace.stacks.push_back({trace.events.size() + 100});
    trace.events.push_back(e);
    return static_cast<uint32_t>(trace.events.size() - 1);
  }
  uint32_t Lock(Op op, uint16_t task, uint32_t object) { return Add(op, task, Event::kNone, object); }
};

std::vector<TaskSpan> SpansOf(const Timeline& timeline, uint32_t task) {
  std::vector<TaskSpan> out;
  for (const TaskSpan& s : timeline.tasks) {
    if (s.task == task) out.push_back(s);
  }
  return out;
}

TEST(Timeline, FollowsATaskFromItsCreationToItsEnd) {
  Maker m;
  m.Add(Op::TaskStart, 0);
  const uint32_t create = m.Add(Op::TaskCreate, 0, 1);
  const uint32_t join = m.Add(Op::Blocked, 0);
  const uint32_t away = m.Add(Op::Switch, 0, 1);
  const uint32_t start = m.Add(Op::TaskStart, 1);
  const uint32_t preempt = m.Add(Op::Preempt, 1, 2);
  const uint32_t other = m.Add(Op::TaskStart, 2);
  m.Add(Op::TaskExit, 2);
  const uint32_t back = m.Add(Op::TaskExit, 1);
  const uint32_t wake = m.Add(Op::Woken, 1, 0);
  const uint32_t end = m.Add(Op::TaskExit, 0);
  const Timeline t = TimelineOf(m.trace);

  const std::vector<TaskSpan> a = SpansOf(t, 1);
  ASSERT_EQ(a.size(), 4u);
  EXPECT_EQ(std::tuple(a[0].state, a[0].begin, a[0].end, a[0].cause), std::tuple(State::Ready, create, start, create));
  EXPECT_EQ(std::tuple(a[1].state, a[1].begin, a[1].end, a[1].cpu), std::tuple(State::Running, start, preempt + 1, uint16_t{1}));
  EXPECT_EQ(std::tuple(a[2].state, a[2].begin, a[2].end), std::tuple(State::Preempted, preempt + 1, back));
  EXPECT_EQ(std::tuple(a[3].state, a[3].begin, a[3].end), std::tuple(State::Running, back, back + 1));
  // What the first task waits through: the switch away from it is not a step of it, nor is the wake-up after a's end one of a.
  const std::vector<TaskSpan> init = SpansOf(t, 0);
  ASSERT_EQ(init.size(), 4u);
  EXPECT_EQ(std::tuple(init[1].state, init[1].begin, init[1].end, init[1].cause), std::tuple(State::Blocked, join + 1, wake, join));
  EXPECT_EQ(std::tuple(init[2].state, init[2].cause), std::tuple(State::Ready, wake));
  EXPECT_EQ(init[3].begin, end);

  ASSERT_EQ(t.arrows.size(), 4u);
  EXPECT_EQ(std::tuple(t.arrows[0].kind, t.arrows[0].from, t.arrows[0].to), std::tuple(Arrow::Kind::Create, create, start));
  EXPECT_EQ(std::tuple(t.arrows[1].kind, t.arrows[1].from, t.arrows[1].to), std::tuple(Arrow::Kind::Switch, away, start));
  EXPECT_EQ(std::tuple(t.arrows[2].kind, t.arrows[2].from, t.arrows[2].to), std::tuple(Arrow::Kind::Preempt, preempt, other));
  EXPECT_EQ(std::tuple(t.arrows[3].kind, t.arrows[3].from, t.arrows[3].to), std::tuple(Arrow::Kind::Wake, wake, end));
}

TEST(Timeline, ATimerEndsASleepAndRunsNobody) {
  Maker m;
  m.Add(Op::TaskStart, 1);
  m.Add(Op::Blocked, 1);
  m.Add(Op::Switch, 1, 2);
  m.Add(Op::TaskStart, 2);
  const uint32_t timer = m.Add(Op::Timer, 1);
  m.Add(Op::TaskExit, 2);
  const Timeline t = TimelineOf(m.trace);
  const std::vector<TaskSpan> a = SpansOf(t, 1), b = SpansOf(t, 2);
  ASSERT_EQ(a.size(), 3u);
  EXPECT_EQ(std::tuple(a[2].state, a[2].begin, a[2].cause), std::tuple(State::Ready, timer, timer));
  ASSERT_EQ(b.size(), 1u);
}

TEST(Timeline, ALockThatWasWaitedForIsHeldFromTheEndOfTheWait) {
  Maker m;
  const uint32_t first = m.Lock(Op::MutexLock, 1, 0);
  m.Add(Op::Preempt, 1, 2);
  m.Lock(Op::MutexLock, 2, 0);
  m.Lock(Op::Blocked, 2, 0);
  m.Add(Op::Switch, 2, 1);
  const uint32_t unlock = m.Lock(Op::MutexUnlock, 1, 0);
  m.Add(Op::Woken, 1, 2);
  m.Add(Op::TaskExit, 1);
  const uint32_t got = m.Lock(Op::Acquired, 2, 0);
  const uint32_t released = m.Lock(Op::MutexUnlock, 2, 0);
  const Timeline t = TimelineOf(m.trace);
  ASSERT_EQ(t.locks.size(), 2u);
  EXPECT_EQ(std::tuple(t.locks[0].task, t.locks[0].begin, t.locks[0].end), std::tuple(1u, first, unlock));
  EXPECT_EQ(std::tuple(t.locks[1].task, t.locks[1].begin, t.locks[1].end), std::tuple(2u, got, released));
}

// A read-side lock with a step inside, and one without.
TEST(Timeline, ALockThatIsReleasedAtOnceIsHeldForOneEvent) {
  Maker m;
  m.Lock(Op::DownRead, 1, 1);
  m.Add(Op::Yield, 1);
  m.Lock(Op::UpRead, 1, 1);
  const uint32_t lock = m.Lock(Op::DownRead, 1, 1);
  const uint32_t unlock = m.Lock(Op::UpRead, 1, 1);
  const Timeline t = TimelineOf(m.trace);
  ASSERT_EQ(t.locks.size(), 2u);
  EXPECT_EQ(std::tuple(t.locks[0].begin, t.locks[0].end), std::tuple(0u, 2u));
  EXPECT_EQ(std::tuple(t.locks[1].begin, t.locks[1].end, std::string(t.locks[1].lock.mode)), std::tuple(lock, unlock, std::string("read")));
}

// What the task waits for in between does not matter.
TEST(Timeline, ALockIsHeldThroughOtherWaits) {
  Maker m;
  const uint32_t lock = m.Lock(Op::MutexLock, 1, 0);
  m.Lock(Op::Blocked, 1, 2);
  m.Add(Op::Switch, 1, 2);
  m.Add(Op::Woken, 2, 1);
  const uint32_t unlock = m.Lock(Op::MutexUnlock, 1, 0);
  const Timeline t = TimelineOf(m.trace);
  ASSERT_EQ(t.locks.size(), 1u);
  EXPECT_EQ(std::tuple(t.locks[0].begin, t.locks[0].end), std::tuple(lock, unlock));
}

// ---- Graphs ---------------------------------------------------------------------------------------------

std::vector<std::pair<std::string, std::string>> PairsOf(const std::vector<LockOrderEdge>& edges) {
  std::vector<std::pair<std::string, std::string>> out;
  for (const LockOrderEdge& e : edges) out.emplace_back(e.held, e.wanted);
  return out;
}

// As lockdep: C depends on B, and by B on A; but a trylock has no dependency of its own, so what comes after it depends
// on what was held before it as well.
TEST(LockOrder, HasTheDependenciesOfLockdep) {
  NoSymbols symbols;
  for (const bool try_second : {false, true}) {
    Maker m;
    m.Lock(Op::MutexLock, 1, 0);
    m.Lock(try_second ? Op::MutexTrylock : Op::MutexLock, 1, 1);
    m.Lock(Op::MutexLock, 1, 2);
    for (uint32_t lock : {2u, 1u, 0u}) m.Lock(Op::MutexUnlock, 1, lock);
    const auto pairs = PairsOf(LockOrderOf(m.trace, Finding(), symbols));
    if (try_second) {
      EXPECT_EQ(pairs, (std::vector<std::pair<std::string, std::string>>{{"B", "C"}, {"A", "C"}}));
    } else {
      EXPECT_EQ(pairs, (std::vector<std::pair<std::string, std::string>>{{"A", "B"}, {"B", "C"}}));
    }
  }
}

TEST(LockOrder, OfALongChainOnlyWhatLeadsToTheCycleIsKept) {
  const std::vector<LockOrderEdge> edges = {{"gate", "A", {}, false}, {"A", "B", {}, true}, {"B", "A", {}, true}, {"B", "leaf", {}, false}};
  EXPECT_EQ(PairsOf(BeforeCycle(edges)), PairsOf({edges[0], edges[1], edges[2]}));
  EXPECT_EQ(BeforeCycle({edges[0], edges[3]}).size(), 2u) << "there is no cycle";
}

TEST(Waits, OnlyEdgesOfACycleAreInIt) {
  using Why = WaitEdge::Why;
  const std::vector<WaitEdge> waits = {{0, 1, Why::Exit, "", false}, {1, 2, Why::Held, "A", false}, {2, 1, Why::Held, "B", false}, {3, ~0u, Why::Event, "done", false}};
  EXPECT_EQ(InCycle(waits), (std::vector<bool>{false, true, true, false}));
}

TEST(Waits, AreReadOffTheTraceOfAFindingThatHasNone) {
  NoSymbols symbols;
  Maker m;
  m.Lock(Op::MutexLock, 1, 0);
  m.Lock(Op::MutexLock, 2, 0);
  m.Lock(Op::Blocked, 2, 0);
  m.trace.held_at_end[1].push_back({0, 0, nullptr, "", 0});
  const std::vector<WaitEdge> waits = WaitsOf(m.trace, Finding(), symbols);
  ASSERT_EQ(waits.size(), 1u);
  EXPECT_EQ(waits[0], (WaitEdge{2, 1, WaitEdge::Why::Held, "A", false}));
}

}  // namespace
}  // namespace hotweave
