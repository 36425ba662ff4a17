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

// Of every command that reads a stored execution.
TEST(BadInput, FilesOfEveryCommand) {
  const Scratch scratch;
  const std::string good = Slurp(HOTWEAVE_SOURCE_DIR "/corpus/online_vs_probe/programs/R1.2.sched");
  Spill(scratch / "empty.sched", "");
  Spill(scratch / "foreign.sched", "\x89PNG\r\n\x1a\n");
  Spill(scratch / "cut.sched", good.substr(0, good.find("preempt ") + 24));
  const std::string folder = scratch.path();
  const struct {
    std::string file, says;
  } wrong[] = {
      {scratch / "missing.sched", "missing.sched: cannot open: No such file"},
      {folder, folder + ": is a directory, not a file"},
      {scratch / "empty.sched", "empty.sched:1:1: not a schedule: the first line must be"},
      {scratch / "foreign.sched", "foreign.sched:1:1: not a schedule: the first line must be"},
      {scratch / "cut.sched", "cut.sched:"},
      {"", "an empty name"},
  };
  for (const auto& w : wrong) {
    ExpectRefused({"replay", kTarget, w.file}, w.says);
    ExpectRefused({"convert", kTarget, w.file, "-o", "out"}, w.says);
    ExpectRefused({"convert", kTarget, w.file, "-o", "out.sched"}, w.says);
    ExpectRefused({"explain", kTarget, w.file}, w.says);
    ExpectRefused({"minimize", kTarget, w.file}, w.says);
    ExpectRefused({"corpus", "add", kTarget, w.file}, w.says);
  }
}

TEST(BadInput, PlacesForResults) {
  const Scratch scratch;
  const std::string good = HOTWEAVE_SOURCE_DIR "/corpus/online_vs_probe/programs/R1.2.sched", target = "online_vs_probe@S1-E";
  Spill(scratch / "file", "mine");
  const std::string folder = scratch.path();
  const struct {
    std::string place, says;
  } wrong[] = {
      {folder, folder + ": is a directory, not a file"},
      {scratch / "none/out.sched", "none/out.sched: " + (scratch / "none") + " is not there: make the folder first"},
      {scratch / "file/out.sched", "file/out.sched: " + (scratch / "file") + " is a file, not a folder"},
      {scratch / "file", "file: exists"},
      {"", "an empty name"},
  };
  for (const auto& w : wrong) {
    ExpectRefused({"replay", target, good, "-o", w.place}, w.says);
    ExpectRefused({"replay", target, good, "--svg", w.place}, w.says);
    ExpectRefused({"convert", target, good, "-o", w.place}, w.says);
    // (A file with the very same contents is none in the way: what `explain` would write is known at its end.)
    if (w.says != "file: exists") ExpectRefused({"explain", target, good, "--format", "dot", "-o", w.place}, w.says);
    ExpectRefused({"minimize", target, good, "-o", w.place}, w.says);
    ExpectRefused({"regress", good, "--junit", w.place}, w.says);
  }
  // Folders: before the work, not after it.
  const std::string below = scratch / "file/below", says = "file/below: cannot make the folder: " + (scratch / "file") + " is a file";
  ExpectRefused({"fuzz", "online_vs_probe@v5.1", "--seconds", "600", "--artifacts", below}, says);
  ExpectRefused({"fuzz", kTarget, "--strategy", "guided", "--corpus", below}, says);
  ExpectRefused({"explore", "online_vs_probe@v5.1", "--preemptions", "2", "--artifacts", below}, says);
  ExpectRefused({"minimize", target, good, "--artifacts", below}, says);
  EXPECT_EQ(Slurp(scratch / "file"), "mine");
  EXPECT_EQ(FilesIn(folder).size(), 1u) << "nothing half written";
}

TEST(BadInput, Corpora) {
  const Scratch scratch;
  Spill(scratch / "file", "mine");
  const std::string good = HOTWEAVE_SOURCE_DIR "/corpus/online_vs_probe/programs/R1.2.sched", missing = scratch / "missing";
  ExpectRefused({"regress", missing}, "missing: there is no such file or folder");
  ExpectRefused({"regress", scratch.path()}, "holds no stored executions");
  ExpectRefused({"regress", ""}, "an empty name");
  ExpectRefused({"corpus", "stats", missing}, "missing: there is no such folder (a corpus is a folder with");
  ExpectRefused({"corpus", "stats", scratch / "file"}, "file: is a file (a corpus is a folder with");
  ExpectRefused({"corpus", "merge", missing, "into"}, "missing: there is no such folder");
  ExpectRefused({"corpus", "merge", scratch.path(), scratch / "file"}, "file: is a file");
  ExpectRefused({"corpus", "add", "online_vs_probe@S1-E", good, "--corpus", scratch / "file"}, "cannot make the folder: " + (scratch / "file") + " is a file");
  ExpectRefused({"history", "--corpus", missing, "--only", "R1.2", "--quiet"}, "missing: there is no such folder (--corpus");
  ExpectRefused({"history", "--only", "nope"}, "\"nope\"");
  ExpectRefused({"audit", "nope"}, "unknown target \"nope\"");
  ExpectRefused({"audit", "--all", "nope"}, "unknown profile \"nope\"");
  const Ended unreadable = Hotweave({"regress", scratch / "file"});   // a table of all files, on standard output
  EXPECT_EQ(unreadable.status, 2);
  EXPECT_NE(unreadable.Line("unreadable " + (scratch / "file") + ": "), "") << unreadable.out;
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
