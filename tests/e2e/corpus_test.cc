// SPDX-License-Identifier: GPL-2.0-only OR MIT
// The schedules in corpus/ lead where their expect: line says, in every build: the same verdict and
// fingerprint and trace as in the build that found them.
#include <fmt/format.h>
#include <hotweave/schedule.h>

#include "program_helper.h"

namespace hotweave {
namespace {

constexpr const char* kCorpus = HOTWEAVE_SOURCE_DIR "/corpus";

std::vector<std::string> StoredSchedules() {
  std::vector<std::string> out;
  for (const std::string& target : FilesIn(kCorpus)) {
    const std::string folder = std::string(kCorpus) + "/" + target + "/crashers";
    for (const std::string& name : FilesIn(folder)) {
      if (name.ends_with(".sched")) out.push_back(folder + "/" + name);
    }
  }
  return out;
}

TEST(Corpus, HoldsTheLostUpdateOfTheFirstStory) {
  EXPECT_GE(FilesIn(std::string(kCorpus) + "/online_vs_probe/crashers").size(), 2u);
  EXPECT_GE(FilesIn(std::string(kCorpus) + "/offline_vs_probe/crashers").size(), 2u);
}

TEST(Corpus, CrashersLeadWhereTheySay) {
  for (const std::string& path : StoredSchedules()) {
    SCOPED_TRACE(path);
    Schedule stored;
    ParseError error;
    ASSERT_TRUE(ParseSchedule(Slurp(path), &stored, &error)) << error.line << ":" << error.column << ": " << error.message;
    const Ended r = Hotweave({"replay", stored.target + "@" + stored.profile, path, "--json"});
    EXPECT_EQ(r.status, 1) << r.err;
    const nlohmann::json json = r.Json();
    EXPECT_EQ(json["kind"], stored.expect_kind);
    EXPECT_EQ(json["fingerprint"], stored.expect_fingerprint);
    EXPECT_EQ(json["replayed"], "10/10");
    EXPECT_EQ(json["trace_hash"], fmt::format("{:016x}", stored.trace_hash)) << "this build has another trace";
  }
}

TEST(Corpus, CrashersAreAsShortAsTheyGet) {
  for (const std::string& path : StoredSchedules()) {
    Schedule stored;
    ParseError error;
    ASSERT_TRUE(ParseSchedule(Slurp(path), &stored, &error)) << path;
    EXPECT_LE(stored.records.size() + stored.choices.size(), 4u) << path;
  }
}

}  // namespace
}  // namespace hotweave
