// SPDX-License-Identifier: GPL-2.0-only OR MIT
// Same input, same binary: same trace, byte for byte, in any process, with address randomisation or
// without, whatever the environment. And a target that breaks this is noticed.
#include <algorithm>
#include <map>

#include "program_helper.h"

namespace hotweave {
namespace {

using Json = nlohmann::json;

constexpr const char* kFound = "online_vs_probe@v4.19";
constexpr const char* kNondeterministic = HOTWEAVE_BINARY_DIR "/nondeterministic";
constexpr const char* kAllTargets = HOTWEAVE_BINARY_DIR "/all_targets";

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

// The pairs of ways into memory hotplug are many, and made of one another: every fourth is enough here, all in the long tests.
bool IsPair(const std::string& target) { return target.starts_with("pair_"); }

// Every target in two processes (all_targets.cc), of which one takes them in the opposite order: what an execution does depends
// neither on the process nor on the executions before it. The targets are shared out over the parts.
constexpr size_t kParts = 12;

class EveryTarget : public testing::TestWithParam<size_t> {
 protected:
  // Its targets; of the pairs every `nth`, or none (0).
  std::vector<std::string> Part(size_t nth) const {
    const std::vector<std::string> all = Targets();
    std::vector<std::string> out;
    for (size_t i = GetParam(); i < all.size(); i += kParts) {
      if (!IsPair(all[i]) || (nth && i / kParts % nth == 0)) out.push_back(all[i]);
    }
    return out;
  }
  void OneTrace(size_t nth);
  void OneSearch(size_t nth);

  // The answers of a process, by target.
  std::map<std::string, std::string> Answers(bool backwards, const std::string& command, const std::string& file,
                                             const std::vector<std::string>& specs) const {
    const Scratch out;
    std::vector<std::string> arguments = {command, backwards ? "backwards" : "forwards", out.path(), file};
    arguments.insert(arguments.end(), specs.begin(), specs.end());
    Launch launch = Vary(backwards, arguments);
    launch.program = kAllTargets;
    const Ended r = RunProgram(launch);
    EXPECT_EQ(r.status, 0) << r.err;
    std::map<std::string, std::string> answers;
    for (const std::string& name : FilesIn(out.path())) answers[name] = Slurp(out / name);
    EXPECT_EQ(answers.size(), specs.size());
    return answers;
  }
};

class EveryTargetLong : public EveryTarget {};

// Every byte of its trace.
void EveryTarget::OneTrace(size_t nth) {
  const Scratch scratch;
  constexpr size_t kSizes[] = {0, 4096};
  for (size_t i = 0; i < std::size(kSizes); ++i) {
    const std::string input = scratch / std::to_string(i);
    Spill(input, FixedBytes(i + 1, kSizes[i]));
    const std::vector<std::string> specs = Part(i == 1 ? nth : 0);
    const auto one = Answers(false, "replay", input, specs), other = Answers(true, "replay", input, specs);
    for (const auto& [spec, trace] : one) {
      EXPECT_GT(trace.size(), 1000u) << spec << ": no trace";
      ASSERT_TRUE(other.at(spec) == trace) << spec << ", input " << i;
    }
  }
}

// What a search says, but for its time and the names of its files.
Json WhatWasFound(const std::string& answer) {
  const size_t end = answer.rfind("status ");
  Json json = Json::parse(answer.substr(0, end));
  for (const char* key : {"seconds", "executions_per_second", "artifact", "confirmation_artifact"}) json.erase(key);
  json["status"] = answer.substr(end);
  return json;
}

// The inputs above hardly match anything; these are schedules that a search made, in old and new kernels.
void EveryTarget::OneSearch(size_t nth) {
  std::vector<std::string> specs;
  for (const std::string& target : Part(nth)) {
    specs.push_back(target + "@v4.14");
    if (!IsPair(target)) specs.push_back(target + "@v5.1");
  }
  const Scratch found;
  const auto one = Answers(false, "fuzz", found / "one", specs), other = Answers(true, "fuzz", found / "other", specs);
  for (const auto& [spec, answer] : one) EXPECT_EQ(WhatWasFound(answer), WhatWasFound(other.at(spec))) << spec;
}

TEST_P(EveryTarget, HasOneTrace) { OneTrace(4); }
TEST_P(EveryTarget, HasOneSearch) { OneSearch(4); }
INSTANTIATE_TEST_SUITE_P(Determinism, EveryTarget, testing::Range(size_t{0}, kParts));

TEST_P(EveryTargetLong, HasOneTrace) { OneTrace(1); }
TEST_P(EveryTargetLong, HasOneSearch) { OneSearch(1); }
INSTANTIATE_TEST_SUITE_P(Determinism, EveryTargetLong, testing::Range(size_t{0}, kParts));

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
