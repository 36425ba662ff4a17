// SPDX-License-Identifier: GPL-2.0-only OR MIT
// `hotweave convert`: bytes to schedules with names and back. (That no byte is lost, for thousands of random strings:
// unit/schedule_grammar_test.cc.)
#include <fmt/format.h>
#include <hotweave/schedule.h>

#include "program_helper.h"

namespace hotweave {
namespace {

constexpr const char* kCorpus = HOTWEAVE_SOURCE_DIR "/corpus";

Ended Convert(const std::string& target, const std::string& from, const std::string& to, std::vector<std::string> more = {}) {
  std::vector<std::string> arguments = {"convert", target, from, "-o", to};
  arguments.insert(arguments.end(), more.begin(), more.end());
  return Hotweave(arguments);
}

Schedule Parsed(const std::string& path) {
  Schedule s;
  ParseError error;
  EXPECT_TRUE(ParseSchedule(Slurp(path), &s, &error)) << path << ":" << error.line << ":" << error.column << ": " << error.message;
  return s;
}

// Through bytes a stored schedule comes back with every name, hash and comment: they are those of its execution.
TEST(Convert, StoredSchedulesComeBackFromTheirBytes) {
  size_t schedules = 0;
  for (const std::string& target : FilesIn(kCorpus)) {
    for (const char* kind : {"crashers", "programs"}) {
      const std::string folder = fmt::format("{}/{}/{}", kCorpus, target, kind);
      for (const std::string& name : FilesIn(folder)) {
        if (!name.ends_with(".sched")) continue;
        SCOPED_TRACE(name);
        const Scratch scratch;
        const Schedule stored = Parsed(folder + "/" + name);
        const std::string spec = stored.target + "@" + stored.profile;
        ASSERT_EQ(Convert(spec, folder + "/" + name, scratch / "input").status, 0);
        EXPECT_EQ(Slurp(scratch / "input").substr(0, 1) == "h", false);
        std::vector<std::string> how;
        if (!stored.race_detection) how = {"--no-race"};
        if (!stored.lockdep.empty()) how.insert(how.end(), {"--lockdep", stored.lockdep});
        const Ended r = Convert(spec, scratch / "input", scratch / "back.sched", how);
        ASSERT_EQ(r.status, 0) << r.err;
        EXPECT_NE(r.err.find(", 0 of them raw"), std::string::npos) << r.err;
        const Schedule back = Parsed(scratch / "back.sched");
        EXPECT_EQ(back.ToInput(), stored.ToInput());
        EXPECT_EQ(back.trace_hash, stored.trace_hash);
        EXPECT_EQ(back.steps, stored.steps);
        EXPECT_EQ(back.expect_fingerprint, stored.expect_fingerprint);
        ++schedules;
      }
    }
  }
  EXPECT_GE(schedules, 20u);
}

TEST(Convert, WhatHasNoNameStaysRawAndInItsPlace) {
  const Scratch scratch;
  // Two records that nothing matches around one that acts, a choice of nobody, five bytes that are no record.
  const std::string acts = Slurp(std::string(kCorpus) + "/online_vs_probe/programs/R1.2.sched");
  Spill(scratch / "hand.sched", "hotweave-schedule 1\nraw-choose 1234 1 0\nraw 1111 2222 1 0 3333\n" +
                                    acts.substr(acts.find("preempt "), acts.find('\n', acts.find("preempt ")) - acts.find("preempt ") + 1) +
                                    "raw 4444 5555 6 3 7777\nraw-tail 0001 0102030405\n");
  const std::string spec = "online_vs_probe@S1-E";
  ASSERT_EQ(Convert(spec, scratch / "hand.sched", scratch / "input").status, 0);
  EXPECT_EQ(Slurp(scratch / "input").size(), 2u + 6 + 3 * 8 + 5);
  const Ended r = Convert(spec, scratch / "input", scratch / "back.sched");
  EXPECT_NE(r.err.find("1 choices, 3 records, 3 of them raw"), std::string::npos) << r.err;
  const Schedule back = Parsed(scratch / "back.sched");
  ASSERT_EQ(back.records.size(), 3u);
  EXPECT_EQ(back.records[0].task, "");
  EXPECT_NE(back.records[1].task, "");
  EXPECT_EQ(back.records[2].record.kind, 3);
  ASSERT_EQ(Convert(spec, scratch / "back.sched", scratch / "again").status, 0);
  EXPECT_EQ(Slurp(scratch / "again"), Slurp(scratch / "input"));
}

// Found with --raw-lock-nesting: without it the same execution passes.
TEST(Convert, KeepsTheNestingOfRawLocksAsAnOption) {
  const Scratch scratch;
  const auto kinds = [](std::vector<std::string> arguments) {
    Launch launch;
    launch.program = HOTWEAVE_BINARY_DIR "/kinds";
    launch.arguments = std::move(arguments);
    return RunProgram(launch);
  };
  const std::string stored = HOTWEAVE_SOURCE_DIR "/tests/golden/kinds/wait_context.sched", back = scratch / "back.sched";
  const Ended bytes = kinds({"convert", "wait_context", stored, "-o", scratch / "input"});
  EXPECT_NE(bytes.err.find("replay them with --raw-lock-nesting\n"), std::string::npos) << bytes.err;
  EXPECT_EQ(kinds({"replay", "wait_context", scratch / "input"}).status, 0);
  ASSERT_EQ(kinds({"convert", "wait_context", scratch / "input", "--raw-lock-nesting", "-o", back}).status, 0);
  EXPECT_EQ(Slurp(back), Slurp(stored));
  const Ended replayed = kinds({"replay", "wait_context", back});
  EXPECT_EQ(replayed.status, 1) << replayed.out;
  EXPECT_EQ(replayed.out.find("--raw-lock-nesting"), std::string::npos) << "the file says it\n" << replayed.out;
  const Ended of_bytes = kinds({"replay", "wait_context", scratch / "input", "--raw-lock-nesting"});
  EXPECT_NE(of_bytes.out.find("--raw-lock-nesting --gdb\n"), std::string::npos) << "bytes do not\n" << of_bytes.out;
}

TEST(Convert, RefusesWhatItCannotKeep) {
  const Scratch scratch;
  Spill(scratch / "tail.sched", "hotweave-schedule 1\nchoose a #1 = 1\nraw-tail 0002 0102\nraw 1 2 3 0 5\n");
  Ended r = Convert("online_vs_probe", scratch / "tail.sched", scratch / "out");
  EXPECT_EQ(r.status, 2);
  EXPECT_NE(r.err.find("tail.sched:3:1: these bytes cannot follow the choices and records of this schedule: remove this line"), std::string::npos)
      << r.err;
  EXPECT_TRUE(FilesIn(scratch.path()) == std::vector<std::string>{"tail.sched"}) << "nothing half written";
  std::string many = "hotweave-schedule 1\n";
  for (int i = 0; i < 65536; ++i) many += "raw-choose 1 1 1\n";
  Spill(scratch / "many.sched", many);
  r = Convert("online_vs_probe", scratch / "many.sched", scratch / "out");
  EXPECT_EQ(r.status, 2);
  EXPECT_NE(r.err.find("65536 choices: bytes hold at most 65535"), std::string::npos) << r.err;
  Spill(scratch / "input", "");
  Spill(scratch / "there.sched", "mine");
  r = Convert("online_vs_probe", scratch / "input", scratch / "there.sched");
  EXPECT_EQ(r.status, 2);
  EXPECT_EQ(Slurp(scratch / "there.sched"), "mine");
  EXPECT_EQ(Convert("online_vs_probe", scratch / "input", scratch / "there.sched", {"--force"}).status, 0);
}

}  // namespace
}  // namespace hotweave
