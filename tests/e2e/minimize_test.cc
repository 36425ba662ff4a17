// SPDX-License-Identifier: GPL-2.0-only OR MIT
// `hotweave minimize` as a user types it.
#include <signal.h>

#include <algorithm>

#include "program_helper.h"

namespace hotweave {
namespace {

constexpr const char* kCorpus = HOTWEAVE_SOURCE_DIR "/corpus/";
// Nine departures, most of which the race does not need.
constexpr const char* kSpec = "drain_vs_cpu_down@S4-E+pcp_drain_worker_preemptible+no_debug_preempt";
const std::string kFile = std::string(kCorpus) + "drain_vs_cpu_down/programs/R4.3.sched";
constexpr const char* kFingerprint = "data-race:drain_pages_zone,free_pcppages_bulk";

Ended Minimize(const Scratch& scratch, std::vector<std::string> more) {
  std::vector<std::string> arguments = {"minimize", kSpec, kFile, "--quiet", "--artifacts", scratch / "kept"};
  arguments.insert(arguments.end(), more.begin(), more.end());
  return Hotweave(arguments);
}

std::vector<std::string> LinesOf(const std::string& text) {
  std::vector<std::string> lines;
  for (size_t at = 0; at < text.size();) {
    const size_t end = std::min(text.find('\n', at), text.size());
    lines.push_back(text.substr(at, end - at));
    at = end + 1;
  }
  return lines;
}

bool IsDeparture(const std::string& line) { return line.starts_with("preempt ") || line.starts_with("choose "); }

// Departures by themselves: what is known of the execution belongs to the whole schedule.
std::string WithoutDeparture(const std::string& schedule, size_t which) {
  std::string out;
  size_t n = 0;
  for (const std::string& line : LinesOf(schedule)) {
    if (IsDeparture(line) && n++ == which) continue;
    if (!line.starts_with("steps ") && !line.starts_with("trace-hash:")) out += line + "\n";
  }
  return out;
}

TEST(Minimize, KeepsTheFindingAndLeavesOutTheRest) {
  const Scratch scratch;
  const Ended r = Minimize(scratch, {"-o", scratch / "min.sched", "--json"});
  ASSERT_EQ(r.status, 1) << r.err;
  const auto json = r.Json();
  EXPECT_EQ(json["fingerprint"], kFingerprint);
  EXPECT_EQ(json["one_minimal"], true);
  EXPECT_EQ(json["replayed"], "10/10");
  EXPECT_LE(json["segments"], 4);
  EXPECT_LE(json["departures"]["preemptions"], 3);
  EXPECT_EQ(json["before"]["preemptions"].get<int>() + json["before"]["turns"].get<int>(), 9);
  const Ended replay = Hotweave({"replay", kSpec, scratch / "min.sched", "--json"});
  EXPECT_EQ(replay.Json()["fingerprint"], kFingerprint);
  EXPECT_EQ(replay.err, "");
}

// As it says: seen from outside.
TEST(Minimize, NoSingleDepartureCanBeLeftOut) {
  const Scratch scratch;
  ASSERT_EQ(Minimize(scratch, {"-o", scratch / "min.sched"}).status, 1);
  const std::string text = Slurp(scratch / "min.sched");
  const std::vector<std::string> lines = LinesOf(text);
  const auto departures = static_cast<size_t>(std::count_if(lines.begin(), lines.end(), IsDeparture));
  ASSERT_GT(departures, 0u);
  for (size_t i = 0; i < departures; ++i) {
    Spill(scratch / "less.sched", WithoutDeparture(text, i));
    EXPECT_NE(Hotweave({"replay", kSpec, scratch / "less.sched", "--json"}).Json()["fingerprint"], kFingerprint) << text;
  }
}

TEST(Minimize, GivesTheSameBytesEachTime) {
  const Scratch scratch;
  const Ended once = Minimize(scratch, {"-o", scratch / "a.sched"});
  const Ended again = Minimize(scratch, {"-o", scratch / "b.sched"});
  EXPECT_EQ(Slurp(scratch / "a.sched"), Slurp(scratch / "b.sched"));
  EXPECT_EQ(once.out.substr(0, once.out.find("next:")), again.out.substr(0, again.out.find("next:")));
}

TEST(Minimize, SaysThatALimitEndedItAndGoesOnFromThere) {
  const Scratch scratch;
  const Ended first = Minimize(scratch, {"-o", scratch / "min.sched", "--runs", "20"});
  EXPECT_EQ(first.status, 1) << first.err;
  EXPECT_NE(first.out.find("not proven 1-minimal"), std::string::npos) << first.out;
  const Ended second = Hotweave({"minimize", kSpec, scratch / "min.sched", "-o", scratch / "min.sched", "--force", "--json",
                                 "--quiet", "--artifacts", scratch / "kept"});
  EXPECT_EQ(second.status, 1) << second.err;
  EXPECT_EQ(second.Json()["one_minimal"], true);
  EXPECT_LE(second.Json()["departures"]["preemptions"], 3);
}

TEST(Minimize, LeavesTheBestSoFarWhenItIsInterrupted) {
  const Scratch scratch;
  Launch launch;
  launch.arguments = {"minimize", "ksm_two_offlines@S3-D+ksm_waits_once",
                      std::string(kCorpus) + "ksm_two_offlines/programs/R3.5-waits-once.sched", "-o", scratch / "min.sched",
                      "--artifacts", scratch / "kept"};
  launch.signal = SIGINT;
  launch.after_ms = 4000;   // long after the start, long before the end
  const Ended r = RunProgram(launch);
  EXPECT_EQ(r.status, 1) << r.err;
  EXPECT_NE(r.out.find("not proven 1-minimal"), std::string::npos) << r.out;
  const Ended replay = Hotweave({"replay", "ksm_two_offlines@S3-D+ksm_waits_once", scratch / "min.sched", "--json"});
  EXPECT_EQ(replay.Json()["kind"], "invariant") << replay.err;
}

TEST(Minimize, WithoutOutputMakesANewFileAmongTheArtifacts) {
  const Scratch scratch;
  const Ended r = Minimize(scratch, {"--json"});
  EXPECT_EQ(r.status, 1) << r.err;
  const std::string artifact = r.Json()["artifact"];
  EXPECT_TRUE(artifact.starts_with(scratch / "kept")) << artifact;
  EXPECT_EQ(Hotweave({"replay", kSpec, artifact, "--json"}).Json()["fingerprint"], kFingerprint);
}

// What else it meets is a crasher of its own.
TEST(Minimize, KeepsOtherFindings) {
  const Scratch scratch;
  const Ended r = Hotweave({"minimize", "slab_create_vs_online_vs_cpu_down@S0-B",
                            std::string(kCorpus) + "slab_create_vs_online_vs_cpu_down/programs/R0.1.sched", "-o",
                            scratch / "min.sched", "--artifacts", scratch / "kept", "--json", "--quiet"});
  ASSERT_EQ(r.status, 1) << r.err;
  ASSERT_GT(r.Json()["others"].size(), 0u);
  for (const auto& other : r.Json()["others"]) {
    EXPECT_NE(other["fingerprint"], r.Json()["fingerprint"]);
    EXPECT_NE(r.err.find(other["fingerprint"].get<std::string>()), std::string::npos) << r.err;
    const Ended replay = Hotweave({"replay", "slab_create_vs_online_vs_cpu_down@S0-B", other["artifact"], "--json"});
    EXPECT_EQ(replay.Json()["fingerprint"], other["fingerprint"]);
  }
}

TEST(Minimize, DoesNotTouchAFileInTheWay) {
  const Scratch scratch;
  Spill(scratch / "min.sched", "mine\n");
  const Ended r = Minimize(scratch, {"-o", scratch / "min.sched"});
  EXPECT_EQ(r.status, 2);
  EXPECT_NE(r.err.find("min.sched: exists (--force replaces it)"), std::string::npos) << r.err;
  EXPECT_EQ(Slurp(scratch / "min.sched"), "mine\n");
  EXPECT_EQ(FilesIn(scratch / "kept").size(), 0u);
}

TEST(Minimize, HasNothingToDoWhereItPasses) {
  const Scratch scratch;
  Spill(scratch / "empty", "");
  const Ended r = Hotweave({"minimize", "online_vs_probe@v5.1", scratch / "empty", "-o", scratch / "min.sched"});
  EXPECT_EQ(r.status, 0) << r.err;
  EXPECT_NE(r.out.find("passes: nothing to minimize"), std::string::npos) << r.out;
  EXPECT_EQ(FilesIn(scratch.path()), std::vector<std::string>{"empty"});
}

TEST(Minimize, RefusesToMinimizeAnotherFindingThanTheFileIsAbout) {
  const Scratch scratch;
  std::string text = Slurp(kFile);
  const size_t at = text.find("expect: ");
  text.replace(at, text.find('\n', at) - at, "expect: deadlock deadlock:a,b");
  Spill(scratch / "other.sched", text);
  const Ended r = Hotweave({"minimize", kSpec, scratch / "other.sched", "-o", scratch / "min.sched"});
  EXPECT_EQ(r.status, 2);
  EXPECT_NE(r.err.find("not deadlock:a,b as its expect: line says"), std::string::npos) << r.err;
  EXPECT_EQ(std::count(r.err.begin(), r.err.end(), '\n'), 1) << r.err;
  EXPECT_EQ(FilesIn(scratch.path()), std::vector<std::string>{"other.sched"});
}

}  // namespace
}  // namespace hotweave
