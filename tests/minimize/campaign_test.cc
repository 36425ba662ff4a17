// SPDX-License-Identifier: GPL-2.0-only OR MIT
// Random crashers, as walks find them and of whatever finding, are minimized: each keeps its fingerprint, ends 1-minimal, and
// nothing is nondeterministic (that would end the process with status 70).
#include <gtest/gtest.h>

#include <cstdio>
#include <ctime>
#include <set>
#include <string>
#include <vector>

#include "crasher_helper.h"
#include "fuzz/minimize.h"

namespace hotweave {
namespace {

constexpr const char* kSpecs[] = {
#define STORY(id, spec, races, kind, told, segments, why) spec,
#include "stories.def"
#undef STORY
};

// Walks that are looked at before another spec has its turn.
constexpr uint64_t kPatience = 150;

// Of most crashers, deletion goes on until nothing can be taken away, and that is proven; what is shorter is searched for with
// little effort, so that a thousand take minutes.
constexpr uint32_t kEffort = 2;   // percent

struct Campaign {
  size_t crashers = 0, one_minimal = 0, departures = 0, left = 0;
  uint64_t executions = 0;
  double slowest = 0;
  std::string slowest_spec;
  std::set<std::string> fingerprints;
};

void MinimizeOne(const Subject& subject, const std::string& spec, const Attempt& crasher, uint32_t effort, Campaign* c) {
  const std::clock_t start = std::clock();
  const Minimized m = Minimize(subject.options, crasher.schedule.ToInput(), {.effort = effort, .may_go_on = {}});
  const double took = static_cast<double>(std::clock() - start) / CLOCKS_PER_SEC;
  const std::string& fingerprint = crasher.result.finding->fingerprint;
  ASSERT_EQ(m.confirmed.finding.fingerprint, fingerprint) << spec;
  ASSERT_EQ(m.confirmed.replayed, kReplays) << spec;
  ASSERT_TRUE(m.one_minimal) << spec;
  const size_t left = m.confirmed.schedule.records.size() + m.confirmed.schedule.choices.size();
  ++c->crashers;
  c->one_minimal += m.one_minimal;
  c->departures += crasher.departures();
  c->left += left;
  c->executions += m.executions;
  c->fingerprints.insert(fingerprint);
  if (took > c->slowest) {
    c->slowest = took;
    c->slowest_spec = spec;
  }
}

void Show(const Campaign& c) {
  std::printf("%zu crashers with %zu fingerprints: %zu departures came down to %zu (%zu crashers proven 1-minimal) in %llu executions; the slowest took %.1f s (%s)\n",
              c.crashers, c.fingerprints.size(), c.departures, c.left, c.one_minimal, static_cast<unsigned long long>(c.executions), c.slowest,
              c.slowest_spec.c_str());
  std::fflush(stdout);
}

// Specs take turns, with and without races, sparse and dense walks.
Campaign MinimizeMany(size_t crashers, uint32_t effort, uint64_t first_walk, size_t first_turn = 0) {
  Campaign c;
  std::vector<uint64_t> next(std::size(kSpecs) * 4, first_walk);
  for (size_t turn = first_turn; c.crashers < crashers && !testing::Test::HasFatalFailure(); ++turn) {
    const size_t i = turn % std::size(kSpecs), mode = turn / std::size(kSpecs) % 4;
    const Subject subject(kSpecs[i], mode % 2 == 1, LockdepRules::Off);
    uint64_t& at = next[i * 4 + mode];
    const auto crasher = FindCrasher(subject, {.kind = "", .dense = mode >= 2, .first = at, .most = at + kPatience});
    at = crasher ? crasher->walk + 1 : at + kPatience;
    if (crasher) MinimizeOne(subject, kSpecs[i], crasher->attempt, effort, &c);
    if (crasher && c.crashers % 10 == 0) Show(c);
  }
  Show(c);
  return c;
}

// In four parts, each with other specs, and one with each sort of walk.
class RandomCrashers : public testing::TestWithParam<size_t> {};

TEST_P(RandomCrashers, KeepTheirFingerprints) {
  const size_t specs = std::size(kSpecs);
  EXPECT_EQ(MinimizeMany(6, kEffort, 0, GetParam() * (specs + specs / 4)).crashers, 6u);
}

INSTANTIATE_TEST_SUITE_P(Parts, RandomCrashers, testing::Range(size_t{0}, size_t{4}));

// (That crashers of stories do is asked by stories_test.cc.)
TEST(RandomCrashersLong, End1Minimal) {
  const Campaign c = MinimizeMany(20, 100, 0);
  EXPECT_EQ(c.one_minimal, 20u);
}

// A thousand in ten parts, of different walks.
class ThousandCrashersLong : public testing::TestWithParam<uint64_t> {};

TEST_P(ThousandCrashersLong, KeepTheirFingerprints) { EXPECT_EQ(MinimizeMany(100, kEffort, 1000 * GetParam()).crashers, 100u); }

INSTANTIATE_TEST_SUITE_P(Parts, ThousandCrashersLong, testing::Range(uint64_t{0}, uint64_t{10}));

}  // namespace
}  // namespace hotweave
