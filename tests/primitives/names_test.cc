// SPDX-License-Identifier: GPL-2.0-only OR MIT
// Names and limits of records, and faults in the C library on behalf of a target.
#include <gtest/gtest.h>

#include <set>

#include <hotweave/run.h>

#include "core/trace.h"
#include "strategy/random_walk.h"

namespace hotweave {
namespace {

RunOptions OptionsOf(const char* target) {
  RunOptions o;
  o.target = FindTarget(target);
  return o;
}

TEST(Names, SmallGlobalsThatShareAWordHaveTheirOwnRecords) {
  Trace trace;
  RunInput(OptionsOf("small_globals"), Input{}, &trace);
  std::set<std::string> written;
  for (const Event& e : trace.events) {
    if (e.op != Op::Write || e.object == Event::kNone || !trace.objects[e.object].name.starts_with("small_")) continue;
    written.insert(trace.objects[e.object].name);
    EXPECT_EQ(e.nth, 1u) << "another variable was counted together with " << trace.objects[e.object].name;
  }
  EXPECT_EQ(written.size(), 4u);
}

TEST(Names, ChoicesStayWithinWhatARecordHolds) {
  for (uint64_t i = 0; i < 64; ++i) {
    RandomWalk walk(7, i);
    Trace trace;
    Schedule schedule;
    const RunResult a = RunExecution(OptionsOf("huge_choice"), walk, &trace, &schedule);
    const RunResult b = RunInput(OptionsOf("huge_choice"), schedule.ToInput(), &trace);
    EXPECT_EQ(a.trace_hash, b.trace_hash);
  }
}

TEST(Names, AWildPointerGivenToMemcpyIsAFinding) {
  const RunResult r = RunInput(OptionsOf("copy_to_nowhere"), Input{});
  ASSERT_TRUE(r.finding);
  EXPECT_EQ(r.finding->kind, Kind::WildAccess);
}

}  // namespace
}  // namespace hotweave
