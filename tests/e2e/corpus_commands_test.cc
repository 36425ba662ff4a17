// SPDX-License-Identifier: GPL-2.0-only OR MIT
// `hotweave corpus add|merge|stats`: what is filed where, under which name, and what is refused.
#include <fmt/format.h>

#include <signal.h>

#include <filesystem>

#include "program_helper.h"

namespace hotweave {
namespace {

namespace fs = std::filesystem;
using Json = nlohmann::json;

constexpr const char* kStored = HOTWEAVE_SOURCE_DIR "/corpus";
constexpr const char* kFound = "online_vs_probe@v4.19";

std::string Stored(const std::string& name) { return std::string(kStored) + "/" + name; }
const std::string kRace = Stored("online_vs_probe/programs/R1.2.sched");
const std::string kSlug = "data-race-adjust_present_page_count-adjust_present_page_count.sched";

class CorpusCommand : public testing::Test {
 protected:
  Ended Add(std::vector<std::string> more) const {
    more.insert(more.begin(), {"corpus", "add"});
    more.insert(more.end(), {"--corpus", corpus_});
    return Hotweave(more);
  }
  std::string Room(const std::string& room) const { return corpus_ + "/online_vs_probe/" + room; }

  Scratch scratch_;
  std::string corpus_ = scratch_ / "corpus";
};

// ---- add -----------------------------------------------------------------------------------------------

TEST_F(CorpusCommand, AddFilesAFindingUnderItsFingerprint) {
  const Ended r = Add({"online_vs_probe@S1-E", kRace});
  EXPECT_EQ(r.status, 0) << r.err;
  EXPECT_NE(r.out.find("replayed 10/10"), std::string::npos) << r.out;
  EXPECT_NE(r.out.find("3 segments: probe, online, probe"), std::string::npos) << r.out;
  EXPECT_EQ(FilesIn(Room("crashers")), std::vector<std::string>{kSlug});
  EXPECT_EQ(Slurp(Room("crashers/") + kSlug), Slurp(kRace)) << "the exact schedule";
  EXPECT_EQ(Hotweave({"regress", corpus_, "--strict"}).status, 0);
}

TEST_F(CorpusCommand, AddTakesTheProfileOfTheFileIfNoneIsNamed) {
  EXPECT_EQ(Add({"online_vs_probe", kRace}).status, 0);
  EXPECT_NE(Slurp(Room("crashers/") + kSlug).find("\nprofile: S1-E\n"), std::string::npos);
}

TEST_F(CorpusCommand, AddRefusesAFindingThatIsThere) {
  ASSERT_EQ(Add({"online_vs_probe@S1-E", kRace}).status, 0);
  const Ended again = Add({"online_vs_probe@S1-E", kRace});
  EXPECT_EQ(again.status, 1);
  EXPECT_NE(again.err.find("is there already: " + Room("crashers/") + kSlug), std::string::npos) << again.err;
  EXPECT_EQ(FilesIn(Room("crashers")).size(), 1u);
  EXPECT_EQ(Add({"online_vs_probe@v4.19", kRace}).status, 0) << "under another profile it is another one";
  EXPECT_EQ(FilesIn(Room("crashers")).size(), 2u);
}

TEST_F(CorpusCommand, AddKeepsBothWhenAsked) {
  ASSERT_EQ(Add({"online_vs_probe@S1-E", kRace}).status, 0);
  const Ended both = Add({"online_vs_probe@S1-E", kRace, "--keep-both", "--name", "second"});
  EXPECT_EQ(both.status, 0) << both.err;
  EXPECT_EQ(FilesIn(Room("crashers")).size(), 2u);
}

TEST_F(CorpusCommand, AddMinimizesWhenAsked) {
  std::string longer = Slurp(kRace);
  longer.replace(longer.find("trace-hash: "), 12 + 16, "preempt init at join #1 to probe");
  Spill(scratch_ / "longer.sched", longer);
  ASSERT_EQ(Add({"online_vs_probe@S1-E", scratch_ / "longer.sched", "--name", "as_it_is"}).status, 0);
  ASSERT_EQ(Add({"online_vs_probe@S1-E", scratch_ / "longer.sched", "--keep-both", "--name", "minimized", "--minimize"}).status, 0);
  EXPECT_NE(Slurp(Room("crashers/as_it_is.sched")).find("\npreempt init at join"), std::string::npos);
  EXPECT_EQ(Slurp(Room("crashers/minimized.sched")).find("\npreempt init at join"), std::string::npos);
}

TEST_F(CorpusCommand, AddPutsAPassAmongTheSeeds) {
  Spill(scratch_ / "empty.bin", "");
  const Ended r = Add({"online_vs_probe@v5.1", scratch_ / "empty.bin"});
  EXPECT_EQ(r.status, 0) << r.err;
  ASSERT_EQ(FilesIn(Room("seeds")).size(), 1u);
  const std::string text = Slurp(OnlyFile(Room("seeds"), ".sched"));
  EXPECT_NE(text.find("\nexpect: pass\n"), std::string::npos) << text;
  EXPECT_EQ(Add({"online_vs_probe@v5.1", scratch_ / "empty.bin"}).status, 1) << "the same pass";
  EXPECT_EQ(Add({"online_vs_probe@v5.1", scratch_ / "empty.bin", "--max-steps", "20"}).status, 3) << "neither pass nor finding";
  EXPECT_EQ(FilesIn(Room("seeds")).size(), 1u);
}

TEST_F(CorpusCommand, AddRemembersHowItWasTaken) {
  Spill(scratch_ / "by_hand.sched", "hotweave-schedule 1\npreempt probe at write:node_data+0x20 #1 to online\n");
  ASSERT_EQ(Add({kFound, scratch_ / "by_hand.sched", "--no-race", "--lockdep", "off", "--name", "mine"}).status, 0);
  const std::string text = Slurp(Room("crashers/mine.sched"));
  EXPECT_NE(text.find("\nraces: off\n"), std::string::npos) << text;
  EXPECT_NE(text.find("\nlockdep: off\n"), std::string::npos) << text;
  EXPECT_EQ(Hotweave({"regress", corpus_, "--strict"}).status, 0);
}

TEST_F(CorpusCommand, AddSaysWhatIsWrong) {
  Spill(scratch_ / "broken.sched", "hotweave-schedule 1\nnonsense\n");
  const Ended broken = Add({kFound, scratch_ / "broken.sched"});
  EXPECT_EQ(broken.status, 2);
  EXPECT_NE(broken.err.find("broken.sched:2:1: "), std::string::npos) << broken.err;
  EXPECT_EQ(Add({"ksm_offline", kRace}).status, 2) << "of another target";
  EXPECT_EQ(Add({kFound, kRace, kRace, "--name", "x"}).status, 2);
  EXPECT_EQ(Add({kFound, kRace, "--name", "../x"}).status, 2);
  EXPECT_FALSE(fs::exists(corpus_)) << "nothing half written";
  EXPECT_EQ(Hotweave({"corpus"}).status, 2);
}

// ---- merge ---------------------------------------------------------------------------------------------

TEST_F(CorpusCommand, MergeTakesOverWhatIsMissing) {
  const std::string from = scratch_ / "from";
  fs::create_directories(from);
  fs::copy(Stored("online_vs_probe"), from + "/online_vs_probe", fs::copy_options::recursive);
  const Ended first = Hotweave({"corpus", "merge", from, corpus_, "--quiet"});
  EXPECT_EQ(first.status, 0) << first.err;
  EXPECT_EQ(first.err, "");
  EXPECT_GE(FilesIn(Room("crashers")).size(), 3u);
  EXPECT_EQ(Hotweave({"regress", corpus_, "--strict", "--quiet"}).status, 0);
  const Ended second = Hotweave({"corpus", "merge", from, corpus_, "--quiet"});
  EXPECT_NE(second.out.find(" 0 added, 0 replaced, "), std::string::npos) << second.out;
}

TEST_F(CorpusCommand, MergeReadsArtifactsAndPutsTheSimplestInPlace) {
  fs::create_directories(Room("crashers"));
  fs::create_directories(scratch_ / "artifacts");
  // The same finding by the same turns, with a departure that it does not need.
  std::string longer = Slurp(kRace);
  longer.replace(longer.find("trace-hash: "), 12 + 16, "preempt init at join #1 to probe");
  Spill(scratch_ / "longer.sched", longer);
  ASSERT_EQ(Hotweave({"replay", "online_vs_probe@S1-E", scratch_ / "longer.sched", "-o", Room("crashers/kept-name.sched")}).status, 1);
  Spill(scratch_ / "artifacts/found.sched", Slurp(kRace));
  Spill(scratch_ / "artifacts/found.bin", "the same as bytes");
  const Ended r = Hotweave({"corpus", "merge", scratch_ / "artifacts", corpus_});
  EXPECT_EQ(r.status, 0) << r.err;
  EXPECT_NE(r.Line("replaced " + Room("crashers/kept-name.sched")), "") << r.out << Slurp(Room("crashers/kept-name.sched"));
  EXPECT_EQ(Slurp(Room("crashers/kept-name.sched")), Slurp(kRace));
}

TEST_F(CorpusCommand, MergeOfAGuidedSearchKeepsSeedsWithNewHandOvers) {
  const std::string found = scratch_ / "from/online_vs_probe/seeds";
  fs::create_directories(found);
  ASSERT_EQ(Hotweave({"fuzz", "online_vs_probe", "--strategy", "guided", "--runs", "150", "--quiet", "--corpus", found}).status, 0);
  const size_t inputs = FilesIn(found).size();
  ASSERT_GT(inputs, 3u);
  const Ended r = Hotweave({"corpus", "merge", scratch_ / "from", corpus_, "--quiet"});
  EXPECT_EQ(r.status, 0) << r.err;
  const size_t seeds = FilesIn(Room("seeds")).size();
  EXPECT_GT(seeds, 1u) << r.out;
  EXPECT_LE(seeds, inputs);
  EXPECT_EQ(Hotweave({"regress", corpus_, "--strict", "--quiet"}).status, 0) << "stored as schedules that expect to pass";
}

// What `corpus` files among the seeds is text; a guided search begins with it all the same.
TEST_F(CorpusCommand, AGuidedSearchBeginsWithStoredSchedules) {
  const std::vector<std::string> search = {"fuzz", kFound, "--strategy", "guided", "--runs", "4", "--quiet", "--lockdep", "off",
                                           "--corpus", scratch_ / "seeds", "--artifacts", scratch_ / "found"};
  EXPECT_EQ(Hotweave(search).status, 0) << "four inputs from nothing do not find it";
  fs::create_directories(scratch_ / "seeds");
  fs::copy(kRace, scratch_ / "seeds");
  const Ended r = Hotweave(search);
  EXPECT_EQ(r.status, 1) << r.out << r.err;
  Spill(scratch_ / "seeds/broken.sched", "hotweave-schedule 1\nnonsense\n");
  const Ended broken = Hotweave(search);
  EXPECT_EQ(broken.status, 2);
  EXPECT_NE(broken.err.find("broken.sched:2:1: "), std::string::npos) << broken.err;
}

// The schedules among its seeds become bytes in a folder of their own, which goes when the search ends, however it ends.
TEST_F(CorpusCommand, AGuidedSearchLeavesNoTemporaryFolder) {
  fs::create_directories(scratch_ / "seeds");
  fs::create_directories(scratch_ / "tmp");
  fs::copy(kRace, scratch_ / "seeds/a.sched");
  Launch search;
  search.arguments = {"fuzz", kFound, "--strategy", "guided", "--quiet", "--corpus", scratch_ / "seeds", "--artifacts", scratch_ / "found"};
  search.environment = {"TMPDIR=" + (scratch_ / "tmp")};
  const auto none_left = [&] { return FilesIn(scratch_ / "tmp").empty(); };
  EXPECT_EQ(RunProgram(search).status, 1);
  EXPECT_TRUE(none_left()) << "a finding";
  Launch silent = search;
  silent.arguments[1] = "online_vs_probe@v5.1";
  Spill(scratch_ / "seeds/a.sched", "hotweave-schedule 1\npreempt probe at write:node_data+0x20 #1 to online\n");
  silent.arguments.insert(silent.arguments.end(), {"--runs", "20"});
  EXPECT_EQ(RunProgram(silent).status, 0);
  EXPECT_TRUE(none_left()) << "a limit";
  for (const int signal : {SIGINT, SIGTERM}) {
    silent.arguments.back() = "10000000";
    silent.signal = signal;
    silent.after_ms = 1000;
    const Ended stopped = RunProgram(silent);
    EXPECT_EQ(stopped.status, 0) << stopped.err;
    EXPECT_NE(stopped.Line("stopped by a signal"), "") << stopped.out;
    EXPECT_EQ(stopped.Line("online_vs_probe@v5.1: nothing found in 0 "), "") << "what was done is told";
    EXPECT_TRUE(none_left()) << "signal " << signal;
  }
  Spill(scratch_ / "seeds/broken.sched", "hotweave-schedule 1\nnonsense\n");
  EXPECT_EQ(RunProgram(search).status, 2);
  EXPECT_TRUE(none_left()) << "an error";
}

TEST_F(CorpusCommand, MergeNamesWhatItCannotRead) {
  fs::create_directories(scratch_ / "artifacts");
  Spill(scratch_ / "artifacts/broken.sched", "hotweave-schedule 1\nnonsense\n");
  Spill(scratch_ / "artifacts/good.sched", Slurp(kRace));
  const Ended r = Hotweave({"corpus", "merge", scratch_ / "artifacts", corpus_});
  EXPECT_EQ(r.status, 2);
  EXPECT_NE(r.err.find("broken.sched:2:1: "), std::string::npos) << r.err;
  EXPECT_EQ(FilesIn(Room("crashers")).size(), 1u) << "the others are taken over";
  EXPECT_EQ(Hotweave({"corpus", "merge", corpus_}).status, 2) << "two folders";
}

// ---- stats ---------------------------------------------------------------------------------------------

TEST_F(CorpusCommand, StatsCountByTarget) {
  fs::create_directories(Room("crashers"));
  fs::create_directories(Room("programs"));
  Spill(Room("programs/R1.2.sched"), Slurp(kRace));
  std::string stale = Slurp(kRace);
  stale.replace(stale.find("trace-hash: ") + 12, 16, "0123456789abcdef");
  Spill(Room("crashers/stale.sched"), stale);
  const Ended r = Hotweave({"corpus", "stats", corpus_, "--json"});
  EXPECT_EQ(r.status, 0) << r.err;
  const Json json = r.Json();
  ASSERT_EQ(json.at("targets").size(), 1u);
  const Json& t = json.at("targets").at(0);
  EXPECT_EQ(t.at("target"), "online_vs_probe");
  EXPECT_EQ(t.at("files"), 2);
  EXPECT_EQ(t.at("crashers"), 1);
  EXPECT_EQ(t.at("programs"), 1);
  EXPECT_EQ(t.at("seeds"), 0);
  EXPECT_EQ(t.at("stale"), 1);
  EXPECT_EQ(t.at("elsewhere"), 0);
  EXPECT_EQ(t.at("departures_median"), 1);
  EXPECT_EQ(t.at("kinds"), (Json{{"data-race", 2}}));
  EXPECT_EQ(t.at("fingerprints").size(), 1u);
  const Ended text = Hotweave({"corpus", "stats", corpus_});
  EXPECT_NE(text.Line("online_vs_probe"), "") << text.out;
}

}  // namespace
}  // namespace hotweave
