// SPDX-License-Identifier: GPL-2.0-only OR MIT
// The schedules in corpus/ lead where their expect: line says, in every build: the same verdict and
// fingerprint and trace as in the build that found them.
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

// `regress` is the judge, and strictly: the stored hashes are this build's. After a change that was meant
// corpus/renew.sh writes them anew.
TEST(Corpus, LeadsWhereItSays) {
  const Ended r = Hotweave({"regress", kCorpus, "--strict", "--json"});
  EXPECT_EQ(r.status, 0) << r.err;
  const nlohmann::json json = r.Json();
  EXPECT_EQ(json.at("agree"), true);
  EXPECT_EQ(json.at("unknown_targets"), nlohmann::json::array()) << "folders of no target";
  EXPECT_GE(json.at("files").get<size_t>(), StoredSchedules().size());
  for (const nlohmann::json& one : json.at("results")) {
    EXPECT_EQ(one.at("verdict"), "ok") << one.at("file") << ": " << one.at("note");
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
