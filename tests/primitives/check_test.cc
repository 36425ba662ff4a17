// SPDX-License-Identifier: GPL-2.0-only OR MIT
// Assertions, reference counts, invariants, choices and budgets. The targets are in check_target.cc.
#include "../support/search.h"

namespace hotweave {
namespace {

TEST(Assertion, BugAndWarn) {
  ExpectFoundAtOnce("check_bug", "assertion", "assertion:hotweave_target_check_bug");
  ExpectFoundAtOnce("check_warn", "assertion", "assertion:hotweave_target_check_warn");
  const Hit hit = ExpectFoundAtOnce("check_warn_text", "assertion");
  ASSERT_TRUE(hit.found);
  EXPECT_NE(hit.result.finding->sentence.find("zone 3"), std::string::npos) << hit.result.finding->sentence;
  ExpectSilent("check_holds");
}

TEST(Assertion, Refcount) {
  ExpectFoundAtOnce("check_refcount_underflow", "refcount");
  ExpectFoundAtOnce("check_refcount_revived", "refcount");
  ExpectSilent("check_refcount_good");
}

TEST(Invariant, LostUpdate) {
  const Hit hit =
      ExpectFound("invariant_lost_update", "lost-update", "lost-update:adds,adds", {.races = false});
  EXPECT_GE(hit.walk, 0) << "the sequential execution loses nothing";
  ASSERT_TRUE(hit.found);
  ASSERT_EQ(hit.result.finding->sites.size(), 3u);
  const auto event = [&](size_t site) { return hit.trace.events[hit.result.finding->sites[site].event]; };
  const Event stale = event(0), load = event(1), update = event(2);
  EXPECT_EQ(load.task, stale.task);
  EXPECT_NE(load.task, update.task);
  EXPECT_EQ(load.old_value, 0u);
  EXPECT_EQ(update.new_value, 1u);
  EXPECT_EQ(stale.old_value, 1u) << "what it overwrites";
  EXPECT_EQ(stale.new_value, 1u);
  ExpectFound("invariant_lost_update", "data-race", "data-race:adds,adds");
  ExpectSilentThoughContended("invariant_locked");
}

TEST(Invariant, WithoutALostUpdateItIsJustBroken) {
  for (const char* t : {"invariant_plainly_wrong", "invariant_other_place"}) {
    const RunOptions options = OptionsFor(t, {.races = false});
    for (int64_t walk = -1; walk < 200; ++walk) {
      Trace trace;
      const RunResult r = RunWalk(options, walk, &trace);
      ASSERT_TRUE(r.finding);
      ASSERT_EQ(r.finding->kind, Kind::Invariant) << t << ", walk " << walk << ": " << Show(r);
    }
  }
}

TEST(Choose, DefaultAndRange) {
  EXPECT_EQ(RunWalk(OptionsFor("choose_zero", {}), -1).verdict, VerdictKind::Pass);
  ExpectSilent("choose_in_range");
}

TEST(Choose, IsPartOfTheSchedule) {
  const Hit hit = ExpectFound("choose_three", "assertion");
  EXPECT_GE(hit.walk, 0);
  EXPECT_EQ(hit.schedule.choices.size(), 2u);
}

TEST(Choose, StreamsDoNotDependOnTheSchedule) {
  const RunOptions options = OptionsFor("choose_streams", {});
  Input input;
  for (uint16_t i = 0; i < 3; ++i) {
    input.choices.push_back({TaskKey("first"), static_cast<uint16_t>(i + 1), static_cast<uint16_t>(i + 1)});
    input.choices.push_back({TaskKey("second"), static_cast<uint16_t>(i + 1), static_cast<uint16_t>(i + 4)});
  }
  std::set<uint64_t> schedules;
  for (int64_t walk = -1; walk < 50; ++walk) {
    // The departures of a random walk with the choices of our own.
    Trace trace;
    Schedule schedule;
    RunWalk(options, walk, &trace, &schedule);
    Input mixed = schedule.ToInput();
    mixed.choices = input.choices;
    const RunResult r = RunInput(options, mixed);
    ASSERT_TRUE(r.finding) << "walk " << walk;
    schedules.insert(r.schedule_hash);
  }
  EXPECT_GT(schedules.size(), 10u);
}

TEST(Budget, IsNoFinding) {
  const RunResult steps = RunWalk(OptionsFor("budget_steps", {}), -1);
  EXPECT_EQ(steps.verdict, VerdictKind::OutOfBudget);
  EXPECT_STREQ(steps.budget_reason, "too many scheduling points");
  EXPECT_EQ(steps.steps, 20'001u);
  const RunResult tasks = RunWalk(OptionsFor("budget_tasks", {}), -1);
  EXPECT_EQ(tasks.verdict, VerdictKind::OutOfBudget);
  EXPECT_STREQ(tasks.budget_reason, "too many tasks");
}

}  // namespace
}  // namespace hotweave
