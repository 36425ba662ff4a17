// SPDX-License-Identifier: GPL-2.0-only OR MIT
// A wrong command line or file: exit status 2, one line on standard error that says what and where, nothing
// on standard output, nothing written.
#include <algorithm>

#include "program_helper.h"

namespace hotweave {
namespace {

constexpr const char* kTarget = "online_vs_probe@v4.19";

// Runs in an empty folder and expects a refusal whose line contains `says`.
void ExpectRefused(const std::vector<std::string>& arguments, const std::string& says) {
  const Scratch empty;
  Launch launch;
  launch.arguments = arguments;
  launch.directory = empty.path();
  const Ended r = RunProgram(launch);
  std::string command;
  for (const std::string& a : arguments) command += a + " ";
  EXPECT_EQ(r.status, 2) << command;
  EXPECT_TRUE(r.out.empty()) << command;
  EXPECT_EQ(std::count(r.err.begin(), r.err.end(), '\n'), 1) << command << "\n" << r.err;
  EXPECT_TRUE(r.err.ends_with("\n"));
  EXPECT_NE(r.err.find(says), std::string::npos) << command << "\n" << r.err;
  EXPECT_EQ(FilesIn(empty.path()).size(), 0u) << command;
}

TEST(BadInput, CommandLines) {
  ExpectRefused({}, "subcommand");
  ExpectRefused({"fizz"}, "fizz");
  ExpectRefused({"fuzz"}, "TARGET");
  ExpectRefused({"fuzz", kTarget, "--no-such-option"}, "--no-such-option");
  ExpectRefused({"fuzz", kTarget, "--seconds", "soon"}, "soon");
  ExpectRefused({"fuzz", kTarget, "--seconds", "-1"}, "--seconds");
  ExpectRefused({"fuzz", kTarget, "--runs", "-5"}, "--runs");
  ExpectRefused({"fuzz", kTarget, "--jobs", "0"}, "--jobs");
  ExpectRefused({"fuzz", kTarget, "--strategy", "luck"}, "luck");
  ExpectRefused({"fuzz", kTarget, "--model", "tso"}, "tso");
  ExpectRefused({"fuzz", kTarget, "--corpus", "c"}, "--corpus");
  ExpectRefused({"fuzz", kTarget, "--strategy", "guided", "--jobs", "2"}, "guided");
  ExpectRefused({"replay", kTarget}, "FILE");
  ExpectRefused({"list", "extra"}, "extra");
}

void ExpectTargetRefused(const std::string& spec, const std::string& says) {
  ExpectRefused({"fuzz", spec, "--runs", "1", "--quiet"}, says);
}

TEST(BadInput, TargetsAndProfilesNameTheirNeighbours) {
  ExpectTargetRefused("online_vs_prob", "online_vs_probe");
  ExpectTargetRefused("no_such_thing_at_all", "unknown target \"no_such_thing_at_all\"");
  ExpectTargetRefused("online_vs_probe@v4.91", "unknown profile \"v4.91\" (did you mean v4.");
  ExpectTargetRefused("online_vs_probe@", "profile");
  ExpectTargetRefused("@v4.19", "unknown target");
  ExpectTargetRefused("", "unknown target");
  ExpectTargetRefused("online_vs_probe@v5.1-381eab4a6ee9", "381eab4a6ee8");
  ExpectTargetRefused("online_vs_probe@v5.1-381", "unknown commit \"381\"");
  ExpectTargetRefused("online_vs_probe@v5.1-", "commit");
}

TEST(BadInput, Files) {
  const Scratch scratch;
  ExpectRefused({"replay", kTarget, scratch / "missing"}, "missing: cannot open: No such file");
  ExpectRefused({"replay", kTarget, scratch.path()}, "is a directory");
  Spill(scratch / "other.sched", "hotweave-schedule 1\ntarget: offline_vs_probe\nprofile: v4.12\n");
  ExpectRefused({"replay", kTarget, scratch / "other.sched"}, "was taken from target offline_vs_probe");
  Spill(scratch / "file", "");
  ExpectRefused({"fuzz", kTarget, "--runs", "1000", "--quiet", "--artifacts", scratch / "file/below"}, "file/below");
}

struct Malformed {
  const char* text;
  const char* place;   // LINE:COLUMN
};

const Malformed kMalformed[] = {
    {"", "1:1"},
    {"bytes\n", "1:1"},
    {"hotweave-schedule\n", "1:18"},
    {"hotweave-schedule 2\n", "1:19"},
    {"hotweave-schedule 1 1\n", "1:21"},
    {"hotweave-schedule 1\ntarget:\n", "2:8"},
    {"hotweave-schedule 1\ntarget: online_vs_probe\ntarget: online_vs_probe\n", "3:1"},
    {"hotweave-schedule 1\nraces: maybe\n", "2:8"},
    {"hotweave-schedule 1\nexpect: dat-race x\n", "2:9"},
    {"hotweave-schedule 1\ntrace-hash: 12\n", "2:13"},
    {"hotweave-schedule 1\n\n# why\npreempt online at mutex_lok:x #1 to probe\n", "4:19"},
    {"hotweave-schedule 1\npreempt online at write:x #16384 to probe\n", "2:28"},
    {"hotweave-schedule 1\npreempt online at write:x #1\n", "2:29"},
    {"hotweave-schedule 1\nchoose online #0 = 1\n", "2:16"},
    {"hotweave-schedule 1\nchoose online #1 = 65536\n", "2:20"},
    {"hotweave-schedule 1\nraw 12345 0 0 0 0\n", "2:5"},
    {"hotweave-schedule 1\nsomething else\n", "2:1"},
    {"hotweave-schedule 1\ntarget: a\x01""b\n", "2:10"},
    {"hotweave-schedule 1\ntarget: a%2\n", "2:10"},
};

TEST(BadInput, SchedulesNameLineAndColumn) {
  const Scratch scratch;
  for (const Malformed& m : kMalformed) {
    const std::string file = scratch / "malformed.sched";
    Spill(file, m.text);
    SCOPED_TRACE(m.text);
    ExpectRefused({"replay", kTarget, file}, file + ":" + m.place);
  }
}

// A file that breaks off anywhere is either a shorter schedule or refused with a place; never a crash.
TEST(BadInput, TruncatedSchedules) {
  const Scratch scratch;
  const Ended fuzz = Hotweave({"fuzz", kTarget, "--runs", "20000", "--no-race", "--json", "--quiet", "--artifacts", scratch / "found"});
  ASSERT_EQ(fuzz.status, 1);
  const std::string text = Slurp(OnlyFile(scratch / "found", ".sched"));
  for (size_t n = 1; n < text.size(); n += 1 + text.size() / 60) {
    const std::string file = scratch / "cut.sched";
    Spill(file, text.substr(0, n));
    const Ended r = Hotweave({"replay", kTarget, file, "--json"});
    ASSERT_TRUE(r.status == 0 || r.status == 1 || r.status == 2) << n << ": " << r.status << " " << r.err;
    if (r.status != 2) continue;
    EXPECT_EQ(r.out, "");
    EXPECT_NE(r.err.find(file + ":"), std::string::npos) << n << ": " << r.err;
    EXPECT_EQ(std::count(r.err.begin(), r.err.end(), '\n'), 1) << r.err;
  }
}

}  // namespace
}  // namespace hotweave
