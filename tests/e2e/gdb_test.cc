// SPDX-License-Identifier: GPL-2.0-only OR MIT
// `replay --gdb`: gdb, run without a terminal on stored schedules, stops where it says, on the stack of the task that it
// says, and its commands tell the truth about all tasks.
#include <sstream>

#include "program_helper.h"

namespace hotweave {
namespace {

constexpr const char* kDeadlock = "pcpu_alloc_vs_cpu_up@S4-C";
constexpr const char* kDeadlockFile = "corpus/pcpu_alloc_vs_cpu_up/programs/R4.1.sched";
constexpr const char* kRace = "online_vs_probe@v4.19";
constexpr const char* kRaceFile = "corpus/online_vs_probe/programs/R1.2.sched";

// The line that --gdb prints, through the shell, without a terminal, with these commands after `hotweave start`.
std::string InGdb(const std::string& target, const std::string& file, const std::vector<std::string>& commands,
                  const std::string& program = HOTWEAVE_BINARY) {
  Launch ask;
  ask.program = program;
  ask.arguments = {"replay", target, file, "--gdb=print"};
  const Ended printed = RunProgram(ask);
  EXPECT_EQ(printed.status, 0) << printed.err;
  std::string line = printed.out.substr(0, printed.out.find('\n'));
  std::string more;
  for (const std::string& c : commands) more += " -ex '" + c + "'";
  const size_t at = line.find(" --args ");
  EXPECT_NE(at, line.npos) << line;
  line.insert(at, more);
  line.replace(0, line.find(' '), "exec gdb -nx -batch");
  Launch launch;
  launch.program = "/bin/sh";
  launch.arguments = {"-c", line + " </dev/null 2>&1"};
  const Ended r = RunProgram(launch);
  EXPECT_EQ(r.status, 0) << r.out;
  return r.out;
}

// Only what follows this line.
std::string After(const std::string& out, const std::string& mark) {
  const size_t at = out.find(mark);
  EXPECT_NE(at, out.npos) << mark << " is not in:\n" << out;
  return at == out.npos ? "" : out.substr(at);
}

TEST(Gdb, StopsAtTheLastPreemptionOnTheStackOfItsTask) {
  const std::string out = InGdb(kRace, kRaceFile, {"echo ==bt\\n", "bt"});
  EXPECT_NE(out.find("the last preemption: probe is about to do write of node_data"), out.npos) << out;
  EXPECT_NE(out.find("online runs instead"), out.npos) << out;
  const std::string stack = After(out, "==bt");
  EXPECT_NE(stack.find("online_pages"), stack.npos) << stack;
  EXPECT_NE(stack.find("targets/mm/memory_hotplug.cc:"), stack.npos) << stack;
  // It ends where the fiber began.
  EXPECT_NE(stack.find("Trampoline"), stack.npos) << stack;
  EXPECT_EQ(stack.find("Backtrace stopped"), stack.npos) << stack;
  EXPECT_EQ(stack.find(" ?? ("), stack.npos) << stack;
}

TEST(Gdb, GoesOnToTheFinding) {
  const std::string out = InGdb(kDeadlock, kDeadlockFile, {"hotweave continue", "echo ==end\\n", "continue"});
  const std::string finding = After(out, "the finding, deadlock, in bpf: bpf waits for cpu_hotplug.lock, which cpu_up holds");
  EXPECT_NE(finding.find("drain_begin"), finding.npos) << finding;
  EXPECT_NE(After(out, "==end").find("pcpu_alloc_vs_cpu_up@S4-C: deadlock:"), std::string::npos) << "it ends as a replay does";
}

TEST(Gdb, ListsAllTasks) {
  const std::string out = InGdb(kDeadlock, kDeadlockFile, {"hotweave continue", "echo ==tasks\\n", "hotweave tasks"});
  const std::string tasks = After(out, "==tasks");
  std::istringstream lines(tasks);
  std::string line, all;
  std::vector<std::string> names;
  while (std::getline(lines, line)) {
    if (line.find(" CPU ") != line.npos) names.push_back(line.substr(2, line.find(' ', 2) - 2));
  }
  const std::vector<std::string> expected = {"init",        "kswapd0",     "kcompactd0",  "cpuhp/0", "cpuhp/1", "cpuhp/2",
                                             "migration/0", "migration/1", "migration/2", "setup/1", "bpf",     "cpu_up"};
  EXPECT_EQ(names, expected) << tasks;
  const std::string bpf = tasks.substr(tasks.find("* bpf"));
  EXPECT_NE(bpf.find("holds pcpu_alloc_mutex, pcpu_drain_mutex"), bpf.npos) << tasks;
  EXPECT_NE(tasks.find("waits for pcpu_alloc_mutex (mutex_lock)"), tasks.npos) << tasks;
  EXPECT_NE(tasks.find("waits for the end of bpf"), tasks.npos) << tasks;
  EXPECT_NE(tasks.find("at pcpu_alloc targets/mm/percpu.cc:"), tasks.npos) << tasks;
}

TEST(Gdb, ShowsTheStackOfATaskThatWasSwitchedAwayFrom) {
  const std::string out =
      InGdb(kDeadlock, kDeadlockFile, {"hotweave continue", "echo ==bt\\n", "hotweave bt cpu_up", "echo ==own\\n", "bt 3", "continue"});
  const std::string other = After(out, "==bt");
  const std::string stack = other.substr(0, other.find("==own"));
  for (const char* function : {"SwitchFiber", "runtime/kernel/mutex.cc", "pcpu_alloc", "smpcfd_prepare_cpu", "Trampoline"}) {
    EXPECT_NE(stack.find(function), stack.npos) << function << " is not in\n" << stack;
  }
  // The registers are as they were: the stack is the one of before, and the execution ends as it would have.
  const std::string own = After(out, "==own");
  EXPECT_NE(own.find("hotweave_stop_finding"), own.npos) << own;
  EXPECT_NE(own.find("deadlock:cpu_hotplug.lock,pcpu_alloc_mutex"), own.npos) << own;
}

constexpr const char* kKinds = HOTWEAVE_BINARY_DIR "/kinds";

// A fault of target code is a finding, not a signal for gdb; the engine's frames on the way there are passed over.
TEST(Gdb, AFaultStopsAtItsPlace) {
  const std::string out = InGdb("wild_access", "tests/golden/kinds/wild_access.sched", {"continue"}, kKinds);
  const std::string finding = After(out, "the finding, wild-access, in ");
  EXPECT_NE(finding.substr(0, finding.find("\n\n")).find("tests/golden/kinds_memory_target.cc:"), finding.npos) << finding;
  EXPECT_EQ(out.find("SIGSEGV"), out.npos) << out;
  EXPECT_NE(finding.find("wild_access: wild-access:"), finding.npos) << finding;
}

TEST(Gdb, ALongStackIsShownInPart) {
  const std::string out = InGdb("stack_overflow", "tests/golden/kinds/stack_overflow.sched", {}, kKinds);
  const std::string finding = After(out, "the finding, stack-overflow, in ");
  EXPECT_NE(finding.find(" more: bt"), finding.npos);
  EXPECT_LT(finding.size(), 6000u);
}

TEST(Gdb, StepsToTheNextTask) {
  const std::string out = InGdb(kRace, kRaceFile, {"hotweave step"});
  EXPECT_NE(out.find("online runs next"), out.npos) << out;
}

// Without a preemption there is the finding alone; a fault of target code is one, and not a signal for gdb.
TEST(Gdb, SequentialExecutionStopsAtItsFinding) {
  const std::string out = InGdb("memtrace_vs_sysfs@v5.1", "corpus/memtrace_vs_sysfs/crashers/memtrace_vs_sysfs@v5.1-lock-order-2b5c5661.sched", {});
  EXPECT_EQ(out.find("the last preemption"), out.npos) << out;
  EXPECT_NE(out.find("the finding, lock-order, in memtrace"), out.npos) << out;
}

TEST(Gdb, PrintsAndRunsNothingWithoutATerminal) {
  const Ended r = Hotweave({"replay", kRace, kRaceFile, "--gdb"});
  EXPECT_EQ(r.status, 0);
  EXPECT_EQ(r.out.rfind("gdb -q -x ", 0), 0u) << r.out;
  EXPECT_NE(r.out.find("--args " + std::string(HOTWEAVE_BINARY) + " replay online_vs_probe@v4.19 "), r.out.npos) << r.out;
}

TEST(Gdb, AnUnknownModeIsRefused) {
  const Ended r = Hotweave({"replay", kRace, kRaceFile, "--gdb=attach"});
  EXPECT_EQ(r.status, 2);
  EXPECT_NE(r.err.find("unknown --gdb=attach"), r.err.npos) << r.err;
}

}  // namespace
}  // namespace hotweave
