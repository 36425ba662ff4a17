// SPDX-License-Identifier: GPL-2.0-only OR MIT
// The reduction loses nothing: small programs are explored with it and without, at each bound and without one, and must end
// in the same final states, verdicts and findings. Programs are drawn from seeds (programs.h).
#include <fmt/format.h>
#include <gtest/gtest.h>

#include <cstdlib>
#include <cstring>

#include "explore_helper.h"

namespace hotweave {
namespace {

constexpr uint64_t kMostRuns = 12'000;   // a program whose enumeration takes more is left out

struct Tally {
  uint64_t compared = 0, left_out = 0, with_findings = 0;
  uint64_t reduced = 0, unreduced = 0;   // executions
};

std::string Difference(const Explored& reduced, const Explored& full) {
  std::string out;
  for (const auto& [name, n] : full.ends) {
    if (!reduced.ends.count(name)) out += fmt::format(" lost {} ({} of the unreduced executions)", name, n);
  }
  for (const auto& [name, n] : reduced.ends) {
    if (!full.ends.count(name)) out += " invented " + name;
  }
  return out;
}

// One program at one bound (-1: none). A limit reached without reduction says nothing.
void Compare(uint64_t seed, int bound, bool races, Tally* tally) {
  const Explored full = ExploreAll("explore_program", {.reduction = false, .bound = bound, .races = races, .runs = kMostRuns});
  if (full.result.end == ExploreEnd::Runs || full.ends.count("limit")) {
    ++tally->left_out;
    return;
  }
  const Explored reduced = ExploreAll("explore_program", {.bound = bound, .races = races});
  ++tally->compared;
  tally->with_findings += !full.result.findings.empty();
  tally->reduced += reduced.result.bounds.back().executions;
  tally->unreduced += full.result.bounds.back().executions;
  if (std::getenv("HOTWEAVE_EXPLORE_SEEDS")) {
    fmt::print("seed {} bound {}: {} executions of {}\n", seed, bound, reduced.result.bounds.back().executions,
               full.result.bounds.back().executions);
    for (const auto& [name, n] : full.ends) fmt::print("  full {} {}\n", name, n);
    for (const auto& [name, n] : reduced.ends) fmt::print("  reduced {} {}\n", name, n);
  }
  EXPECT_EQ(Difference(reduced, full), "") << "seed " << seed << " bound " << bound << " races " << races << ": "
      << reduced.result.bounds.back().executions << " executions of " << full.result.bounds.back().executions;
  EXPECT_TRUE(full.result.bounds.back().complete && reduced.result.bounds.back().complete);
}

Tally CompareSeeds(uint64_t first, uint64_t last, int most_bound) {
  Tally tally;
  for (uint64_t seed = first; seed < last; ++seed) {
    const explore_program program = ProgramOf(seed);
    SetProgram(program);
    const testing::ScopedTrace trace(__FILE__, __LINE__, Describe(program));
    for (int bound = -1; bound <= most_bound; ++bound) Compare(seed, bound, seed % 4 == 0, &tally);
  }
  fmt::print("{} comparisons, {} left out, {} with findings; {} executions instead of {}\n", tally.compared, tally.left_out,
             tally.with_findings, tally.reduced, tally.unreduced);
  return tally;
}

TEST(Random, ReductionLosesNothing) {
  const Tally tally = CompareSeeds(0, 40, 2);
  EXPECT_GT(tally.compared, 80u);
  EXPECT_GT(tally.with_findings, 10u);
  EXPECT_LT(tally.reduced * 2, tally.unreduced);
}

// HOTWEAVE_EXPLORE_SEEDS=FIRST:LAST: others.
TEST(RandomLong, ReductionLosesNothing) {
  uint64_t first = 40, last = 400;
  if (const char* seeds = std::getenv("HOTWEAVE_EXPLORE_SEEDS")) {
    first = std::strtoull(seeds, nullptr, 10);
    if (const char* colon = std::strchr(seeds, ':')) last = std::strtoull(colon + 1, nullptr, 10);
  }
  CompareSeeds(first, last, 3);
}

}  // namespace
}  // namespace hotweave
