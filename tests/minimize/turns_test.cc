// SPDX-License-Identifier: GPL-2.0-only OR MIT
// Turns: departures where a task cannot go on. They cost nothing if the interleaving is shorter for them, and tasks that stay at
// it (fuzz/stay.h) are how they are found. The executions are those of story 1H: memtrace waits for drains, and the default runs
// the user meanwhile.
#include <gtest/gtest.h>

#include <fstream>
#include <sstream>

#include "crasher_helper.h"
#include "fuzz/explain.h"
#include "fuzz/minimize.h"
#include "fuzz/minimizer.h"
#include "fuzz/points.h"
#include "fuzz/stay.h"
#include "report/segments.h"

namespace hotweave {
namespace {

const char* const kSpec = "memtrace_vs_sysfs@S1-E";

Subject& TheSubject() {
  static Subject subject(kSpec, false, LockdepRules::Off);
  return subject;
}

Schedule Stored(const std::string& name) {
  std::ifstream in(HOTWEAVE_SOURCE_DIR "/corpus/" + name + ".sched");
  std::stringstream text;
  text << in.rdbuf();
  Schedule schedule;
  ParseError error;
  EXPECT_TRUE(ParseSchedule(text.str(), &schedule, &error)) << error.message;
  return schedule;
}

// The interleaving of the story with what the default does beside: user runs while memtrace waits for a drain, too.
Input WithoutTurns() {
  Schedule schedule;
  ParseError error;
  EXPECT_TRUE(ParseSchedule("hotweave-schedule 1\ntarget: memtrace_vs_sysfs\n"
                            "preempt user at mutex_trylock:device_hotplug_lock+0x0 #1 to kworker/0:0\n"
                            "preempt memtrace at mutex_lock:device_hotplug_lock+0x0 #1 to user\n",
                            &schedule, &error))
      << error.message;
  return schedule.ToInput();
}

const Minimized& Result() {
  static const Minimized result = Minimize(TheSubject().options, WithoutTurns(), {.effort = 20, .may_go_on = {}});
  return result;
}

size_t SegmentsIn(const Trace& trace, const RunResult& r) { return SegmentsOf(trace, r.finding ? &*r.finding : nullptr).size(); }

std::string Stayed(const Input& input, const char* first, Schedule* schedule = nullptr) {
  Stay stay(input, {.parties = {TaskKey("memtrace"), TaskKey("user")}, .first = TaskKey(first)});
  Trace trace;
  RunExecution(TheSubject().options, stay, &trace, schedule);
  return DescribeSegments(trace, nullptr);
}

NamedRecord Named(const char* op, uint16_t nth, const char* to) {
  NamedRecord r;
  r.op = op;
  r.record.nth = nth;
  r.to = to;
  return r;
}

TEST(Turns, AreDeparturesOfATaskThatCannotGoOn) {
  EXPECT_TRUE(IsTurn(Named("blocked", 1, "user")));
  EXPECT_TRUE(IsTurn(Named("exit", 2, "user")));        // it has ended
  EXPECT_FALSE(IsTurn(Named("exit", 1, "user")));       // it is about to
  EXPECT_FALSE(IsTurn(Named("blocked", 1, "clock")));   // time passes early
  EXPECT_FALSE(IsTurn(Named("mutex_lock", 1, "user")));
  EXPECT_FALSE(IsTurn(Named("yield", 1, "user")));
}

TEST(Staying, ATaskThatWaitsForAWorkerGoesOnBeforeTheOthers) {
  Trace trace;
  RunInput(TheSubject().options, {}, &trace);
  EXPECT_GT(SegmentsOf(trace, nullptr).size(), 2u) << DescribeSegments(trace, nullptr);
  EXPECT_EQ(Stayed({}, "memtrace"), "2 segments: memtrace, user");
}

TEST(Staying, TheOneThatIsAskedForBegins) { EXPECT_EQ(Stayed({}, "user"), "2 segments: user, memtrace"); }

// The input says who begins; who is asked for comes when that one is through.
TEST(Staying, WhoeverHasBegunGoesOn) {
  Schedule schedule;
  Stayed({}, "user", &schedule);
  Input begins;
  begins.records = {schedule.records.at(0).record};
  EXPECT_EQ(Stayed(begins, "memtrace"), "2 segments: user, memtrace");
}

TEST(Minimized, TakesATurnForFewerSegments) {
  Trace trace;
  const RunResult before = RunInput(TheSubject().options, WithoutTurns(), &trace);
  ASSERT_TRUE(before.finding);
  EXPECT_GT(SegmentsIn(trace, before), 3u);
  const Confirmed& c = Result().confirmed;
  EXPECT_EQ(SegmentsOf(c.trace, &c.finding).size(), 3u);
  EXPECT_GT(TurnsOf(c.schedule), 0u);
  EXPECT_LE(c.schedule.records.size() - TurnsOf(c.schedule), Result().preemptions_before);
}

// As `1-minimal` promises, counted here anew.
TEST(Minimized, NoPreemptionCanBeLeftOutAndNoTurnForNothing) {
  ASSERT_TRUE(Result().one_minimal);
  const Confirmed& c = Result().confirmed;
  const size_t segments = SegmentsOf(c.trace, &c.finding).size();
  NeededTurns needed;
  for (size_t i = 0; i < c.schedule.records.size(); ++i) {
    Input input = c.schedule.ToInput();
    input.records.erase(input.records.begin() + static_cast<long>(i));
    Trace trace;
    const RunResult r = RunInput(TheSubject().options, input, &trace);
    const bool same = r.finding && r.finding->fingerprint == c.finding.fingerprint;
    if (!IsTurn(c.schedule.records[i])) {
      EXPECT_FALSE(same);
    } else if (same) {
      EXPECT_GT(SegmentsIn(trace, r), segments);
      ++needed.longer;
    } else {
      ++needed.lost;
    }
  }
  EXPECT_EQ(needed.lost, Result().turns.lost);
  EXPECT_EQ(needed.longer, Result().turns.longer);
}

// The result, with turns wherever tasks stay at it: more than it needs.
std::optional<Attempt> WithIdleTurns() {
  const Confirmed& c = Result().confirmed;
  for (const char* first : {"memtrace", "user"}) {
    Stay stay(c.schedule.ToInput(), {.parties = {TaskKey("memtrace"), TaskKey("user")}, .first = TaskKey(first)});
    Attempt a;
    a.result = RunExecution(TheSubject().options, stay, &a.trace, &a.schedule);
    if (!a.result.finding || a.result.finding->fingerprint != c.finding.fingerprint) continue;
    if (TurnsOf(a.schedule) > TurnsOf(c.schedule) && SegmentsIn(a.trace, a.result) == SegmentsOf(c.trace, &c.finding).size()) return a;
  }
  return {};
}

TEST(Minimized, IdleTurnsAreFoundByTheProof) {
  const std::optional<Attempt> idle = WithIdleTurns();
  ASSERT_TRUE(idle);
  Minimizer with(TheSubject().options, *idle);
  EXPECT_FALSE(with.Prove());
  EXPECT_LT(with.best().departures(), idle->departures());
  Minimizer without(TheSubject().options, RunTraced(TheSubject().options, Result().confirmed.schedule.ToInput()));
  EXPECT_TRUE(without.Prove());
}

// A turn without which the finding takes more segments is no idle decision: R3.3 has such.
TEST(Turns, ExplainSaysWhatTheySave) {
  const Subject subject("ksm_scan_vs_offline@S3-C", false, LockdepRules::Off);
  const Confirmed c = Confirm(subject.options, Stored("ksm_scan_vs_offline/programs/R3.3").ToInput(), false);
  const std::string told = Explain(subject.options, c)[1];
  EXPECT_NE(told.find("fails all the same, in "), told.npos) << told;
  EXPECT_NE(told.find(" segments instead of 3"), told.npos) << told;
  EXPECT_EQ(told.find("not matter"), told.npos) << told;
}

TEST(Minimized, IsTheSameEachTime) {
  const Minimized again = Minimize(TheSubject().options, WithoutTurns(), {.effort = 20, .may_go_on = {}});
  EXPECT_EQ(FormatSchedule(again.confirmed.schedule), FormatSchedule(Result().confirmed.schedule));
  EXPECT_EQ(again.executions, Result().executions);
}

TEST(Minimized, WithLittleEffortIsOneMinimalAllTheSame) {
  const Minimized quick = Minimize(TheSubject().options, WithoutTurns(), {.effort = 2, .may_go_on = {}});
  EXPECT_TRUE(quick.one_minimal);
  EXPECT_LT(quick.executions, Result().executions / 2);
  EXPECT_EQ(quick.confirmed.finding.fingerprint, Result().confirmed.finding.fingerprint);
}

}  // namespace
}  // namespace hotweave
