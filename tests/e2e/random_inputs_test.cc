// SPDX-License-Identifier: GPL-2.0-only OR MIT
// Every byte string is an input: random bytes, and mutated encodings of real schedules (whose records match
// something), run against every target under every profile without a fault of the engine. A fault leaves the
// process (exit 70, or a sanitizer's report), so this test is worth most in the asan and ubsan builds.
#include <gtest/gtest.h>

#include <algorithm>
#include <cstdio>
#include <map>

#include <hotweave/run.h>

#include "core/trace.h"
#include "fuzz/confirm.h"
#include "strategy/random.h"
#include "strategy/random_walk.h"

namespace hotweave {
namespace {

constexpr uint64_t kSeed = 0x686f74776561;   // any; the inputs are the same everywhere
constexpr size_t kMaxBytes = 4096;
constexpr uint64_t kConfirmEvery = 512;      // every so many inputs a finding is replayed as a campaign would

struct Setting {
  const hotweave_target* target;
  std::vector<Profile> profiles;
};

// Every target with every profile of the program's history.
std::vector<Setting> Settings() {
  std::vector<Setting> out;
  for (const hotweave_target* t : Targets()) {
    Setting s{t, {}};
    const hotweave_history* h = History();
    for (unsigned i = 0; h && i < h->nr_profiles; ++i) {
      const hotweave_target* again;
      std::string error;
      s.profiles.emplace_back();
      EXPECT_TRUE(ParseTarget(std::string(t->name) + "@" + h->profiles[i].name, &again, &s.profiles.back(), &error));
    }
    out.push_back(std::move(s));
  }
  return out;
}

std::vector<uint8_t> RandomBytes(Random* random) {
  // Short ones as often as long ones.
  const uint32_t limit = 1 + random->Below(kMaxBytes + 1);
  std::vector<uint8_t> bytes(random->Below(limit));
  for (uint8_t& b : bytes) b = static_cast<uint8_t>(random->Next() >> 56);
  return bytes;
}

// The departures of a random walk, as a campaign would store them.
std::vector<uint8_t> RealSchedule(const RunOptions& options, Random* random) {
  RandomWalk walk(random->Next(), 0);
  Trace trace;
  Schedule schedule;
  RunExecution(options, walk, &trace, &schedule);
  return EncodeBytes(schedule.ToInput());
}

void MutateOnce(std::vector<uint8_t>* bytes, Random* random) {
  if (bytes->empty()) {
    bytes->push_back(static_cast<uint8_t>(random->Next()));
    return;
  }
  const uint32_t at = random->Below(static_cast<uint32_t>(bytes->size()));
  const long from = static_cast<long>(at & ~7u);
  switch (random->Below(5)) {
    case 0: (*bytes)[at] ^= static_cast<uint8_t>(1u << random->Below(8)); break;
    case 1: (*bytes)[at] = static_cast<uint8_t>(random->Next()); break;
    case 2: bytes->resize(at); break;
    case 3: bytes->insert(bytes->end(), bytes->begin() + from, bytes->end()); break;
    case 4: bytes->erase(bytes->begin() + from, bytes->begin() + static_cast<long>(std::min<size_t>(at + 8, bytes->size())));
  }
}

// Schedules of the target for mutation; renewed now and then, because tracing is slow.
class Pool {
 public:
  std::vector<uint8_t> Draw(const RunOptions& options, Random* random) {
    constexpr uint32_t kKept = 32;
    if (schedules_.size() < kKept) {
      schedules_.push_back(RealSchedule(options, random));
    } else if (random->Below(64) == 0) {
      schedules_[random->Below(kKept)] = RealSchedule(options, random);
    }
    std::vector<uint8_t> bytes = schedules_[random->Below(static_cast<uint32_t>(schedules_.size()))];
    for (uint32_t n = random->Below(6); n > 0; --n) MutateOnce(&bytes, random);
    if (bytes.size() > kMaxBytes) bytes.resize(kMaxBytes);
    return bytes;
  }

 private:
  std::vector<std::vector<uint8_t>> schedules_;
};

struct Tally {
  uint64_t executions = 0, findings = 0, preemptions = 0, out_of_budget = 0, confirmed = 0;
  std::map<std::string, uint64_t> kinds;
};

void RunOne(const RunOptions& options, const std::vector<uint8_t>& bytes, bool confirm, Tally* tally) {
  const Input input = DecodeBytes(bytes);
  const RunResult r = RunInput(options, input);
  ++tally->executions;
  tally->preemptions += r.preemptions;
  tally->out_of_budget += r.verdict == VerdictKind::OutOfBudget;
  ASSERT_NE(r.verdict, VerdictKind::InternalError);
  ASSERT_EQ(r.finding.has_value(), r.verdict == VerdictKind::Finding);
  if (!r.finding) return;
  ++tally->findings;
  ++tally->kinds[std::string(KindName(r.finding->kind))];
  if (!confirm) return;
  ++tally->confirmed;
  ASSERT_EQ(Confirm(options, input, false).replayed, kReplays);   // a divergence is exit 70
}

// Inputs number first … first + count - 1, against the targets in turn.
void RunInputs(uint64_t first, uint64_t count) {
  const std::vector<Setting> settings = Settings();
  std::vector<Pool> pools(settings.size());
  Tally tally;
  for (uint64_t i = first; i < first + count; ++i) {
    const size_t t = i % settings.size();
    const uint64_t n = i / settings.size();   // of this target
    Random random(MixSeed(kSeed + t, i));
    RunOptions options;
    options.target = settings[t].target;
    if (!settings[t].profiles.empty()) options.profile = &settings[t].profiles[n / 4 % settings[t].profiles.size()];
    options.race_detection = n & 1;
    options.max_steps = 100'000;
    const std::vector<uint8_t> bytes = n & 2 ? pools[t].Draw(options, &random) : RandomBytes(&random);
    RunOne(options, bytes, n % kConfirmEvery < 4, &tally);
    if (testing::Test::HasFatalFailure()) return;
  }
  printf("%llu inputs, %llu executions, %llu preemptions taken from inputs, %llu findings (%llu replayed 10 times), "
         "%llu at a limit\n",
         static_cast<unsigned long long>(count), static_cast<unsigned long long>(tally.executions),
         static_cast<unsigned long long>(tally.preemptions), static_cast<unsigned long long>(tally.findings),
         static_cast<unsigned long long>(tally.confirmed), static_cast<unsigned long long>(tally.out_of_budget));
  for (const auto& [kind, n] : tally.kinds) printf("  %s: %llu\n", kind.c_str(), static_cast<unsigned long long>(n));
  EXPECT_GT(tally.preemptions, count / 4) << "hardly any record matched: the inputs test nothing";
  EXPECT_GT(tally.findings, 0u);
}

// Twenty thousand, in quarters.
class RandomInputs : public testing::TestWithParam<uint64_t> {};
TEST_P(RandomInputs, LeaveTheEngineWhole) { RunInputs(GetParam() * 5'000, 5'000); }
INSTANTIATE_TEST_SUITE_P(Quarters, RandomInputs, testing::Range(uint64_t{0}, uint64_t{4}));

// A million, in tenths.
class RandomInputsLong : public testing::TestWithParam<uint64_t> {};
TEST_P(RandomInputsLong, LeaveTheEngineWhole) { RunInputs(GetParam() * 100'000, 100'000); }
INSTANTIATE_TEST_SUITE_P(Tenths, RandomInputsLong, testing::Range(uint64_t{0}, uint64_t{10}));

}  // namespace
}  // namespace hotweave
