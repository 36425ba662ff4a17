// SPDX-License-Identifier: GPL-2.0-only OR MIT
// The random strategies: each execution is a function of seed and number, every finding replays, no strategy starves what
// others wait for; and the default one finds bugs of three tasks from twenty seeds.
#include "../support/search.h"
#include "strategy/choices.h"
#include "strategy/portfolio.h"

namespace hotweave {
namespace {

Learned LearnedOf(const RunOptions& options) {
  Counting counting;
  RunExecution(options, counting);
  return counting.learned();
}

RunResult RunNth(const std::string& name, const RunOptions& options, const Learned& learned, uint64_t seed, uint64_t i,
                 Trace* trace = nullptr, Schedule* schedule = nullptr) {
  return RunExecution(options, *MakeStrategy(name, learned, seed, i), trace, schedule);
}

class Strategies : public testing::TestWithParam<std::string> {};

TEST_P(Strategies, SameNumberSameExecution) {
  const RunOptions options = OptionsFor("deep_flag_and_chain", {.lockdep = LockdepRules::Off});
  const Learned learned = LearnedOf(options);
  EXPECT_GT(learned.syncs, 100u);
  EXPECT_GT(learned.steps, learned.syncs);
  EXPECT_EQ(learned.steps, LearnedOf(options).steps);
  std::set<uint64_t> hashes;
  for (uint64_t i = 0; i < 64; ++i) {
    const RunResult first = RunNth(GetParam(), options, learned, 3, i);
    RunNth(GetParam(), options, learned, 4, i);
    const RunResult again = RunNth(GetParam(), options, learned, 3, i);
    EXPECT_EQ(first.schedule_hash, again.schedule_hash) << i;
    EXPECT_EQ(first.steps, again.steps) << i;
    hashes.insert(first.schedule_hash);
  }
  EXPECT_GT(hashes.size(), 40u) << "executions with different numbers are alike";
}

TEST_P(Strategies, FindingsReplay) {
  const RunOptions options = OptionsFor("deep_lost_reference", {.races = false});
  const RunOptions locks = OptionsFor("deep_reader_behind_writer", {.races = false, .lockdep = LockdepRules::Off});
  int found = 0;
  for (const RunOptions& o : {options, locks}) {
    const Learned learned = LearnedOf(o);
    for (uint64_t i = 0; i < 3000 && found < 8; ++i) {
      const RunResult quick = RunNth(GetParam(), o, learned, 1, i);
      if (!quick.finding) continue;
      Hit hit;
      hit.result = RunNth(GetParam(), o, learned, 1, i, &hit.trace, &hit.schedule);
      ASSERT_TRUE(hit.result.finding) << "found without a trace only: " << i;
      EXPECT_EQ(hit.result.finding->fingerprint, quick.finding->fingerprint);
      ExpectReplays(o, hit);
      ++found;
    }
  }
  EXPECT_GT(found, 0);
}

TEST_P(Strategies, LoopsThatWaitAreNotStarved) {
  const RunOptions options = OptionsFor("deep_waiting_loops", {});
  const Learned learned = LearnedOf(options);
  for (uint64_t i = 0; i < 400; ++i) {
    const RunResult r = RunNth(GetParam(), options, learned, 1, i);
    ASSERT_EQ(r.verdict, VerdictKind::Pass) << GetParam() << " " << i << ": " << Show(r);
  }
}
INSTANTIATE_TEST_SUITE_P(Random, Strategies, testing::ValuesIn(RandomStrategies()),
                         [](const testing::TestParamInfo<std::string>& info) { return info.param; });

// Three tasks, up to five segments, some hundreds of scheduling points: from each of twenty seeds.
class DefaultStrategy : public testing::TestWithParam<std::pair<const char*, uint64_t>> {};

TEST_P(DefaultStrategy, FindsFromTwentySeeds) {
  const auto [target, bound] = GetParam();
  const RunOptions options = OptionsFor(target, {.races = false, .lockdep = LockdepRules::Off});
  const Learned learned = LearnedOf(options);
  uint64_t worst = 0;
  for (uint64_t seed = 1; seed <= 20; ++seed) {
    uint64_t i = 0;
    while (i < bound && !RunNth(kDefaultStrategy, options, learned, seed, i).finding) ++i;
    EXPECT_LT(i, bound) << target << " from seed " << seed;
    worst = std::max(worst, i + 1);
  }
  std::printf("%s: at most %llu executions\n", target, static_cast<unsigned long long>(worst));
}
INSTANTIATE_TEST_SUITE_P(Deep, DefaultStrategy,
                         testing::Values(std::pair("deep_reader_behind_writer", uint64_t{200}),
                                         std::pair("deep_three_mutexes", uint64_t{1000}),
                                         std::pair("deep_flag_and_chain", uint64_t{500}),
                                         std::pair("deep_hand_over", uint64_t{10'000}),
                                         std::pair("deep_lost_reference", uint64_t{2000}),
                                         std::pair("deep_choices", uint64_t{20'000})),
                         [](const auto& info) { return std::string(info.param.first); });

// What one strategy alone does not find in that time.
TEST(DefaultStrategyLong, FindsShortWindowsFromTwentySeeds) {
  const RunOptions options = OptionsFor("deep_short_windows", {.races = false, .lockdep = LockdepRules::Off});
  const Learned learned = LearnedOf(options);
  for (uint64_t seed = 1; seed <= 20; ++seed) {
    uint64_t i = 0;
    while (i < 60'000 && !RunNth(kDefaultStrategy, options, learned, seed, i).finding) ++i;
    EXPECT_LT(i, 60'000u) << seed;
  }
}

TEST(Choices, SwarmTakesFewOfMany) {
  bool few = false, ordinary = false, all = false;
  for (uint64_t seed = 0; seed < 64; ++seed) {
    Random random(seed);
    Choices choices;
    choices.Begin(&random);
    std::set<uint32_t> values;
    for (int i = 0; i < 400; ++i) values.insert(choices.Draw(24));
    ASSERT_LT(*values.rbegin(), 24u);
    ordinary |= values.size() == 1;
    few |= values.size() > 2 && values.size() < 16;
    all |= values.size() == 24;
  }
  EXPECT_TRUE(few);
  EXPECT_TRUE(ordinary);
  EXPECT_TRUE(all);
}

}  // namespace
}  // namespace hotweave
