// SPDX-License-Identifier: GPL-2.0-only OR MIT
// The stored programs of the five stories, corpus/TARGET/programs/ID.sched: all of them are there, none holds more than it
// needs, and each is told of in targets/history/programs.def. (That each leads where its expect: line says, ten times with
// the stored trace, is asked by e2e/corpus_test.cc.)
#include <gtest/gtest.h>

#include <algorithm>
#include <filesystem>
#include <map>
#include <set>

#include "fuzz/artifacts.h"
#include "fuzz/stored.h"
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
    TakeRules(stored_, &options_);
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
  for (unsigned i = 0; i < Matrix()->nr_programs; ++i) {
    const hotweave_program& p = Matrix()->programs[i];
    // Others replay it under a kernel that was mended.
    if (stored_.target != p.target || name != p.how || stored_.profile != p.profile || !p.segments) continue;
    ASSERT_TRUE(r.result.finding) << p.id;
    EXPECT_LE(SegmentsOf(r.trace, &*r.result.finding).size(), p.segments)
        << p.id << ": " << DescribeSegments(r.trace, &*r.result.finding);
  }
}

// "R1.2-lost-update" is a file of program R1.2: what a file shows stands behind the number, if a program has several.
std::string IdOf(const std::string& path) {
  const std::string name = fs::path(path).stem().string();
  return name.substr(0, name.find('-'));
}

TEST_P(StoredProgram, IsToldOfInItsStory) {
  ASSERT_TRUE(Matrix());
  const hotweave_program* const end = Matrix()->programs + Matrix()->nr_programs;
  EXPECT_TRUE(std::any_of(Matrix()->programs, end, [](const hotweave_program& p) { return IdOf(GetParam()) == p.id; }))
      << "no program of targets/history/programs.def";
}

// All programs that the stories tell of, as files: what must be found, and what must stay silent under the same
// interleaving once it was mended.
constexpr const char* kIds[] = {
    "R0.1", "R0.2", "R0.3", "R0.4", "R0.5", "R0.6", "R0.7", "R0.8", "R0.9",                      //
    "R1.1", "R1.2", "R1.3", "R1.4", "R1.5", "R1.6", "R1.7", "R1.8", "R1.9", "R1.10",             //
    "R2.1", "R2.2", "R2.3", "R2.4", "R2.5", "R3.1", "R3.2", "R3.3", "R3.4", "R3.5",              //
    "R4.1", "R4.2", "R4.3", "R4.4", "R4.5", "R4.6", "R4.7", "R4.8",
};
constexpr const char* kSilent[] = {"R0.6", "R0.8", "R0.9", "R1.9", "R2.5", "R3.4", "R4.8"};

Schedule Parsed(const std::string& path) {
  Schedule s;
  ParseError error;
  EXPECT_TRUE(ParseSchedule(ReadFile(path), &s, &error)) << path << ":" << error.line;
  return s;
}

TEST(StoredPrograms, AreAllThere) {
  std::map<std::string, std::vector<std::string>> by_id;
  for (const std::string& path : Programs()) by_id[IdOf(path)].push_back(path);
  for (const char* id : kIds) EXPECT_FALSE(by_id[id].empty()) << "no corpus/*/programs/" << id << ".sched";
}

TEST(StoredPrograms, OfTheSilentOnesExpectToPass) {
  for (const std::string& path : Programs()) {
    const bool silent = std::find(std::begin(kSilent), std::end(kSilent), IdOf(path)) != std::end(kSilent);
    if (silent) EXPECT_EQ(Parsed(path).expect_kind, "") << path;
  }
}

// Each of R3.5 is a mutant of its own: eight ways to break the fix.
TEST(StoredPrograms, EveryMutantOfKsmHasItsOwn) {
  std::set<std::string> stored, told;
  for (const std::string& path : Programs()) {
    if (IdOf(path) == "R3.5") stored.insert(Parsed(path).profile);
  }
  for (unsigned i = 0; i < Matrix()->nr_programs; ++i) {
    const hotweave_program& p = Matrix()->programs[i];
    if (std::string_view(p.id) == "R3.5") told.insert(p.profile);
  }
  EXPECT_EQ(stored, told);
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
