// SPDX-License-Identifier: GPL-2.0-only OR MIT
// Schedules that no longer fit: what strict replay says, what --continue does about it, and the exit statuses of both.
#include <fmt/format.h>

#include "program_helper.h"

namespace hotweave {
namespace {

constexpr const char* kStored = HOTWEAVE_SOURCE_DIR "/corpus/online_vs_probe/programs/R1.2.sched";
constexpr const char* kTarget = "online_vs_probe@S1-E";

// The stored schedule with one text in the place of another.
std::string Edited(const Scratch& scratch, const std::string& from, const std::string& to) {
  std::string text = Slurp(kStored);
  const size_t at = text.find(from);
  EXPECT_NE(at, text.npos) << from;
  text.replace(at, from.size(), to);
  Spill(scratch / "edited.sched", text);
  return scratch / "edited.sched";
}

bool Says(const Ended& r, const std::string& what) { return r.err.find(what) != r.err.npos; }

TEST(Stale, AnotherProfileIsToldStepByStep) {
  const Ended r = Hotweave({"replay", "online_vs_probe@v5.1", kStored});
  EXPECT_EQ(r.status, 0) << r.err;
  EXPECT_TRUE(Says(r, "stale schedule (taken under S1-E, replayed under v5.1): step ")) << r.err;
  EXPECT_TRUE(Says(r, ": expected ")) << r.err;
  EXPECT_TRUE(Says(r, "; instead ")) << r.err;
  EXPECT_TRUE(Says(r, "the finding is gone: passes (--continue searches around it)")) << r.err;
  EXPECT_EQ(r.err.find("something else, and"), r.err.npos) << "the execution under its own profile gives the name: " << r.err;
}

TEST(Stale, ARecordThatTookNoEffectIsWhatWasExpected) {
  const Scratch scratch;
  const Ended r = Hotweave({"replay", kTarget, Edited(scratch, "#1 to online", "#4 to online"), "--json"});
  EXPECT_EQ(r.status, 0) << r.err;
  EXPECT_TRUE(Says(r, "expected record 1 (preempt probe at write:node_data+0x20 #4 to online) took effect; instead probe write:node_data+0x20 #1"))
      << r.err;
  EXPECT_NE(r.Json()["stale"].get<std::string>().find("the finding is gone"), std::string::npos);
  EXPECT_EQ(r.Json()["verdict"], "pass");
}

TEST(Stale, TheFirstRecordIsNamedWithoutSteps) {
  const Scratch scratch;
  std::string text = Slurp(kStored);
  text = text.substr(0, text.find("\nsteps ") + 1);
  const size_t hash = text.find("trace-hash: ") + 12;
  text[hash] = text[hash] == '0' ? '1' : '0';
  text.replace(text.find(" hash ") + 6, 1, text[text.find(" hash ") + 6] == '0' ? "1" : "0");
  Spill(scratch / "old.sched", text);
  const Ended r = Hotweave({"replay", kTarget, scratch / "old.sched"});
  EXPECT_EQ(r.status, 1);
  EXPECT_TRUE(Says(r, "record 1 (preempt probe at write:node_data+0x20 #1 to online): something before it went differently: the finding still shows"))
      << r.err;
}

TEST(Stale, AnotherFindingThanStoredIsSaid) {
  const Scratch scratch;
  const Ended r = Hotweave({"replay", kTarget, Edited(scratch, "expect: data-race data-race:", "expect: data-race data-race:other_")});
  EXPECT_EQ(r.status, 1);
  EXPECT_TRUE(Says(r, "another finding, data-race:")) << r.err;
}

TEST(Stale, OfAnotherTargetIsRefused) {
  const Ended r = Hotweave({"replay", "offline_vs_probe@v4.12", kStored});
  EXPECT_EQ(r.status, 2);
  EXPECT_TRUE(Says(r, "R1.2.sched: was taken from target online_vs_probe, not offline_vs_probe: name it as online_vs_probe@S1-E")) << r.err;
}

struct Change {
  const char *from, *to, *how;
};

TEST(Continue, FindsTheFindingAroundAStaleSchedule) {
  const Change changes[] = {
      {"#1 to online", "#4 to online", "record 1: probe at write:node_data+0x20 #4 became probe at write:node_data+0x20 #1"},
      {"preempt probe at", "preempt probe%232 at", "record 1: probe#2 at write:node_data+0x20 #1 became probe at"},
      {"node_data+0x20", "node_data+0x28", "record 1: probe at write:node_data+0x28 #1 became probe at write:node_data+0x20 #1"},
      {"at write:node", "at store:node", "record 1: probe at store:node_data+0x20 #1 became probe at write:node_data+0x20 #1"},
      {"to online", "to online%233", "record 1: online runs next in the place of online#3"},
  };
  for (const Change& c : changes) {
    SCOPED_TRACE(c.to);
    const Scratch scratch;
    const std::string file = Edited(scratch, c.from, c.to);
    EXPECT_EQ(Hotweave({"replay", kTarget, file, "--json"}).status, 0) << "without --continue the finding is gone";
    const Ended r = Hotweave({"replay", kTarget, file, "--continue", "--json", "-o", scratch / "renewed.sched"});
    ASSERT_EQ(r.status, 1) << r.err;
    EXPECT_TRUE(Says(r, std::string("the finding still exists: ") + c.how)) << r.err;
    EXPECT_TRUE(r.Json()["renewed"].get<std::string>().starts_with(c.how));
    EXPECT_EQ(r.Json()["fingerprint"], "data-race:adjust_present_page_count,adjust_present_page_count");
    const Ended again = Hotweave({"replay", kTarget, scratch / "renewed.sched", "--json"});
    EXPECT_EQ(again.status, 1);
    EXPECT_EQ(again.err, "") << "the renewed schedule is not stale";
    EXPECT_EQ(Hotweave({"replay", kTarget, file, "--continue", "--json"}).out, r.out) << "the same search, the same answer";
    if (&c != changes) continue;
    const Ended report = Hotweave({"replay", kTarget, file, "--continue"});
    EXPECT_NE(report.out.find(" " + file + " --continue -o "), std::string::npos) << "what was found is in no file yet\n" << report.out;
  }
}

TEST(Continue, WalksFromThePrefixWhenNothingNearHelps) {
  const Scratch scratch;
  Spill(scratch / "empty.sched", "hotweave-schedule 1\nexpect: data-race\n");
  const Ended r = Hotweave({"replay", "online_vs_probe@v4.19", scratch / "empty.sched", "--continue", "--json"});
  EXPECT_EQ(r.status, 1) << r.err;
  EXPECT_TRUE(Says(r, "the finding still exists: a random walk")) << r.err;
  EXPECT_EQ(r.Json()["kind"], "data-race");
  EXPECT_GT(r.Json()["executions"], 1);
}

TEST(Continue, SaysThatNothingWasFoundWithinItsRuns) {
  const Ended r = Hotweave({"replay", "online_vs_probe@v5.1", kStored, "--continue", "--runs", "150", "--json"});
  EXPECT_EQ(r.status, 0) << r.err;
  EXPECT_TRUE(Says(r, "the finding was not found again in 150 executions (--runs)")) << r.err;
  EXPECT_EQ(r.Json()["executions"], 150);
}

TEST(Continue, HasNothingToDoWhileTheFindingShows) {
  const Ended r = Hotweave({"replay", kTarget, kStored, "--continue", "--json"});
  EXPECT_EQ(r.status, 1);
  EXPECT_EQ(r.err, "");
  EXPECT_FALSE(r.Json().contains("renewed"));
}

TEST(Continue, NeedsAFindingToLookFor) {
  const Scratch scratch;
  Spill(scratch / "pass.sched", "hotweave-schedule 1\nexpect: pass\n");
  Spill(scratch / "bytes", "");
  Ended r = Hotweave({"replay", kTarget, scratch / "pass.sched", "--continue"});
  EXPECT_EQ(r.status, 2);
  EXPECT_TRUE(Says(r, "pass.sched: expects no finding")) << r.err;
  r = Hotweave({"replay", kTarget, scratch / "bytes", "--continue"});
  EXPECT_EQ(r.status, 2);
  EXPECT_TRUE(Says(r, "bytes: bytes say nothing of a finding")) << r.err;
}

}  // namespace
}  // namespace hotweave
