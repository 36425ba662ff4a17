// SPDX-License-Identifier: GPL-2.0-only OR MIT
// Same input, same binary: same trace, byte for byte, in any process, with address randomisation or
// without, whatever the environment. And a target that breaks this is noticed.
#include <algorithm>

#include "program_helper.h"

namespace hotweave {
namespace {

using Json = nlohmann::json;

constexpr const char* kFound = "online_vs_probe@v4.19";
constexpr const char* kNondeterministic = HOTWEAVE_BINARY_DIR "/nondeterministic";

// Ways to start a process that must make no difference: with and without address randomisation, with
// environments of different sizes (which move the stack).
Launch Vary(unsigned i, std::vector<std::string> arguments) {
  Launch launch;
  launch.arguments = std::move(arguments);
  launch.aslr = i % 2 == 0;
  launch.environment = {"HOTWEAVE_TEST_FILLER=" + std::string(i * 1237 % 9001, 'x')};
  return launch;
}

// Bytes from a fixed generator (xorshift64*), the same on every machine.
std::string FixedBytes(uint64_t seed, size_t size) {
  std::string bytes;
  for (uint64_t x = seed * 0x9e3779b97f4a7c15ull + 1; bytes.size() < size;) {
    x ^= x >> 12;
    x ^= x << 25;
    x ^= x >> 27;
    bytes.push_back(static_cast<char>(x * 0x2545f4914f6cdd1dull >> 56));
  }
  return bytes;
}

std::vector<std::string> Targets() {
  std::vector<std::string> names;
  for (const Json& t : Hotweave({"list", "--json"}).Json()) names.push_back(t.at("target"));
  EXPECT_FALSE(names.empty());
  return names;
}

TEST(Determinism, AFindingReplaysInEveryProcess) {
  const Scratch scratch;
  for (const char* race : {"--model=sc", "--no-race"}) {
    const std::string folder = scratch / race;
    const Json found =
        Hotweave({"fuzz", kFound, "--runs", "20000", "--json", "--quiet", "--artifacts", folder, race}).Json();
    for (const char* ending : {".sched", ".bin"}) {
      const std::string file = OnlyFile(folder, ending);
      const std::string trace = Hotweave({"replay", kFound, file, "--trace", race}).out;
      EXPECT_GT(trace.size(), 1000u);
      for (unsigned i = 0; i < 6; ++i) {
        const Ended r = RunProgram(Vary(i, {"replay", kFound, file, "--json", race}));
        ASSERT_EQ(r.status, 1) << r.err;
        ASSERT_EQ(r.Json()["trace_hash"], found["trace_hash"]) << "process " << i << ", " << ending;
        if (i < 3) ASSERT_EQ(RunProgram(Vary(i, {"replay", kFound, file, "--trace", race})).out, trace) << "process " << i;
      }
    }
  }
}

// The pairs of ways into memory hotplug are many, and made of one another: a part of the work is enough for each.
bool IsPair(const std::string& target) { return target.starts_with("pair_"); }

// Every target of the program, every byte of its trace.
TEST(Determinism, EveryTargetHasOneTrace) {
  const Scratch scratch;
  constexpr size_t kSizes[] = {0, 4096};
  for (size_t i = 0; i < std::size(kSizes); ++i) Spill(scratch / std::to_string(i), FixedBytes(i + 1, kSizes[i]));
  for (const std::string& target : Targets()) {
    for (size_t i = IsPair(target) ? 1 : 0; i < std::size(kSizes); ++i) {
      const std::vector<std::string> replay = {"replay", target, scratch / std::to_string(i), "--trace"};
      const Ended one = RunProgram(Vary(0, replay));
      EXPECT_GT(one.out.size(), 1000u) << target << ": no trace";
      for (unsigned vary : {1u}) {
        const Ended other = RunProgram(Vary(vary, replay));
        ASSERT_EQ(other.status, one.status) << target;
        ASSERT_EQ(other.out, one.out) << target << ", input " << i << ", process " << vary;
      }
    }
  }
}

// The inputs above hardly match anything; these are schedules that a search made, in old and new kernels.
TEST(Determinism, EveryTargetHasOneSearch) {
  for (const std::string& target : Targets()) {
    for (const char* profile : {"@v4.14", "@v5.1"}) {
      if (IsPair(target) && profile == std::string("@v5.1")) continue;
      const std::vector<std::string> fuzz = {"fuzz", target + profile, "--runs", "40", "--confirm", "10", "--seed", "9", "--no-race",
                                             "--json", "--quiet", "--artifacts"};
      std::vector<Json> answers;
      for (unsigned vary : {0u, 5u}) {
        const Scratch scratch;
        std::vector<std::string> arguments = fuzz;
        arguments.push_back(scratch / "found");
        answers.push_back(RunProgram(Vary(vary, arguments)).Json());
        for (const char* key : {"seconds", "executions_per_second", "artifact", "confirmation_artifact"}) {
          answers.back().erase(key);
        }
      }
      EXPECT_EQ(answers[0], answers[1]) << target << profile;
    }
  }
}

// ---- Targets that are not deterministic -----------------------------------------------------------------

Ended FuzzNondeterministic(const std::string& target, const Scratch& scratch) {
  Launch launch;
  launch.program = kNondeterministic;
  launch.arguments = {"fuzz", target, "--runs", "2000", "--json", "--quiet", "--artifacts", scratch / "found"};
  return RunProgram(launch);
}

TEST(Nondeterminism, IsAnInternalErrorAndNeverAFinding) {
  for (const char* target : {"reads_the_time_stamp", "keeps_state_elsewhere"}) {
    const Scratch scratch;
    const Ended r = FuzzNondeterministic(target, scratch);
    EXPECT_EQ(r.status, 70) << target << "\n" << r.out << r.err;
    EXPECT_EQ(r.out, "") << target;
    EXPECT_TRUE(r.err.starts_with("HOTWEAVE-INTERNAL: ")) << target << "\n" << r.err;
    EXPECT_EQ(std::count(r.err.begin(), r.err.end(), '\n'), 1) << r.err;
    EXPECT_EQ(FilesIn(scratch / "found").size(), 0u) << target << ": nothing may be kept of it";
  }
}

TEST(Nondeterminism, ReplayIsNotFooledEither) {
  const Scratch scratch;
  Spill(scratch / "empty", "");
  Launch launch;
  launch.program = kNondeterministic;
  launch.arguments = {"replay", "reads_the_time_stamp", scratch / "empty"};
  EXPECT_EQ(RunProgram(launch).status, 70);
}

// One process sees nothing wrong with an address; another one, which reads the stored schedule, does.
TEST(Nondeterminism, BetweenProcessesMakesASchedulesStale) {
  const Scratch scratch;
  Launch launch;
  launch.program = kNondeterministic;
  launch.aslr = false;
  launch.arguments = {"fuzz", "depends_on_an_address", "--runs", "10", "--json", "--quiet", "--artifacts", scratch / "found"};
  const Ended fuzz = RunProgram(launch);
  ASSERT_EQ(fuzz.status, 1) << fuzz.err;
  launch.arguments = {"replay", "depends_on_an_address", OnlyFile(scratch / "found", ".sched"), "--json"};
  launch.environment = {"HOTWEAVE_TEST_FILLER=" + std::string(800, 'x')};
  EXPECT_NE(RunProgram(launch).err.find("stale schedule"), std::string::npos);
}

TEST(Nondeterminism, TheSameTargetWithoutItIsAFinding) {
  const Scratch scratch;
  const Ended r = FuzzNondeterministic("always_fails", scratch);
  EXPECT_EQ(r.status, 1) << r.err;
  EXPECT_EQ(r.Json()["kind"], "assertion");
  EXPECT_EQ(r.Json()["replayed"], "10/10");
}

}  // namespace
}  // namespace hotweave
