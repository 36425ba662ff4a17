// SPDX-License-Identifier: GPL-2.0-only OR MIT
// One execution from options to result, and how an input guides it. The targets are in run_target.cc.
#include "../support/search.h"

#include "core/op.h"
#include "core/schedule_text.h"
#include "strategy/guided.h"
#include "strategy/prefix_walk.h"

namespace hotweave {
namespace {

RunResult RunRows(std::initializer_list<size_t> rows) {
  Profile profile;
  for (size_t r : rows) profile.rows.set(r);
  RunOptions options = OptionsFor("run_rows", {});
  options.profile = &profile;
  return RunInput(options, Input{});
}

TEST(Run, ProfileDecidesRows) {
  EXPECT_EQ(RunRows({}).verdict, VerdictKind::Finding);
  EXPECT_NE(RunRows({0}).finding->sentence.find("row 1"), std::string::npos);
  EXPECT_EQ(RunRows({0, 1}).verdict, VerdictKind::Pass);
  EXPECT_EQ(RunRows({0, 1, 2}).verdict, VerdictKind::Finding);
}

TEST(Run, EqualWalksEqualTraces) {
  const RunOptions options = OptionsFor("run_two_words", {});
  std::set<uint64_t> schedules;
  for (int64_t walk = -1; walk < 60; ++walk) {
    Trace first, second;
    const RunResult a = RunWalk(options, walk, &first);
    RunWalk(options, walk + 1);
    const RunResult b = RunWalk(options, walk, &second);
    ASSERT_EQ(a.trace_hash, b.trace_hash);
    ASSERT_EQ(first.events.size(), second.events.size());
    const RunResult untraced = RunWalk(options, walk);
    ASSERT_EQ(untraced.steps, a.steps);
    ASSERT_EQ(untraced.schedule_hash, a.schedule_hash);
    ASSERT_EQ(untraced.trace_hash, 0u);
    schedules.insert(a.schedule_hash);
  }
  EXPECT_GT(schedules.size(), 10u);
}

// The schedule of any execution gives that execution, not only that of a failing one.
TEST(Run, EveryScheduleReplays) {
  const RunOptions options = OptionsFor("run_two_words", {});
  for (int64_t walk = -1; walk < 60; ++walk) {
    Hit hit;
    hit.result = RunWalk(options, walk, &hit.trace, &hit.schedule);
    ExpectReplays(options, hit);
  }
}

// Keys have 16 bits. Schedules tell such tasks apart by a name that the second one gets.
TEST(Run, TasksWhoseNamesHaveOneKeyReplay) {
  ASSERT_EQ(TaskKey("drain"), TaskKey("migration/2"));
  const RunOptions options = OptionsFor("colliding_names", {});
  bool found = false;
  for (int64_t walk = -1; walk < 200; ++walk) {
    Hit hit;
    hit.result = RunWalk(options, walk, &hit.trace, &hit.schedule);
    found |= hit.result.finding.has_value();
    ExpectReplays(options, hit);
    ASSERT_EQ(hit.trace.tasks.size(), 3u);
    EXPECT_EQ(hit.trace.tasks[1].name, "drain");
    EXPECT_EQ(hit.trace.tasks[2].name, "migration/2~2");
    if (HasFailure()) return;
  }
  EXPECT_TRUE(found) << "no walk runs the second task first";
}

// A prefix that never ends is the schedule; one that is empty is the walk; what any of them did replays.
TEST(PrefixWalk, FollowsTheScheduleThenWalks) {
  const Hit stored = ExpectFound("run_order", "assertion");
  const RunOptions order = OptionsFor("run_order", {});
  ASSERT_TRUE(stored.found);
  const Input input = stored.schedule.ToInput();
  Trace all;
  PrefixWalk whole(input, input.records.size() + 1, 1, 0);
  EXPECT_EQ(RunExecution(order, whole, &all).trace_hash, stored.trace.hash);
  std::set<uint64_t> walks;
  for (uint64_t i = 0; i < 60; ++i) {
    for (const size_t prefix : {size_t{0}, input.records.size()}) {
      Hit hit;
      PrefixWalk walk(input, prefix, 1, i);
      hit.result = RunExecution(order, walk, &hit.trace, &hit.schedule);
      ExpectReplays(order, hit);
      if (prefix == 0) walks.insert(hit.result.schedule_hash);
      if (prefix > 0 && !hit.schedule.records.empty()) EXPECT_EQ(hit.schedule.records[0].record, input.records[0]);
    }
  }
  EXPECT_GT(walks.size(), 5u);
}

// Switches wherever it can.
struct Restless : Strategy {
  void Begin(Attention* attention) override { attention->gap = 1; }
  Task* AtPoint(const Point&, std::span<Task* const> others, Attention* attention) override {
    attention->gap = 1;
    return others.front();
  }
  Task* AtBlock(const Point&, std::span<Task* const> others, Attention* attention) override {
    attention->gap = 1;
    return others.front();
  }
  uint32_t Choose(uint32_t, uint32_t) override { return 0; }
};

TEST(Run, ThousandsOfDeparturesReplay) {
  const RunOptions options = OptionsFor("run_long", {});
  Restless restless;
  Trace first, again;
  Schedule schedule;
  RunExecution(options, restless, &first, &schedule);
  EXPECT_GT(schedule.records.size(), 7000u);
  RunInput(options, schedule.ToInput(), &again);
  EXPECT_EQ(again.hash, first.hash);
}

TEST(Run, BudgetEndsAtTheStep) {
  for (uint64_t steps : {1, 2, 5, 9}) {
    const RunResult r = RunWalk(OptionsFor("run_two_words", {.max_steps = steps}), -1);
    EXPECT_EQ(r.verdict, VerdictKind::OutOfBudget);
    EXPECT_EQ(r.steps, steps + 1);
  }
}

Record Preempt(const char* task, Op op, const char* object, uint16_t nth, const char* to) {
  return {schedule_text::NamedKey(op, object), TaskKey(task), nth, Record::kPreempt, TaskKey(to)};
}

TEST(Guided, ARecordTakesEffectAtItsVisitAlone) {
  const RunOptions options = OptionsFor("run_order", {});
  EXPECT_EQ(RunInput(options, Input{}).verdict, VerdictKind::Pass);
  const Hit hit = ExpectFound("run_order", "assertion");
  ASSERT_TRUE(hit.found);
  Input input = hit.schedule.ToInput();
  ASSERT_FALSE(input.records.empty());
  for (Record& r : input.records) r.nth = static_cast<uint16_t>(r.nth + 1000);
  EXPECT_EQ(RunInput(options, input).preemptions, 0u);
}

TEST(Guided, UnmatchedRecordsAreInert) {
  const RunOptions options = OptionsFor("run_two_words", {});
  Trace plain, guided;
  RunInput(options, Input{}, &plain);
  Input input;
  input.records = {Preempt("nobody", Op::Store, "word", 1, "b"),
                   Preempt("a", Op::Store, "no_such_object", 1, "b"), Preempt("a", Op::Store, "word", 0, "b"),
                   Preempt("a", Op::MutexLock, "word", 1, "b")};
  input.choices = {{TaskKey("a"), 1, 5}};
  const RunResult r = RunInput(options, input, &guided);
  EXPECT_EQ(guided.hash, plain.hash);
  EXPECT_EQ(r.preemptions, 0u);
}

TEST(Guided, OrderOfRecordsDoesNotMatter) {
  const RunOptions options = OptionsFor("run_two_words", {});
  for (int64_t walk = 0; walk < 40; ++walk) {
    Trace forwards, backwards;
    Schedule schedule;
    RunWalk(options, walk, nullptr, nullptr);
    RunWalk(options, walk, &forwards, &schedule);
    Input input = schedule.ToInput();
    std::reverse(input.records.begin(), input.records.end());
    RunInput(options, input, &backwards);
    ASSERT_EQ(forwards.hash, backwards.hash);
  }
}

TEST(Guided, AnyBytesAreAnInput) {
  const RunOptions options = OptionsFor("run_two_words", {});
  Random random(7);
  for (int i = 0; i < 500; ++i) {
    std::vector<uint8_t> bytes(random.Below(200));
    for (uint8_t& b : bytes) b = static_cast<uint8_t>(random.Below(256));
    ASSERT_EQ(RunInput(options, DecodeBytes(bytes)).verdict, VerdictKind::Pass);
  }
}

}  // namespace
}  // namespace hotweave
