// SPDX-License-Identifier: GPL-2.0-only OR MIT
// A crasher of each story, found by random walks, comes down to as many segments as its story has: stories.def.
#include <gtest/gtest.h>

#include <algorithm>
#include <cstdio>
#include <ctime>

#include "crasher_helper.h"
#include "fuzz/minimize.h"
#include "report/segments.h"
#include "strategy/random.h"

namespace hotweave {
namespace {

struct Story {
  const char* id;
  const char* spec;
  bool races;
  const char* kind;
  size_t told, segments;
  const char* why;
};

constexpr Story kStories[] = {
#define STORY(id, spec, races, kind, told, segments, why) {id, spec, races, kind, told, segments, why},
#include "stories.def"
#undef STORY
};

double CpuSeconds() { return static_cast<double>(std::clock()) / CLOCKS_PER_SEC; }

// As a fuzzer of bytes leaves them: records that name nothing that happens.
void AddInert(size_t n, Input* input) {
  Random random(7);
  for (size_t i = 0; i < n && input->records.size() < kMaxRecords; ++i) {
    Record r;
    r.key = static_cast<uint16_t>(random.Next());
    r.task = static_cast<uint16_t>(random.Next());   // of no task: nothing is changed by it
    r.nth = static_cast<uint16_t>(1 + random.Below(100));
    input->records.push_back(r);
  }
}

void MinimizeTo(const Story& s, const CrasherWanted& wanted, double seconds) {
  const Subject subject(s.spec, s.races, LockdepRules::Off);
  std::optional<Crasher> crasher = FindCrasher(subject, wanted);
  if (!crasher && wanted.dense) crasher = FindCrasher(subject, {.kind = wanted.kind, .departures = wanted.departures});
  ASSERT_TRUE(crasher) << "no walk shows " << s.kind;
  const double start = CpuSeconds();
  Input input = crasher->attempt.schedule.ToInput();
  AddInert(wanted.departures, &input);
  const Minimized m = Minimize(subject.options, input, {});
  const double took = CpuSeconds() - start;
  const Confirmed& c = m.confirmed;
  const size_t segments = SegmentsOf(c.trace, &c.finding).size();
  std::printf("%s: walk %llu: %zu departures to %zu, %s, %llu executions, %.1f s\n", s.id,
              static_cast<unsigned long long>(crasher->walk), m.preemptions_before + m.turns_before + m.choices_before,
              c.schedule.records.size() + c.schedule.choices.size(), DescribeSegments(c.trace, &c.finding).c_str(), static_cast<unsigned long long>(m.executions), took);
  EXPECT_EQ(c.finding.fingerprint, crasher->attempt.result.finding->fingerprint);
  EXPECT_TRUE(m.one_minimal);
  EXPECT_LE(segments, s.segments) << DescribeSegments(c.trace, &c.finding) << "\n" << FormatSchedule(c.schedule);
  EXPECT_LT(took, seconds);
}

class MinimizedStory : public testing::TestWithParam<Story> {};

TEST_P(MinimizedStory, HasTheSegmentsOfItsStory) { MinimizeTo(GetParam(), {.kind = GetParam().kind}, 60); }

// A number that is less than the story's needs a reason, and none is more.
TEST_P(MinimizedStory, IsNoLongerThanTold) {
  const Story& s = GetParam();
  EXPECT_TRUE(s.told == 0 || s.segments <= s.told);
  EXPECT_EQ(*s.why == 0, s.told == s.segments || s.told == 0) << s.why;
}

class MinimizedStoryLong : public testing::TestWithParam<Story> {};

// Two thousand decisions, where a random execution has as many, and as many records that nothing matches: under 30 seconds
// of one core.
TEST_P(MinimizedStoryLong, OfTwoThousandDecisions) {
  MinimizeTo(GetParam(), {.kind = GetParam().kind, .dense = true, .departures = 2000, .most = 4000}, 30);
}

std::string NameOf(const testing::TestParamInfo<Story>& info) {
  std::string name = info.param.id;
  std::replace_if(name.begin(), name.end(), [](char c) { return !isalnum(static_cast<unsigned char>(c)); }, '_');
  return name;
}

INSTANTIATE_TEST_SUITE_P(Stories, MinimizedStory, testing::ValuesIn(kStories), NameOf);
INSTANTIATE_TEST_SUITE_P(Stories, MinimizedStoryLong, testing::ValuesIn(kStories), NameOf);

}  // namespace
}  // namespace hotweave
