// SPDX-License-Identifier: GPL-2.0-only OR MIT
// What reports say about orders of locks, about causes and remedies, and how they keep to their forty lines: of traces made
// by hand.
#include <algorithm>
#include <string>

#include <gtest/gtest.h>

#include "report/causes.h"
#include "report/lock_lines.h"
#include "report/story.h"
#include "report/text.h"
#include "report/words.h"

namespace hotweave {
namespace {

// The function of a program counter is f and its tens, its line the whole.
class Symbols : public SymbolSource {
 public:
  std::vector<Frame> Frames(uint64_t pc, bool) override {
    const std::string f = "f" + std::to_string(pc / 10);
    return {{f, f, "targets/mm/x.cc", static_cast<uint32_t>(pc), 1, false}};
  }
  std::string FieldPath(const TraceObject& object, uint32_t) override { return object.name; }
  std::string ShortField(const TraceObject& object, uint32_t) override { return object.name; }
  ValueKind KindOfField(const TraceObject&, uint32_t) override { return ValueKind::Unsigned; }
  bool InImage(uint64_t) override { return false; }
};

enum Object : uint32_t { kFlag, kLockA, kLockB };

struct Maker {
  Maker() {
    trace.tasks = {{"init", 0, false}, {"a", 0, false}, {"b", 0, false}};
    trace.objects = {{TraceObject::Kind::Global, "flag", 8, 0x1000},
                     {TraceObject::Kind::Global, "lock_a", 8, 0x2000},
                     {TraceObject::Kind::Global, "lock_b", 8, 0x3000}};
  }

  uint32_t Add(Op op, uint16_t task, uint32_t object, Stack stack) {
    Event e;
    e.op = op;
    e.task = task;
    e.object = object;
    e.size = ClassOf(op) == OpClass::Access ? 8 : 0;
    e.step = static_cast<uint32_t>(trace.events.size());
    e.stack = static_cast<uint32_t>(trace.stacks.size());
    trace.stacks.push_back(std::move(stack));
    trace.events.push_back(e);
    return static_cast<uint32_t>(trace.events.size() - 1);
  }

  uint32_t Value(Op op, uint16_t task, uint64_t before, uint64_t after, Stack stack) {
    const uint32_t i = Add(op, task, kFlag, std::move(stack));
    trace.events[i].has_values = true;
    trace.events[i].old_value = before;
    trace.events[i].new_value = after;
    return i;
  }

  Site At(const char* role, uint32_t event) const { return {role, event, trace.events[event].task, trace.events[event].stack}; }

