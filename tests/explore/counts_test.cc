// SPDX-License-Identifier: GPL-2.0-only OR MIT
// How many executions small programs take, with the reasons. small_target.cc has the programs.
#include <fmt/format.h>
#include <gtest/gtest.h>

#include "explore_helper.h"

namespace hotweave {
namespace {

// Executions to the end of a search without a bound; those that were given up are not counted.
uint64_t Traces(const std::string& target) {
  const Explored e = ExploreAll(target, {});
  EXPECT_TRUE(e.result.bounds.back().complete) << target;
  return e.result.bounds.back().executions - e.result.bounds.back().cut;
}

ExploredBound AtBound(const std::string& target, int bound, bool reduction) {
  const Explored e = ExploreAll(target, {.reduction = reduction, .bound = bound});
  EXPECT_TRUE(e.result.bounds.back().complete) << target;
  return e.result.bounds.back();
}

// Steps of different tasks on different variables may change places, so all schedules are one.
TEST(Counts, WritersOfTheirOwn) {
  EXPECT_EQ(Traces("own_2"), 1u);
  EXPECT_EQ(Traces("own_3"), 1u);
}

// The order of n writes to one variable matters: n!.
TEST(Counts, WritersOfOneVariable) {
  EXPECT_EQ(Traces("same_2"), 2u);
  EXPECT_EQ(Traces("same_3"), 6u);
}

// Reads do not depend on each other; each of two reads comes before the write or behind it: 2 * 2.
TEST(Counts, Readers) {
  EXPECT_EQ(Traces("readers_3"), 1u);
  EXPECT_EQ(Traces("writer_reader_reader"), 4u);
}

// Two tasks, each reads and then writes one variable: r1 w1 r2 w2. Of the six orders of the four accesses, r1 r2 w1 w2 and
// r2 r1 w1 w2 are one, and so are r1 r2 w2 w1 and r2 r1 w2 w1: 4. In two of them no update is lost, and those pass; the others
// end in the same finding.
TEST(Counts, LostUpdate) {
  const Explored e = ExploreAll("lost_update", {});
  EXPECT_EQ(e.result.bounds.back().executions - e.result.bounds.back().cut, 4u);
  ASSERT_EQ(e.result.findings.size(), 1u);
  EXPECT_EQ(e.result.findings[0].count, 2u);
}

// Each of two tasks draws one of three values: 3 * 3.
TEST(Counts, Choices) { EXPECT_EQ(Traces("choices_2"), 9u); }

// What is found does not depend on how one looks for it: a deadlock of two mutexes takes one preemption.
TEST(Counts, Deadlock) {
  EXPECT_EQ(ExploreAll("abba_2", {.bound = 0}).result.findings.size(), 0u);
  const Explored one = ExploreAll("abba_2", {.bound = 1});
  ASSERT_EQ(one.result.findings.size(), 1u);
  EXPECT_EQ(one.result.findings[0].fingerprint.substr(0, 8), "deadlock");
  EXPECT_EQ(one.result.findings[0].bound, 1u);
  EXPECT_EQ(ExploreAll("abba_2", {}).result.findings.size(), 1u);
}

// Two critical sections of a mutex: in either order the second task asks for the mutex after the first one has given it up,
// or before (and waits): 2 * 2.
TEST(Counts, Mutex) { EXPECT_EQ(Traces("locked_2"), 4u); }

// The one completes before the other waits, or while it waits.
TEST(Counts, Completion) { EXPECT_EQ(Traces("completion_2"), 2u); }

// Each bound holds all schedules of the one before; the reduction never adds any.
TEST(Counts, Bounds) {
  for (const char* target : {"own_2", "same_2", "own_3", "same_3", "lost_update", "locked_2", "completion_2", "abba_2"}) {
    uint64_t before = 0;
    for (int bound = 0; bound <= 2; ++bound) {
      const ExploredBound full = AtBound(target, bound, false), reduced = AtBound(target, bound, true);
      EXPECT_LE(reduced.executions, full.executions) << target << bound;
      EXPECT_GT(full.executions, before) << target << bound;
      before = full.executions;
    }
  }
}

}  // namespace
}  // namespace hotweave
