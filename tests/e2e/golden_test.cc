// SPDX-License-Identifier: GPL-2.0-only OR MIT
// The report of each kind of finding, byte for byte, as the program `kinds` prints it of a stored schedule: tests/golden/
// kinds.def. renew.sh writes the files anew.
#include <algorithm>
#include <filesystem>
#include <set>
#include <string>
#include <vector>

#include <gtest/gtest.h>
#include <hotweave/finding.h>

#include "program_helper.h"

namespace hotweave {
namespace {

struct Golden {
  const char* target;
  const char* kind;
};

constexpr Golden kGolden[] = {
#define KIND(target, kind, options) {#target, kind},
#include "../golden/kinds.def"
#undef KIND
};

std::string InFolder(const std::string& name) { return HOTWEAVE_SOURCE_DIR "/tests/golden/" + name; }

// What `kinds COMMAND TARGET kinds/TARGET.sched` prints, as renew.sh calls it: without the options that it was found with.
Ended Kinds(const Golden& g, const char* command, std::vector<std::string> more = {}, std::vector<std::string> environment = {}) {
  Launch launch;
  launch.program = HOTWEAVE_BINARY_DIR "/kinds";
  launch.directory = InFolder("");
  launch.environment = {"HOTWEAVE_COMMAND=kinds", "LC_ALL=C.UTF-8"};
  launch.environment.insert(launch.environment.end(), environment.begin(), environment.end());
  launch.arguments = {command, g.target, std::string("kinds/") + g.target + ".sched"};
  launch.arguments.insert(launch.arguments.end(), more.begin(), more.end());
  return RunProgram(launch);
}

std::string Stored(const std::string& target) { return Slurp(InFolder("kinds/" + target + ".txt")); }

// The line of a stored report that starts so.
std::string StoredLine(const std::string& target, const std::string& start) {
  const std::string text = Stored(target);
  const size_t at = text.find("\n" + start);
  return at == text.npos ? "" : text.substr(at + 1, text.find('\n', at + 1) - at - 1);
}

const Golden& Of(const std::string& target) {
  for (const Golden& g : kGolden)
    if (target == g.target) return g;
  ADD_FAILURE() << "no " << target;
  return kGolden[0];
}

size_t LinesOf(const std::string& text) { return static_cast<size_t>(std::count(text.begin(), text.end(), '\n')); }

class GoldenReport : public testing::TestWithParam<Golden> {};

TEST_P(GoldenReport, IsAsStored) {
  const Ended report = Kinds(GetParam(), "replay");
  EXPECT_EQ(report.status, 1);
  EXPECT_EQ(report.err, "");
  EXPECT_EQ(report.out, Stored(GetParam().target));
}

TEST_P(GoldenReport, HasItsKindAndFitsOnAScreen) {
  const std::string report = Stored(GetParam().target);
  EXPECT_TRUE(report.starts_with("ASSERTION FAILED: " + std::string(GetParam().kind) + ": ")) << report;
  EXPECT_LE(LinesOf(report), 40u) << report;
  EXPECT_NE(report.find("replayed 10/10"), std::string::npos);
  EXPECT_NE(report.find("\nrule: "), std::string::npos);
  EXPECT_EQ(report.find("0x7f"), std::string::npos) << "an address";
}

TEST_P(GoldenReport, IsExplainedInFiveSentences) {
  const Ended explained = Kinds(GetParam(), "explain", {"--confirm", "300"});
  EXPECT_EQ(explained.status, 1);
  for (const char* sentence : {"\n1. What happened: ", "\n2. Which decisions mattered", "\n3. What would have avoided it: ",
                               "\n4. What the model leaves out: ", "\n5. How sure this is: replayed 10/10"})
    EXPECT_NE(explained.out.find(sentence), std::string::npos) << sentence << "\n" << explained.out;
}

INSTANTIATE_TEST_SUITE_P(Kinds, GoldenReport, testing::ValuesIn(kGolden),
                         [](const auto& info) { return std::string(info.param.target); });

TEST(GoldenReports, ThereIsOneForEachKind) {
  std::set<std::string> shown;
  for (const Golden& g : kGolden) shown.insert(g.kind);
  for (size_t k = 0; k < static_cast<size_t>(Kind::kCount); k++)
    EXPECT_TRUE(shown.contains(std::string(KindName(static_cast<Kind>(k))))) << KindName(static_cast<Kind>(k));
}

TEST(GoldenReports, OrdersOfLocksSayWhatBecameOfThem) {
  auto confirmation = [](const char* target) { return StoredLine(target, "confirmation: "); };
  EXPECT_EQ(confirmation("lock_order"), "confirmation: confirmed");
  EXPECT_EQ(confirmation("lock_order_gated"), "confirmation: gated by hotplug_mutex");
  EXPECT_EQ(confirmation("lock_order_one_task"), "confirmation: not reached in 10000 executions");
  EXPECT_EQ(StoredLine("lock_order", "level: "), "level:        faithful: the kernel's lockdep would print this");
  EXPECT_EQ(StoredLine("lock_order_feasible", "level: "),
            "level:        feasible: no lock keeps these acquisitions apart");
}

TEST(GoldenReports, AsciiWhereTheLocaleIsNotUtf8) {
  const Ended report = Kinds(Of("data_race"), "replay", {}, {"LC_ALL=C"});
  for (char c : report.out) ASSERT_LT(static_cast<unsigned char>(c), 0x80);
  EXPECT_NE(report.out.find("preempted: online -> balloon"), std::string::npos) << report.out;
  EXPECT_NE(Kinds(Of("data_race"), "replay", {}, {"LC_ALL=", "LC_CTYPE=en_US.utf8"}).out.find("→"), std::string::npos);
}

TEST(GoldenReports, AllShowsEveryEvent) {
  const std::string some = Stored("lock_order_three");
  const std::string all = Kinds(Of("lock_order_three"), "replay", {"--all", "--confirm", "50"}).out;
  EXPECT_NE(some.find(": --all)"), std::string::npos) << some;
  EXPECT_EQ(all.find(": --all)"), std::string::npos) << all;
  EXPECT_GT(LinesOf(all), LinesOf(some));
}

// The stored findings of the stories: what people really see.
TEST(GoldenReports, OfTheWholeCorpusFitOnAScreen) {
  size_t seen = 0;
  for (const auto& entry : std::filesystem::recursive_directory_iterator(HOTWEAVE_SOURCE_DIR "/corpus")) {
    if (entry.path().extension() != ".sched") continue;
    const std::string text = Slurp(entry.path());
    const std::string target = entry.path().parent_path().parent_path().filename();
    const size_t at = text.find("\nprofile: ");
    const std::string profile = at == text.npos ? "" : "@" + text.substr(at + 10, text.find('\n', at + 10) - at - 10);
    const Ended report = Hotweave({"replay", target + profile, entry.path(), "--confirm", "50"});
    if (report.status != 1) continue;   // expected to pass
    seen++;
    EXPECT_LE(LinesOf(report.out), 40u) << entry.path() << "\n" << report.out;
    EXPECT_NE(report.out.find("replayed 10/10"), std::string::npos) << entry.path();
    EXPECT_NE(report.out.find("\nnext: "), std::string::npos) << entry.path();
  }
  EXPECT_GE(seen, 20u);
}

// From this alone one can write the fix: who holds what, by which calls, what must not be taken there.
TEST(Explanations, OfStoryFourAreEnoughToWriteTheFix) {
  const std::string corpus = HOTWEAVE_SOURCE_DIR "/corpus/pcpu_alloc_vs_cpu_up/programs/R4.1.sched";
  const Ended explained = Hotweave({"explain", "pcpu_alloc_vs_cpu_up@S4-C", corpus});
  std::string text;   // on one line
  for (char c : explained.out)
    if (c != ' ' || !text.ends_with(' ')) text += c == '\n' ? ' ' : c;
  for (size_t twice; (twice = text.find("  ")) != text.npos;) text.erase(twice, 1);
  for (const char* fact : {"bpf took pcpu_alloc_mutex (pcpu_alloc percpu.cc", "cpu_up took cpu_hotplug.lock",
                           "__alloc_pages_direct_reclaim -> drain_all_pages ->", "drain_begin does not take cpu_hotplug.lock while pcpu_alloc_mutex is held",
                           "without decision 1 (bpf is preempted", "the run passes", "With a459eeb7b852 (mm, page_alloc: do not depend on cpu hotplug locks",
                           "the same schedule passes and 200 executions around it find nothing"})
    EXPECT_NE(text.find(fact), text.npos) << fact << "\n" << text;
}

TEST(Explanations, ARowThatDoesNotHelpIsNotNamed) {
  const std::string corpus = HOTWEAVE_SOURCE_DIR "/corpus/pcpu_alloc_vs_cpu_up/programs/R4.1.sched";
  EXPECT_EQ(Hotweave({"explain", "pcpu_alloc_vs_cpu_up@S4-C", corpus}).out.find("With 3f906ba23689"), std::string::npos);
}

// Which lock would have kept the two apart: read off the locks that both held, and proved by the alteration that takes it away.
TEST(Explanations, OfAVanishedPageNameTheLocks) {
  const std::string corpus = HOTWEAVE_SOURCE_DIR "/corpus/";
  const auto flat = [](const Ended& r) {
    std::string text;
    for (char c : r.out)
      if ((c != ' ' && c != '\n') || !text.ends_with(' ')) text += c == '\n' ? ' ' : c;
    return text;
  };
  const std::string between = flat(Hotweave({"explain", "ksm_scan_vs_offline@S3-C", corpus + "ksm_scan_vs_offline/programs/R3.3.sched"}));
  for (const char* fact : {"offline took the memory away in hide_offline_pages sparse.cc", "mem_hotplug_lock (write)",
                           "offline took ksm_thread_mutex as well, which ksmd holds from that look to the use",
                           "Without ksm_not_locked_out", "the same schedule passes and 200 executions around it find nothing"})
    EXPECT_NE(between.find(fact), between.npos) << fact << "\n" << between;
  const std::string after =
      flat(Hotweave({"explain", "ksm_offline@S3-D+ksm_does_not_prune", corpus + "ksm_offline/programs/R3.5-no-prune.sched"}));
  EXPECT_NE(after.find("ksmd looked when it had gone already: "), after.npos) << after;
  EXPECT_EQ(after.find("It could not happen if"), after.npos) << "no lock would help\n" << after;
  EXPECT_NE(after.find("Without ksm_does_not_prune"), after.npos) << after;
}

TEST(Explanations, APassingScheduleHasNone) {
  const Ended nothing = Hotweave({"explain", "pcpu_alloc_vs_cpu_up@S4-F", "/dev/null"});
  EXPECT_EQ(nothing.status, 0);
  EXPECT_EQ(nothing.out, "");
  EXPECT_NE(nothing.err.find("nothing to explain"), std::string::npos) << nothing.err;
}

TEST(Explanations, ADecisionThatMattersIsProvedByTakingItAway) {
  const std::string text = Kinds(Of("null_deref"), "explain").out;
  EXPECT_NE(text.find("without decision 1"), std::string::npos) << text;
  EXPECT_NE(text.find("The run without any of them passes."), std::string::npos) << text;
}

}  // namespace
}  // namespace hotweave
