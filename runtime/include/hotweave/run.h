// SPDX-License-Identifier: GPL-2.0-only OR MIT
// One execution is one function call: from a target, a profile and a strategy to a verdict.
// This is the whole interface between the engine and whatever drives it (fuzz/, tests, benches).
// One execution runs at a time in a process; nothing here is thread-safe.
#pragma once

#include <bitset>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include <hotweave/finding.h>
#include <hotweave/schedule.h>
#include <hotweave/target.h>

namespace hotweave {

class Strategy;
struct Trace;
struct EdgeExperiment;

// ---- Targets and profiles (the registry) -----------------------------------------------------------------

// A set of history rows under the name the user gave it.
struct Profile {
  std::string name;   // "" for programs without a history table
  std::bitset<HOTWEAVE_MAX_HISTORY_ROWS> rows;
  uint32_t version = 0;   // KERNEL_VERSION(); 0: 6.1
};

// All targets of this program, sorted by name.
std::vector<const hotweave_target*> Targets();
const hotweave_target* FindTarget(std::string_view name);
// The program's history table, or nullptr.
const hotweave_history* History();
std::vector<const hotweave_expectation*> ExpectationsOf(std::string_view target);

// What `hotweave history` measures, or nullptr.
const hotweave_matrix* Matrix();

// The newest kernel among the profiles of the history table: the last that is not derived from another. Null without a
// history table.
const hotweave_profile* NewestProfile();
// Parses "NAME[@PROFILE[-ROW|+ROW]…]": the newest profile if none is given; each "-ROW" takes a row out, each "+ROW" puts
// one in (its commit id or a prefix of at least 7 digits; an alteration's whole name). False with a one-line reason
// if anything is unknown (near names included).
bool ParseTarget(std::string_view spec, const hotweave_target** target, Profile* profile, std::string* error);

// ---- Executions ------------------------------------------------------------------------------------------

// Which rules the lock-order detector follows. Old: Linux up to 5.9. New: 5.10 and later (recursive readers).
// Auto: those of the kernel version that the execution plays.
enum class LockdepRules : uint8_t { Off, Old, New, Auto };

struct RunOptions {
  const hotweave_target* target = nullptr;
  const Profile* profile = nullptr;      // null: no rows in effect
  bool race_detection = true;            // false: --no-race
  LockdepRules lockdep = LockdepRules::Auto;
  bool raw_lock_nesting = false;         // CONFIG_PROVE_RAW_LOCK_NESTING: a spinlock_t inside a raw_spinlock_t is wrong
  uint64_t max_steps = 1'000'000;        // scheduling points
  EdgeExperiment* edges = nullptr;       // for tests of the primitives: core/edges.h
};

struct RunResult {
  VerdictKind verdict = VerdictKind::Pass;
  std::optional<Finding> finding;        // iff verdict is Finding; sites are in the trace if there is one
  const char* budget_reason = "";        // iff verdict is OutOfBudget
  uint64_t steps = 0;                    // scheduling points passed
  uint64_t preemptions = 0;              // switches away from a task that could have gone on
  uint64_t switches = 0;                 // all switches
  uint64_t contended = 0;                // lock acquisitions that waited
  uint32_t tasks = 0;
  uint64_t schedule_hash = 0;            // equal for equal sequences of switches
  uint64_t trace_hash = 0;               // 0 without a trace
};

// Runs one execution. With `trace` it is traced, and `schedule` (if not null; ignored without a trace)
// receives its exact departures. Tracing changes no decision. The first call captures the pristine globals
// (all constructors must have run) and installs handlers for SIGSEGV, SIGBUS, SIGFPE, SIGILL and SIGVTALRM.
// A fault of the engine itself does not return: one line on standard error, exit status 70.
RunResult RunExecution(const RunOptions& options, Strategy& strategy, Trace* trace = nullptr,
                       Schedule* schedule = nullptr);

// The same, guided by an input.
RunResult RunInput(const RunOptions& options, const Input& input, Trace* trace = nullptr,
                   Schedule* schedule = nullptr);

// In which order tasks overwrote each other's values in global memory, over all executions so far: pairs of
// writes that synchronisation orders (others are races).
struct OrderSeen {
  std::string object;      // place, as a name ("node_data+0x1c0")
  uint64_t address;        // run-time address, for symbolising only
  std::string first, then; // tasks
  uint64_t count;
};
std::vector<OrderSeen> OrdersSeen();
void ForgetOrdersSeen();

}  // namespace hotweave
