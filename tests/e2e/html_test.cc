// SPDX-License-Identifier: GPL-2.0-only OR MIT
// `explain --format html` from outside: the same bytes wherever it runs, small, and without a path of the machine. What
// the page shows is seen by tests/browser.
#include "program_helper.h"

namespace hotweave {
namespace {

constexpr const char* kTarget = "pcpu_alloc_vs_cpu_up@S4-C";
const std::string kFile = std::string(HOTWEAVE_SOURCE_DIR) + "/corpus/pcpu_alloc_vs_cpu_up/programs/R4.1.sched";

std::string Page(const Scratch& scratch, const std::string& schedule, bool aslr, std::vector<std::string> environment) {
  Launch launch;
  launch.arguments = {"explain", kTarget, schedule, "--format", "html", "-o", scratch / "page.html", "--force"};
  launch.aslr = aslr;
  launch.directory = scratch.path();
  launch.environment = std::move(environment);
  launch.environment.push_back("HOTWEAVE_COMMAND=hotweave");   // commands are shown as they were typed
  EXPECT_EQ(RunProgram(launch).status, 1);
  return Slurp(scratch / "page.html");
}

TEST(Html, IsTheSameInEveryProcess) {
  const Scratch scratch;
  const std::string schedule = scratch / "r41.sched";
  Spill(schedule, Slurp(kFile));
  const std::string page = Page(scratch, "r41.sched", true, {});
  EXPECT_EQ(page, Page(scratch, "r41.sched", false, {}));
  EXPECT_EQ(page, Page(scratch, "r41.sched", true, {"COLUMNS=40", "LANG=C", "TERM=dumb"}));
}

TEST(Html, IsSmallAndNamesNoFolderOfTheMachine) {
  const Scratch scratch;
  Spill(scratch / "r41.sched", Slurp(kFile));
  const std::string page = Page(scratch, "r41.sched", true, {});
  EXPECT_LE(page.size(), 300'000u);
  EXPECT_EQ(page.find(HOTWEAVE_SOURCE_DIR), std::string::npos);
  EXPECT_NE(page.find("targets/mm/percpu.cc"), std::string::npos) << "files are named from the top of the tree";
}

}  // namespace
}  // namespace hotweave
