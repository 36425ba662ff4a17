// SPDX-License-Identifier: GPL-2.0-only OR MIT
// The stored programs of the five stories, corpus/TARGET/programs/ID.sched: all of them are there, none holds more than it
// needs, and each is told of in targets/history/programs.def. (That each leads where its expect: line says, ten times with
// the stored trace, is asked by e2e/corpus_test.cc.)
#include <gtest/gtest.h>

#include <algorithm>
#include <filesystem>
#include <set>

#include "fuzz/artifacts.h"
#include "fuzz/cli.h"
#include "report/segments.h"
#include "search_helper.h"

namespace hotweave {
namespace {

namespace fs = std::filesystem;

constexpr const char* kCorpus = HOTWEAVE_SOURCE_DIR "/corpus";

std::vector<std::string> Programs() {
  std::vector<std::string> out;
  for (const auto& entry : fs::recursive_directory_iterator(kCorpus)) {
    const fs::path& p = entry.path();
    if (p.extension() == ".sched" && p.parent_path().filename() == "programs") out.push_back(p.string());
  }
  std::sort(out.begin(), out.end());
  return out;
}

// One replay, as the schedule says that it was taken.
struct Replayed {
  RunResult result;
  Trace trace;
  Schedule schedule;
};

class StoredProgram : public testing::TestWithParam<std::string> {
 protected:
  void SetUp() override {
    ParseError parse;
    ASSERT_TRUE(ParseSchedule(ReadFile(GetParam()), &stored_, &parse)) << parse.line << ":" << parse.column << ": " << parse.message;
    std::string error;
    ASSERT_TRUE(ParseTarget(stored_.target + "@" + stored_.profile, &options_.target, &profile_, &error)) << error;
    options_.profile = &profile_;
    options_.race_detection = stored_.race_detection;
    options_.lockdep = RulesByName(stored_.lockdep);
  }
  Replayed Replay() {
    Replayed r;
    r.result = RunInput(options_, stored_.ToInput(), &r.trace, &r.schedule);
    return r;
  }

  Schedule stored_;
  Profile profile_;
  RunOptions options_;
};

// Every departure that is stored takes effect: none is there for nothing.
TEST_P(StoredProgram, HasNoDepartureWithoutEffect) {
  const Replayed r = Replay();
  EXPECT_EQ(r.schedule.records.size(), stored_.records.size());
  EXPECT_EQ(r.schedule.choices.size(), stored_.choices.size());
}

// As `hotweave history` counts them.
TEST_P(StoredProgram, HasNoMoreSegmentsThanItsStory) {
  ASSERT_TRUE(Matrix());
  const Replayed r = Replay();
  const std::string name = fs::path(GetParam()).stem().string();
  unsigned told = 0;
  for (unsigned i = 0; i < Matrix()->nr_programs; ++i) {
    const hotweave_program& p = Matrix()->programs[i];
    // Others replay it under a kernel that was mended.
    if (stored_.target != p.target || name != p.how || stored_.profile != p.profile) continue;
    ++told;
    if (!p.segments) continue;
    ASSERT_TRUE(r.result.finding) << p.id;
    EXPECT_LE(SegmentsOf(r.trace, &*r.result.finding).size(), p.segments)
        << p.id << ": " << DescribeSegments(r.trace, &*r.result.finding);
  }
  EXPECT_GT(told, 0u) << "no program of targets/history/programs.def";
}

TEST_P(StoredProgram, IsNamedForItsTarget) {
  EXPECT_EQ(fs::path(GetParam()).parent_path().parent_path().filename().string(), stored_.target);
}

std::string NameOf(const testing::TestParamInfo<std::string>& info) {
  const fs::path p = info.param;
  std::string name = p.parent_path().parent_path().filename().string() + "_" + p.stem().string();
  std::replace_if(name.begin(), name.end(), [](char c) { return !isalnum(static_cast<unsigned char>(c)); }, '_');
  return name;
}

INSTANTIATE_TEST_SUITE_P(Stories, StoredProgram, testing::ValuesIn(Programs()), NameOf);
GTEST_ALLOW_UNINSTANTIATED_PARAMETERIZED_TEST(StoredProgram);

}  // namespace
}  // namespace hotweave
