// SPDX-License-Identifier: GPL-2.0-only OR MIT
// The commands as a user types them: what they print where, their exit statuses, the files they write.
#include <signal.h>

#include <algorithm>
#include <set>
#include <sstream>

#include "program_helper.h"

namespace hotweave {
namespace {

using Json = nlohmann::json;

constexpr const char* kFound = "online_vs_probe@v4.19";
constexpr const char* kSilent = "online_vs_probe@v5.1";

size_t LinesOf(const std::string& text) { return static_cast<size_t>(std::count(text.begin(), text.end(), '\n')); }

// `fuzz` of a target that has something to find, into `scratch`/found.
Ended FuzzInto(const Scratch& scratch, std::vector<std::string> more = {}) {
  std::vector<std::string> arguments = {"fuzz", kFound, "--runs", "20000", "--json", "--quiet",
                                        "--artifacts", scratch / "found"};
  arguments.insert(arguments.end(), more.begin(), more.end());
  return Hotweave(arguments);
}

// What may differ between two searches that are the same.
Json WithoutTimes(Json json) {
  for (const char* key : {"seconds", "executions_per_second", "artifact"}) json.erase(key);
  return json;
}

// ---- list -----------------------------------------------------------------------------------------------

TEST(List, JsonNamesTargetsProfilesAndExpectations) {
  const Ended r = Hotweave({"list", "--json"});
  ASSERT_EQ(r.status, 0) << r.err;
  EXPECT_EQ(r.err, "");
  std::set<std::string> names;
  for (const Json& t : r.Json()) {
    names.insert(t.at("target"));
    EXPECT_FALSE(t.at("description").get<std::string>().empty());
    for (const Json& p : t.at("profiles")) {
      EXPECT_TRUE(p.at("name").get<std::string>().find_first_of("vS") == 0);
      EXPECT_TRUE(p.at("expect").is_array());
      EXPECT_FALSE(p.at("story").get<std::string>().empty());
    }
  }
  EXPECT_TRUE(names.contains("online_vs_probe") && names.contains("offline_vs_probe"));
}

TEST(List, TextNamesEveryTarget) {
  const Ended text = Hotweave({"list"});
  EXPECT_EQ(text.status, 0);
  for (const Json& t : Hotweave({"list", "--json"}).Json()) {
    EXPECT_NE(text.out.find(t.at("target").get<std::string>() + "\n"), std::string::npos);
  }
}

// ---- fuzz -----------------------------------------------------------------------------------------------

TEST(Fuzz, JsonHasEveryKey) {
  const Scratch scratch;
  for (const Ended& r : {FuzzInto(scratch), Hotweave({"fuzz", kSilent, "--runs", "300", "--json", "--quiet"})}) {
    const Json json = r.Json();
    for (const char* key :
         {"target", "profile", "model", "strategy", "seed", "verdict", "kind", "fingerprint", "title", "executions",
          "distinct_schedules", "steps", "preemptions", "switches", "tasks", "seconds", "executions_per_second",
          "trace_hash", "artifact"}) {
      EXPECT_TRUE(json.contains(key)) << key;
    }
    EXPECT_EQ(LinesOf(r.out), 1u) << "one object on one line";
    EXPECT_EQ(r.err, "") << "--quiet";
  }
}

TEST(Fuzz, FindingIsStatusOneAndSilenceIsZero) {
  const Scratch scratch;
  const Ended found = FuzzInto(scratch);
  EXPECT_EQ(found.status, 1);
  EXPECT_EQ(found.Json()["verdict"], "finding");
  EXPECT_EQ(found.Json()["kind"], "data-race");
  EXPECT_EQ(found.Json()["replayed"], "10/10");
  const Ended silent = Hotweave({"fuzz", kSilent, "--runs", "2000", "--json", "--quiet", "--artifacts", scratch / "none"});
  EXPECT_EQ(silent.status, 0);
  const Json json = silent.Json();
  EXPECT_EQ(json["verdict"], "pass");
  EXPECT_EQ(json["executions"], 2000);
  EXPECT_TRUE(json["kind"].is_null() && json["fingerprint"].is_null() && json["artifact"].is_null());
  EXPECT_GT(json["contended"], 0);
  EXPECT_EQ(FilesIn(scratch / "none").size(), 0u) << "nothing found, nothing written";
}

TEST(Fuzz, WithoutRacesFindsTheLostUpdate) {
  const Scratch scratch;
  const Ended r = FuzzInto(scratch, {"--no-race"});
  EXPECT_EQ(r.status, 1);
  EXPECT_EQ(r.Json()["kind"], "lost-update");
}

// Silence says what it is silent about: what kernels do and the profile leaves out.
TEST(Fuzz, SilenceSaysWhatTheProfileLeavesOut) {
  auto left_out = [](const std::string& spec) { return Hotweave({"fuzz", spec, "--runs", "20", "--json", "--quiet"}).Json().at("left_out"); };
  EXPECT_EQ(left_out("offline_vs_probe@v6.7"), Json({"pagesets_are_freed", "slab_nodes_are_plain"}));
  EXPECT_EQ(left_out("offline_vs_probe@v6.7+pagesets_are_freed"), Json({"slab_nodes_are_plain"}));
  const Ended text = Hotweave({"fuzz", "offline_vs_probe@v6.7", "--runs", "20", "--quiet"});
  EXPECT_NE(text.out.find("left out of v6.7: zone_pcp_reset() frees"), std::string::npos) << text.out;
}

// Only a traced execution shows that a broken invariant is a lost update.
TEST(Fuzz, UntilFindsALostUpdateToo) {
  Scratch scratch;
  const Ended found = Hotweave({"fuzz", "offline_vs_probe@S1-C", "--no-race", "--lockdep", "off", "--until", "lost-update", "--runs", "20000",
                                "--json", "--quiet", "--artifacts", scratch / "found"});
  ASSERT_EQ(found.status, 1) << found.err;
  EXPECT_EQ(found.Json().at("kind"), "lost-update");
}

TEST(Fuzz, BoundIsStatusThree) {
  const Ended r = Hotweave({"fuzz", kSilent, "--runs", "20", "--max-steps", "50", "--json", "--quiet"});
  EXPECT_EQ(r.status, 3);
  EXPECT_EQ(r.Json()["verdict"], "out-of-budget");
}

TEST(Fuzz, EqualSeedsGiveEqualAnswers) {
  for (const char* race : {"--json", "--no-race"}) {
    const Scratch a, b;
    const Json first = WithoutTimes(FuzzInto(a, {"--seed", "77", race}).Json());
    EXPECT_EQ(first, WithoutTimes(FuzzInto(b, {"--seed", "77", race}).Json()));
    EXPECT_EQ(FilesIn(a / "found"), FilesIn(b / "found"));
    EXPECT_EQ(Slurp(OnlyFile(a / "found", ".sched")), Slurp(OnlyFile(b / "found", ".sched")));
  }
}

TEST(Fuzz, EqualSeedsAreEqualInSilenceToo) {
  const std::vector<std::string> arguments = {"fuzz", kSilent, "--runs", "3000", "--seed", "5", "--json", "--quiet"};
  const Json first = WithoutTimes(Hotweave(arguments).Json());
  EXPECT_EQ(first, WithoutTimes(Hotweave(arguments).Json()));
  EXPECT_EQ(first["seed"], 5);
}

TEST(Fuzz, TwoJobsShareTheWork) {
  const Scratch scratch;
  const Ended found = FuzzInto(scratch, {"--jobs", "2"});
  EXPECT_EQ(found.status, 1) << found.err;
  EXPECT_EQ(found.Json()["kind"], "data-race");
  const Ended silent = Hotweave({"fuzz", kSilent, "--runs", "3001", "--jobs", "2", "--json", "--quiet"});
  EXPECT_EQ(silent.status, 0) << silent.err;
  EXPECT_EQ(silent.Json()["executions"], 3001);
}

TEST(Fuzz, GuidedFindsItFromNothing) {
  const Scratch scratch;
  for (const char* seed : {"1", "2", "3"}) {
    const Ended r = FuzzInto(scratch, {"--strategy", "guided", "--seed", seed});
    EXPECT_EQ(r.status, 1) << r.err;
    EXPECT_EQ(r.Json()["kind"], "data-race");
    EXPECT_EQ(r.Json()["strategy"], "guided");
  }
}

// A schedule counts how often a task does the same up to 16,383. What depends on a later switch is said, not lost in an
// internal error; what does not depend on it is found without.
TEST(Fuzz, DeparturesThatNoScheduleCanHoldAreSaid) {
  const Scratch scratch;
  Launch launch;
  launch.program = HOTWEAVE_BINARY_DIR "/limits";
  launch.arguments = {"fuzz", "fails_by_a_late_switch", "--no-race", "--runs", "3000", "--quiet", "--json", "--artifacts", scratch / "found"};
  const Ended late = RunProgram(launch);
  EXPECT_EQ(late.status, 3) << late.out;
  EXPECT_EQ(late.Json()["verdict"], "out-of-budget");
  EXPECT_NE(late.err.find("shows assertion:looks_late, but 1 of its departures come after a task has done the same 16383 times"), std::string::npos)
      << late.err;
  EXPECT_EQ(FilesIn(scratch / "found").size(), 0u);
  for (const char* seed : {"1", "2", "3"}) {
    launch.arguments = {"fuzz", "fails_with_late_switches", "--no-race", "--seed", seed, "--strategy", "random", "--quiet", "--json", "--artifacts", scratch / "found"};
    const Ended needless = RunProgram(launch);
    EXPECT_EQ(needless.status, 1) << needless.err;
    EXPECT_EQ(needless.Json()["replayed"], "10/10");
  }
}

TEST(Fuzz, SignalEndsItWithASummary) {
  for (const char* jobs : {"1", "2"}) {
    Launch launch;
    launch.arguments = {"fuzz", kSilent, "--seconds", "60", "--jobs", jobs};
    launch.signal = SIGINT;
    launch.after_ms = 1500;
    const Ended r = RunProgram(launch);
    EXPECT_EQ(r.status, 0) << r.err;
    EXPECT_NE(r.out.find("nothing found in "), std::string::npos) << r.out;
    EXPECT_NE(r.Line("stopped by a signal"), "") << r.out;
  }
}

// Into a log progress comes as plain lines, now and then.
TEST(FuzzLong, ProgressInALogIsPlainLines) {
  const Ended r = Hotweave({"fuzz", kSilent, "--seconds", "11"});
  EXPECT_EQ(r.status, 0);
  EXPECT_GE(LinesOf(r.err), 1u);
  EXPECT_EQ(r.err.find_first_of("\r\x1b"), std::string::npos) << r.err;
  EXPECT_TRUE(r.err.starts_with(std::string(kSilent) + ": ")) << r.err;
  EXPECT_NE(r.err.find(" executions, "), std::string::npos) << r.err;
}

// ---- Artifacts and replay -------------------------------------------------------------------------------

TEST(Artifacts, AreWrittenInBothFormsAndNeverOverwritten) {
  const Scratch scratch;
  const std::string artifact = FuzzInto(scratch).Json()["artifact"];
  EXPECT_EQ(artifact, OnlyFile(scratch / "found", ".sched"));
  const std::string bytes = OnlyFile(scratch / "found", ".bin");
  const std::string good = Slurp(artifact);
  FuzzInto(scratch);
  EXPECT_EQ(FilesIn(scratch / "found").size(), 2u) << "the same finding is not written twice";
  Spill(artifact, "mine\n");
  const std::string second = FuzzInto(scratch).Json()["artifact"];
  EXPECT_NE(second, artifact);
  EXPECT_EQ(Slurp(artifact), "mine\n");
  EXPECT_EQ(Slurp(second), good);
  for (const std::string& name : FilesIn(scratch / "found")) {
    EXPECT_EQ(name.find(".tmp"), std::string::npos) << name;
  }
}

TEST(Replay, BytesAndTextGiveTheFindingAgain) {
  const Scratch scratch;
  for (const char* race : {"--json", "--no-race"}) {
    const std::string folder = scratch / race;
    const Ended fuzz = Hotweave({"fuzz", kFound, "--runs", "20000", "--json", "--quiet", "--artifacts", folder, race});
    const Json found = fuzz.Json();
    for (const char* ending : {".sched", ".bin"}) {
      const Ended r = Hotweave({"replay", kFound, OnlyFile(folder, ending), "--json", race});
      EXPECT_EQ(r.status, 1);
      EXPECT_EQ(r.err, "");
      for (const char* key : {"verdict", "kind", "fingerprint", "title", "trace_hash", "steps", "preemptions", "replayed"}) {
        EXPECT_EQ(r.Json()[key], found[key]) << key << " of " << ending;
      }
    }
  }
}

TEST(Replay, AScheduleRemembersThatRacesWereOff) {
  const Scratch scratch;
  FuzzInto(scratch, {"--no-race"});
  const Ended r = Hotweave({"replay", kFound, OnlyFile(scratch / "found", ".sched"), "--json"});
  EXPECT_EQ(r.Json()["kind"], "lost-update");
}

// memtrace_vs_sysfs has a wrong order that only lockdep sees, and lost updates that come without it alone.
TEST(Replay, AScheduleRemembersTheRulesOfLockdep) {
  const char* const target = "memtrace_vs_sysfs@v4.16";
  for (const char* rules : {"new", "old", "off", "auto"}) {
    const Scratch scratch;
    const Ended found = Hotweave({"fuzz", target, "--runs", "3000", "--no-race", "--confirm", "0", "--lockdep", rules, "--quiet",
                                  "--artifacts", scratch / "found"});
    EXPECT_EQ(found.status, 1) << rules << found.err;
    const std::string file = OnlyFile(scratch / "found", ".sched");
    const std::string header = std::string("\nlockdep: ") + rules + "\n";
    EXPECT_EQ(Slurp(file).find(header) != std::string::npos, std::string_view(rules) != "auto") << rules;
    const Ended r = Hotweave({"replay", target, file, "--json", "--confirm", "0"});
    EXPECT_EQ(r.Json()["kind"] == "lock-order", std::string_view(rules) != "off") << rules << r.out;
    EXPECT_EQ(r.err.find("stale"), std::string::npos) << rules << r.err;
  }
}

TEST(Replay, TheCommandThatAReportGivesReplaysIt) {
  const Scratch scratch;
  const Ended report = Hotweave({"fuzz", kFound, "--runs", "20000", "--quiet", "--artifacts", scratch / "found"});
  EXPECT_EQ(report.status, 1);
  const std::string command = " replay " + std::string(kFound) + " " + OnlyFile(scratch / "found", ".sched");
  EXPECT_NE(report.out.find(command), std::string::npos) << report.out;
  EXPECT_NE(report.Line("ASSERTION FAILED: data-race: "), "");
  EXPECT_NE(report.Line("DEDUP_TOKEN: data-race:"), "");
}

// Lines under "next:".
std::vector<std::string> NextOf(const std::string& report) {
  std::vector<std::string> lines;
  std::istringstream in(report.substr(std::min(report.find("\nnext:") + 1, report.size())));
  for (std::string line; std::getline(in, line) && (lines.empty() || line.starts_with("         "));) lines.push_back(line.substr(9));
  return lines;
}

// As a person types them, in a folder of their own.
Ended Typed(const std::string& line, const std::string& folder) {
  Launch launch;
  launch.program = "/bin/sh";
  launch.arguments = {"-c", line};
  launch.directory = folder;
  return RunProgram(launch);
}

// A small program's finding, of which `explain` takes a moment.
Ended OfARace(const std::string& command, std::vector<std::string> more, const Scratch& scratch) {
  Launch launch;
  launch.program = HOTWEAVE_BINARY_DIR "/kinds";
  launch.arguments = {command, "data_race", HOTWEAVE_SOURCE_DIR "/tests/golden/kinds/data_race.sched"};
  launch.arguments.insert(launch.arguments.end(), more.begin(), more.end());
  launch.directory = scratch.path();
  return RunProgram(launch);
}

TEST(NextCommands, DoWhatTheySay) {
  const Scratch scratch;
  std::string report = OfARace("replay", {}, scratch).out;
  for (const char* done : {"replay", "explain", "minimize"}) {
    const std::vector<std::string> next = NextOf(report);
    ASSERT_GE(next.size(), 3u) << done << report;
    std::string following;
    for (const std::string& line : next) {
      SCOPED_TRACE(line);
      const bool adds = line.find(" corpus add ") != line.npos, debugs = line.ends_with(" --gdb"), draws = line.find("--format") != line.npos;
      if (!draws && !debugs) EXPECT_EQ(line.find(std::string(" ") + done + " "), line.npos) << "it has just been done";
      EXPECT_EQ(adds, std::string_view(done) != "replay" && line == next.back());
      const Ended r = Typed(line + (debugs ? "=print" : draws || line.find(" minimize ") != line.npos ? " --force" : ""), scratch.path());
      EXPECT_EQ(r.status, debugs || (adds && std::string_view(done) == "explain") ? 0 : 1) << r.err;
      if (std::string_view(done) == "replay" && line == next[0]) following = r.out;
      if (std::string_view(done) == "explain" && line.find(" minimize ") != line.npos) following = r.out;
    }
    report = following;
  }
}

TEST(NextCommands, AreAboutTheFileThatWasWritten) {
  const Scratch scratch;
  const std::vector<std::string> next = NextOf(OfARace("replay", {"-o", "mine.sched"}, scratch).out);
  EXPECT_GE(next.size(), 3u);
  for (const std::string& line : next) EXPECT_NE(line.find(" data_race mine.sched"), line.npos) << line;
}

// Far from the terminal it came from, a page says first how to see it again.
TEST(NextCommands, OfAPageBeginWithTheReplay) {
  const Scratch scratch;
  const Ended page = OfARace("explain", {"--format", "html"}, scratch);
  const size_t at = page.out.find("To see it again</h2>");
  ASSERT_NE(at, std::string::npos);
  const std::string first = page.out.substr(at, page.out.find("</pre>", at) - at);
  EXPECT_NE(first.find(" replay data_race "), std::string::npos) << first;
  EXPECT_EQ(first.find("--gdb"), std::string::npos) << first;
}

TEST(Replay, SequentialExecutionPasses) {
  const Scratch scratch;
  Spill(scratch / "empty", "");
  for (const char* spec : {kFound, kSilent}) {
    const Ended r = Hotweave({"replay", spec, scratch / "empty", "--json", "--no-race"});
    EXPECT_EQ(r.status, 0) << r.out;
    EXPECT_EQ(r.Json()["verdict"], "pass");
    EXPECT_EQ(r.Json()["preemptions"], 0);
    EXPECT_NE(r.Json()["trace_hash"], nullptr);
  }
}

TEST(Replay, BoundIsStatusThree) {
  const Scratch scratch;
  Spill(scratch / "empty", "");
  const Ended r = Hotweave({"replay", kSilent, scratch / "empty", "--max-steps", "20", "--json"});
  EXPECT_EQ(r.status, 3);
  EXPECT_EQ(r.Json()["verdict"], "out-of-budget");
}

TEST(Replay, AStaleScheduleIsNoticed) {
  const Scratch scratch;
  FuzzInto(scratch, {"--no-race"});
  std::string text = Slurp(OnlyFile(scratch / "found", ".sched"));
  const size_t hash = text.find("trace-hash: ") + 12;
  text[hash] = text[hash] == '0' ? '1' : '0';
  Spill(scratch / "stale.sched", text);
  const Ended r = Hotweave({"replay", kFound, scratch / "stale.sched", "--json"});
  EXPECT_EQ(r.status, 1);
  EXPECT_EQ(r.Json()["kind"], "lost-update") << "it still fails, and standard output is JSON alone";
  EXPECT_NE(r.err.find("stale schedule"), std::string::npos) << r.err;
}

// A few lines by hand become a stored schedule: exact, with its hashes and what it shows.
TEST(Replay, OutputIsTheExactScheduleOfWhatWasReplayed) {
  const Scratch scratch;
  Spill(scratch / "by_hand.sched",
        "hotweave-schedule 1\nraces: off\nchoose probe #7 = 3\npreempt online at yield #9 to probe\n"
        "preempt probe at write:node_data+0x20 #1 to online\n");
  const Ended first = Hotweave({"replay", kFound, scratch / "by_hand.sched", "--json", "-o", scratch / "stored.sched"});
  ASSERT_EQ(first.status, 1) << first.err;
  EXPECT_EQ(first.Json()["segments"], 3);
  const std::string stored = Slurp(scratch / "stored.sched");
  EXPECT_NE(stored.find("\nexpect: lost-update lost-update:"), stored.npos) << stored;
  EXPECT_NE(stored.find("\ntrace-hash: " + first.Json()["trace_hash"].get<std::string>()), stored.npos) << stored;
  EXPECT_EQ(stored.find("choose"), stored.npos) << "what had no effect is not kept";
  EXPECT_EQ(LinesOf(stored.substr(0, stored.find("steps "))), 7u) << stored;
  const Ended again = Hotweave({"replay", kFound, scratch / "stored.sched", "--json"});
  EXPECT_EQ(again.err, "") << "a stored schedule is not stale";
  EXPECT_EQ(again.Json()["trace_hash"], first.Json()["trace_hash"]);
}

TEST(Replay, OutputReplacesNothingUnlessForced) {
  const Scratch scratch;
  Spill(scratch / "empty", "");
  Spill(scratch / "mine.sched", "mine");
  const std::vector<std::string> command = {"replay", kSilent, scratch / "empty", "-o", scratch / "mine.sched"};
  const Ended refused = Hotweave(command);
  EXPECT_EQ(refused.status, 2);
  EXPECT_NE(refused.err.find("mine.sched: exists"), refused.err.npos) << refused.err;
  EXPECT_EQ(Slurp(scratch / "mine.sched"), "mine");
  std::vector<std::string> forced = command;
  forced.push_back("--force");
  EXPECT_EQ(Hotweave(forced).status, 0);
  EXPECT_NE(Slurp(scratch / "mine.sched").find("\nexpect: pass\n"), std::string::npos);
  EXPECT_EQ(Hotweave(command).status, 0) << "the same contents are no conflict";
}

TEST(Replay, ShrinkLeavesOutWhatTheFindingDoesNotNeed) {
  const Scratch scratch;
  Spill(scratch / "long.sched",
        "hotweave-schedule 1\nraces: off\npreempt init at blocked:stack@probe #1 to online\n"
        "preempt online at mutex_lock:device_hotplug_lock #1 to probe\npreempt probe at write:node_data+0x20 #1 to online\n");
  ASSERT_EQ(Hotweave({"replay", kFound, scratch / "long.sched", "--shrink", "-o", scratch / "short.sched"}).status, 1);
  const std::string shortened = Slurp(scratch / "short.sched");
  EXPECT_EQ(shortened.find("mutex_lock"), shortened.npos) << shortened;
  EXPECT_NE(shortened.find("write:node_data"), shortened.npos) << shortened;
}

// A lane per task, a number per segment; no address, and the same picture each time.
TEST(Replay, SvgIsAPictureOfTheInterleaving) {
  const Scratch scratch;
  Spill(scratch / "by_hand.sched", "hotweave-schedule 1\nraces: off\npreempt probe at write:node_data+0x20 #1 to online\n");
  for (const char* name : {"a.svg", "b.svg"}) {
    ASSERT_EQ(Hotweave({"replay", kFound, scratch / "by_hand.sched", "--svg", scratch / name}).status, 1);
  }
  const std::string svg = Slurp(scratch / "a.svg");
  EXPECT_EQ(svg, Slurp(scratch / "b.svg"));
  EXPECT_TRUE(svg.starts_with("<svg ")) << svg.substr(0, 80);
  for (const char* text : {">probe</text>", ">online</text>", "store zone.present_pages", ">1</text>", ">3</text>"}) {
    EXPECT_NE(svg.find(text), svg.npos) << text;
  }
  const size_t store = svg.find("store zone.present_pages");
  EXPECT_NE(svg.find("store zone.present_pages", store + 1), svg.npos) << "a long box keeps what the finding is about";
  EXPECT_EQ(svg.find(">4</text>"), svg.npos) << "who checks at the end is no segment";
  EXPECT_EQ(svg.find("0x"), svg.npos);
}

TEST(Help, IsOnStandardOutput) {
  for (const std::vector<std::string>& arguments : std::vector<std::vector<std::string>>{{"--help"}, {"fuzz", "--help"}}) {
    const Ended r = Hotweave(arguments);
    EXPECT_EQ(r.status, 0);
    EXPECT_NE(r.out, "");
    EXPECT_EQ(r.err, "");
  }
  EXPECT_TRUE(Hotweave({"--version"}).out.starts_with("hotweave "));
}

}  // namespace
}  // namespace hotweave