  Trace trace;
};

bool Has(const std::string& text, const std::string& part) { return text.find(part) != std::string::npos; }

// a tests the flag, b clears it under lock_b, a uses it.
Maker TestThenUse(Finding* f) {
  Maker m;
  m.Value(Op::Load, 1, 1, 1, {11});
  m.Add(Op::MutexLock, 2, kLockB, {21});
  m.Value(Op::Store, 2, 1, 0, {22});
  m.Add(Op::MutexUnlock, 2, kLockB, {23});
  const uint32_t use = m.Value(Op::Load, 1, 0, 0, {12});
  f->kind = Kind::Assertion;
  f->sentence = "BUG: !flag";
  f->sites = {m.At("here", use)};
  return m;
}

TEST(Causes, TheTestTheChangeAndTheUse) {
  Finding f;
  const Maker m = TestThenUse(&f);
  const Causes causes = FindCauses(m.trace, 1, 0, 4, {1, 2}, Look::Seen);
  EXPECT_EQ(causes.events, (std::set<uint32_t>{0, 2, 4}));
  EXPECT_EQ(causes.tasks, (std::set<uint32_t>{2}));
}

TEST(Causes, WhatNobodyChangedIsNoCause) {
  Maker m;
  m.Value(Op::Store, 1, 0, 1, {11});
  m.Value(Op::Load, 1, 1, 1, {12});
  EXPECT_TRUE(FindCauses(m.trace, 1, 0, 1, {1, 2}, Look::Seen).events.empty());
  EXPECT_TRUE(FindCauses(Trace(), 1, 0, 0, {1, 2}, Look::Waiting).events.empty());
}

TEST(Causes, AStoreAfterTheLastLookIsSeenOnlyIfItWasMissed) {
  Maker m;
  m.Value(Op::Load, 1, 1, 1, {11});
  m.Value(Op::Store, 2, 1, 0, {21});
  m.Add(Op::Yield, 1, Event::kNone, {12});
  EXPECT_TRUE(FindCauses(m.trace, 1, 0, 2, {1, 2}, Look::Seen).events.empty());
  EXPECT_EQ(FindCauses(m.trace, 1, 0, 2, {1, 2}, Look::Missed).events, (std::set<uint32_t>{0, 1}));
}

TEST(Causes, AStoreByNobodyWhoCountsIsNone) {
  Finding f;
  const Maker m = TestThenUse(&f);
  EXPECT_TRUE(FindCauses(m.trace, 1, 0, 4, {1}, Look::Seen).tasks.empty());
}

TEST(Words, ALookAChangeAndALookAgain) {
  Finding f;
  const Maker m = TestThenUse(&f);
  Symbols symbols;
  const std::string text = TellRemedy(m.trace, f, symbols);
  EXPECT_TRUE(Has(text, "a: marked load flag = 1 (f1 x.cc:11, holding no lock); b: marked store flag = 0 (was 1) (f2 x.cc:22, "
                        "holding lock_b); a: marked load flag = 0"))
      << text;
  EXPECT_TRUE(Has(text, "one lock on both sides")) << text;
}

Finding Abba(Maker* m) {
  auto end = [&](const char* name, uint16_t task, uint32_t object, Stack stack) {
    LockEnd e;
    e.name = e.title = name;
    e.task = task;
    e.event = m->Add(Op::MutexLock, task, object, std::move(stack));
    e.stack = m->trace.events[e.event].stack;
    return e;
  };
  Finding f;
  f.kind = Kind::LockOrder;
  f.level = "faithful";
  f.confirmation = "confirmed";
  f.names = {"lock_a", "lock_b"};
  f.locks.shape = LockReport::Shape::Cycle;
  f.locks.headline = "WARNING: possible circular locking dependency detected";
  f.locks.edges.push_back({end("lock_a", 1, kLockA, {101, 110}), end("lock_b", 1, kLockB, {121, 131, 104, 110})});
  f.locks.edges.push_back({end("lock_b", 2, kLockB, {201}), end("lock_a", 2, kLockA, {211, 202})});
  f.sites = {m->At("takes lock_b", f.locks.edges[0].wanted.event), m->At("takes lock_a", f.locks.edges[1].wanted.event)};
  return f;
}

TEST(Words, ThePathLeadsFromOneLockToTheOther) {
  Maker m;
  const Finding f = Abba(&m);
  Symbols symbols;
  const std::string happened = TellWhatHappened(m.trace, f, symbols);
  EXPECT_TRUE(Has(happened, "a took lock_a (f10 x.cc:101) and, holding it, takes lock_b, by f10 -> f13 -> f12 x.cc:121.")) << happened;
  const std::string remedy = TellRemedy(m.trace, f, symbols);
  EXPECT_TRUE(Has(remedy, "f12 does not take lock_b while lock_a is held (a, by f10 -> f13 -> f12 x.cc:121); or "
                          "f21 does not take lock_a while lock_b is held (b, by f20 -> f21 x.cc:211).")) << remedy;
}

TEST(LockLines, BothStacksOfEachEdge) {
  Maker m;
  const Finding f = Abba(&m);
  Symbols symbols;
  const std::vector<std::string> lines = EdgeLines(m.trace, f.locks, 2, false, symbols);
  ASSERT_EQ(lines.size(), 4u);
  EXPECT_EQ(lines[0], "  a  holds lock_a  f10 x.cc:101 < f11");
  EXPECT_EQ(lines[1], "     takes lock_b  f12 x.cc:121 < f13 < ...");
  EXPECT_EQ(EdgeLines(m.trace, f.locks, 2, true, symbols).size(), 2u);
}

TEST(LockLines, TheScenarioInColumnsOfCpus) {
  Maker m;
  Finding f = Abba(&m);
  const std::vector<std::string> cycle = ScenarioLines(f.locks, f.names);
  ASSERT_EQ(cycle.size(), 8u);
  EXPECT_EQ(cycle[3], "  lock(lock_a);");
  EXPECT_EQ(cycle[4], "                               lock(lock_b);");
  EXPECT_EQ(cycle[5], "                               lock(lock_a);");
  EXPECT_EQ(cycle[6], "  lock(lock_b);");
  EXPECT_EQ(cycle[4].find("lock("), cycle[1].find("CPU1"));
  f.locks.edges[0].wanted.read = 1;
  EXPECT_EQ(ScenarioLines(f.locks, f.names)[6], "  rlock(lock_b);");
  f.locks.shape = LockReport::Shape::Usage;
  EXPECT_EQ(ScenarioLines(f.locks, {"s"})[4], "  <Interrupt>");
  f.locks.shape = LockReport::Shape::IrqPath;
  EXPECT_EQ(ScenarioLines(f.locks, {"safe", "unsafe"})[8], "    lock(safe);");
  f.locks.shape = LockReport::Shape::Other;
  EXPECT_TRUE(ScenarioLines(f.locks, f.names).empty());
}

size_t LinesOf(const std::string& text) { return static_cast<size_t>(std::count(text.begin(), text.end(), '\n')); }

// Twelve tasks around a circle, deep stacks, forty stores and locks with long names.
Finding Long(Maker* m) {
  Finding f;
  f.kind = Kind::Deadlock;
  f.title = "many";
  f.fingerprint = "deadlock:many";
  for (uint16_t t = 3; t < 15; t++) m->trace.tasks.push_back({"a_task_with_a_long_name_" + std::to_string(t), 0, false});
  for (int round = 0; round < 40; round++)
    for (uint16_t t = 3; t < 15; t++) m->Value(Op::Store, t, static_cast<uint64_t>(round), static_cast<uint64_t>(round + 1), {static_cast<uint64_t>(10 * t)});
  for (uint16_t t = 3; t < 15; t++) {
    Stack deep;
    for (uint64_t pc = 0; pc < 20; pc++) deep.push_back(1000 + 10 * pc);
    f.sites.push_back(m->At("waits", m->Add(Op::Blocked, t, kLockA, deep)));
    f.sentence += "a_task_with_a_long_name_" + std::to_string(t) + " waits for the one after it, and that one for another; ";
    f.details.push_back("    one more line of the graph");
  }
  f.object = kFlag;
  f.size = 8;
  return f;
}

TEST(FortyLines, EvenTheLongestReportKeepsToThem) {
  Maker m;
  const Finding f = Long(&m);
  Symbols symbols;
  ReportContext context;
  context.target = "t";
  context.commands = {"one", "two", "three", "four"};
  for (size_t width : {80, 100, 120, 200}) {
    context.width = width;
    const std::string text = TextReport(m.trace, f, context, symbols);
    EXPECT_LE(LinesOf(text), kMostReportLines) << width << "\n" << text;
    EXPECT_TRUE(Has(text, ": --all)")) << "what is left out is said\n" << text;
  }
  context.all = true;
  EXPECT_GT(LinesOf(TextReport(m.trace, f, context, symbols)), 400u);
}

TEST(FortyLines, TheExplanationComesOnTop) {
  Maker m;
  const Finding f = Long(&m);
  Symbols symbols;
  ReportContext context;
  context.explanation = {std::string(3000, 'x'), "second"};
  const std::string text = TextReport(m.trace, f, context, symbols);
  EXPECT_TRUE(Has(text, "\n2. second\n")) << text;
  EXPECT_LE(LinesOf(text), kMostReportLines + 5);
}

TEST(Story, DecisionsAreNumbered) {
  Maker m;
  m.Add(Op::MutexLock, 1, kLockA, {11});
  Event& choice = m.trace.events[m.Add(Op::Choose, 1, Event::kNone, {12})];
  choice.arg = 3;
  Event& preempt = m.trace.events[m.Add(Op::Preempt, 1, Event::kNone, {13})];
  preempt.other = 2;
  preempt.preempted = true;
  const uint32_t last = m.Value(Op::Store, 2, 0, 1, {21});
  Finding f;
  f.kind = Kind::DataRace;
  f.sites = {m.At("write", last), m.At("previous", 0)};
  f.object = kFlag;
  f.size = 8;
  Symbols symbols;
  std::string all;
  for (const StoryRow& row : TellStory(m.trace, f, {}, symbols)) all += row.what + "\n";
  EXPECT_TRUE(Has(all, "choice 3 (decision 1)\n")) << all;
  EXPECT_TRUE(Has(all, " b (decision 2)\n")) << all;
}

}  // namespace
}  // namespace hotweave
