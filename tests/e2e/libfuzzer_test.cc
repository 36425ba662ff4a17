// SPDX-License-Identifier: GPL-2.0-only OR MIT
// NAME_fuzzer for people and farms that know libFuzzer and nothing of hotweave: plain flags, its exit codes,
// its crash files.
#include <algorithm>

#include "program_helper.h"

namespace hotweave {
namespace {

constexpr const char* kFuzzer = HOTWEAVE_BINARY_DIR "/online_vs_probe_fuzzer";
constexpr int kLibFuzzerCrash = 77;

Ended RunFuzzer(const Scratch& scratch, std::vector<std::string> arguments, std::vector<std::string> environment = {}) {
  Launch launch;
  launch.program = kFuzzer;
  launch.directory = scratch.path();
  launch.arguments = std::move(arguments);
  launch.environment = std::move(environment);
  return RunProgram(launch);
}

TEST(LibFuzzer, FindsTheBugAndKeepsTheInput) {
  const Scratch scratch;
  const Ended r = RunFuzzer(scratch, {"-runs=20000", "-seed=1"});
  EXPECT_EQ(r.status, kLibFuzzerCrash) << r.err;
  EXPECT_NE(r.err.find("\nASSERTION FAILED: data-race: "), std::string::npos) << r.err;
  EXPECT_NE(r.err.find("\nDEDUP_TOKEN: data-race:"), std::string::npos) << r.err;
  const std::vector<std::string> files = FilesIn(scratch.path());
  ASSERT_EQ(files.size(), 1u);
  EXPECT_TRUE(files[0].starts_with("crash-")) << files[0];
  const Ended replay = Hotweave({"replay", "online_vs_probe@v4.19", scratch / files[0], "--json"});
  EXPECT_EQ(replay.status, 1) << replay.err;
  EXPECT_EQ(replay.Json()["kind"], "data-race");
  const std::string token = r.Line("DEDUP_TOKEN: ");
  EXPECT_EQ(token, "DEDUP_TOKEN: " + replay.Json()["fingerprint"].get<std::string>());
}

TEST(LibFuzzer, RepeatsACrashFile) {
  const Scratch scratch;
  RunFuzzer(scratch, {"-runs=20000", "-seed=2"});
  const Ended again = RunFuzzer(scratch, {OnlyFile(scratch.path(), "")});
  EXPECT_EQ(again.status, kLibFuzzerCrash) << again.err;
  EXPECT_NE(again.err.find("\nASSERTION FAILED: data-race: "), std::string::npos);
}

TEST(LibFuzzer, IsSilentWhereTheKernelIsRepaired) {
  const Scratch scratch;
  const Ended r = RunFuzzer(scratch, {"-runs=3000", "-seed=1"}, {"HOTWEAVE_TARGET=online_vs_probe@v5.1"});
  EXPECT_EQ(r.status, 0) << r.err;
  EXPECT_EQ(FilesIn(scratch.path()).size(), 0u);
}

TEST(LibFuzzer, RefusesAnUnknownTarget) {
  const Scratch scratch;
  const Ended r = RunFuzzer(scratch, {"-runs=1"}, {"HOTWEAVE_TARGET=no_such_target"});
  EXPECT_EQ(r.status, 2);
  EXPECT_NE(r.err.find("unknown target \"no_such_target\""), std::string::npos) << r.err;
}

// libFuzzer's own minimizing: it keeps the finding, and takes away whole records.
TEST(LibFuzzer, MinimizesACrashAndKeepsTheFinding) {
  const Scratch scratch;
  RunFuzzer(scratch, {"-runs=20000", "-seed=1"});
  const std::string crash = OnlyFile(scratch.path(), "");
  const std::string before = Slurp(crash);
  const std::string fingerprint = Hotweave({"replay", "online_vs_probe@v4.19", crash, "--json"}).Json()["fingerprint"];
  const Ended r = RunFuzzer(scratch, {"-minimize_crash=1", "-runs=40", "-exact_artifact_path=" + (scratch / "min"), crash});
  EXPECT_EQ(r.status, 0) << r.err;
  EXPECT_NE(r.err.find("hotweave: keeping " + fingerprint), std::string::npos) << r.err;
  EXPECT_EQ((r.out + r.err).find("mismatch in dedup tokens"), std::string::npos) << r.err;
  EXPECT_LT(Slurp(scratch / "min").size(), std::max<size_t>(before.size() / 2, 11));
  EXPECT_EQ(Hotweave({"replay", "online_vs_probe@v4.19", scratch / "min", "--json"}).Json()["fingerprint"], fingerprint);
}

// The gate: whatever else an input shows is no failure.
TEST(LibFuzzer, PassesByOtherFindingsWhileOneIsKept) {
  const Scratch scratch;
  RunFuzzer(scratch, {"-runs=20000", "-seed=1"});
  const std::string crash = OnlyFile(scratch.path(), "");
  EXPECT_EQ(RunFuzzer(scratch, {crash}, {"HOTWEAVE_KEEP=deadlock:another"}).status, 0);
  EXPECT_EQ(RunFuzzer(scratch, {crash}).status, kLibFuzzerCrash);
}

}  // namespace
}  // namespace hotweave
