// SPDX-License-Identifier: GPL-2.0-only OR MIT
// For tests of detectors: searches a target with the sequential execution and a bounded number of random
// walks, and replays what it finds in every form that a schedule has (records, bytes, text), traced and not.
// Deterministic: walk n of seed 1 is the same everywhere. Depends on <hotweave/run.h>, core/trace.h and
// strategy/.
#pragma once

#include <algorithm>
#include <set>
#include <string>
#include <vector>

#include <gtest/gtest.h>
#include <hotweave/run.h>

#include "core/trace.h"
#include "strategy/random_walk.h"

namespace hotweave {

struct Effort {
  bool races = true;  // false: as --no-race
  uint64_t walks = 400;
  uint64_t max_steps = 20'000;  // of one execution
  LockdepRules lockdep = LockdepRules::New;
  bool alone = false;           // no two tasks of it can run at once: nothing to preempt
  EdgeExperiment* edges = nullptr;
  const Profile* profile = nullptr;
};

// What a target showed.
struct Hit {
  bool found = false;
  int64_t walk = -1;  // -1: the sequential execution
  RunResult result;   // traced
  Trace trace;
  Schedule schedule;
};

// What a silent search passed through.
struct Silence {
  uint64_t executions = 0, contended = 0, preemptions = 0;
  uint32_t tasks = 0;  // most in one execution
};

inline RunOptions OptionsFor(const std::string& target, const Effort& effort) {
  RunOptions options;
  options.target = FindTarget(target);
  options.race_detection = effort.races;
  options.max_steps = effort.max_steps;
  options.lockdep = effort.lockdep;
  options.edges = effort.edges;
  options.profile = effort.profile;
  if (!options.target) ADD_FAILURE() << "no target " << target;
  return options;
}

// Execution number `walk` of a target; -1 is the sequential one.
inline RunResult RunWalk(const RunOptions& options, int64_t walk, Trace* trace = nullptr,
                         Schedule* schedule = nullptr) {
  if (walk < 0) return RunInput(options, Input{}, trace, schedule);
  RandomWalk strategy(1, static_cast<uint64_t>(walk));
  return RunExecution(options, strategy, trace, schedule);
}

inline std::string Show(const RunResult& r) {
  if (r.finding) return r.finding->fingerprint + " (" + r.finding->sentence + ")";
  return std::string(VerdictName(r.verdict)) + " " + r.budget_reason;
}

// Replays `hit` from records, bytes and text; each must give its trace, and without a trace its verdict.
inline void ExpectReplays(const RunOptions& options, const Hit& hit) {
  const Input input = hit.schedule.ToInput();
  Schedule parsed;
  ParseError error;
  const std::string text = FormatSchedule(hit.schedule);
  ASSERT_TRUE(ParseSchedule(text, &parsed, &error))
      << error.line << ":" << error.column << ": " << error.message;
  EXPECT_EQ(FormatSchedule(parsed), text);
  EXPECT_EQ(parsed.ToInput(), input);
  const Input decoded = DecodeBytes(EncodeBytes(input));
  EXPECT_EQ(decoded, input);
  for (int i = 0; i < 12; ++i) {
    Trace trace;
    const Input& form = i == 10 ? decoded : i == 11 ? parsed.ToInput() : input;
    const RunResult r = RunInput(options, form, &trace);
    ASSERT_EQ(r.trace_hash, hit.result.trace_hash) << "replay " << i << ": " << Show(r);
    ASSERT_EQ(r.verdict, hit.result.verdict);
    if (r.finding) ASSERT_EQ(r.finding->fingerprint, hit.result.finding->fingerprint);
  }
  const RunResult untraced = RunInput(options, input);
  EXPECT_EQ(untraced.verdict, hit.result.verdict);
  // The tracer needs some of the stack as well.
  if (!untraced.finding || untraced.finding->kind != Kind::StackOverflow) {
    EXPECT_EQ(untraced.steps, hit.result.steps);
  }
  EXPECT_EQ(untraced.schedule_hash, hit.result.schedule_hash);
}

// The first execution that does not pass, traced, with its schedule.
inline Hit Search(const std::string& target, const Effort& effort = {}) {
  Hit hit;
  const RunOptions options = OptionsFor(target, effort);
  if (!options.target) return hit;
  for (int64_t walk = -1; walk < static_cast<int64_t>(effort.walks); ++walk) {
    const RunResult quick = RunWalk(options, walk);
    if (quick.verdict == VerdictKind::Pass) continue;
    hit.found = true;
    hit.walk = walk;
    hit.result = RunWalk(options, walk, &hit.trace, &hit.schedule);
    EXPECT_EQ(hit.result.verdict, quick.verdict) << target << ": traced, it is " << Show(hit.result);
    EXPECT_EQ(hit.result.schedule_hash, quick.schedule_hash) << target << ": tracing changes the schedule";
    break;
  }
  return hit;
}

// `target` is found broken, first of all with this kind and fingerprint ("" any), and the finding replays.
inline Hit ExpectFound(const std::string& target, const std::string& kind,
                       const std::string& fingerprint = "", const Effort& effort = {}) {
  SCOPED_TRACE(target);
  Hit hit = Search(target, effort);
  if (!hit.found) {
    ADD_FAILURE() << target << ": silent, but has a " << kind;
    return hit;
  }
  EXPECT_EQ(hit.result.verdict, VerdictKind::Finding) << Show(hit.result);
  if (!hit.result.finding) return hit;
  EXPECT_EQ(KindName(hit.result.finding->kind), kind) << Show(hit.result);
  if (!fingerprint.empty()) EXPECT_EQ(hit.result.finding->fingerprint, fingerprint) << Show(hit.result);
  EXPECT_FALSE(hit.result.finding->sites.empty());
  ExpectReplays(OptionsFor(target, effort), hit);
  return hit;
}

// The same, and the sequential execution shows it.
inline Hit ExpectFoundAtOnce(const std::string& target, const std::string& kind,
                             const std::string& fingerprint = "") {
  Hit hit = ExpectFound(target, kind, fingerprint, {.walks = 0});
  EXPECT_EQ(hit.walk, -1) << target;
  return hit;
}

// No execution of the search finds anything or runs out of budget.
inline Silence ExpectSilent(const std::string& target, const Effort& effort = {}) {
  SCOPED_TRACE(target);
  Silence s;
  const RunOptions options = OptionsFor(target, effort);
  if (!options.target) return s;
  for (int64_t walk = -1; walk < static_cast<int64_t>(effort.walks); ++walk) {
    const RunResult r = RunWalk(options, walk);
    ++s.executions;
    s.contended += r.contended;
    s.preemptions += r.preemptions;
    s.tasks = std::max(s.tasks, r.tasks);
    if (r.verdict == VerdictKind::Pass) continue;
    ADD_FAILURE() << target << ", walk " << walk << ": " << Show(r);
    break;
  }
  if (s.tasks > 1 && effort.walks && !effort.alone) {
    EXPECT_GT(s.preemptions, 0u) << target << ": nothing was tried";
  }
  return s;
}

// The same, and tasks waited for each other's locks: the silence means something.
inline void ExpectSilentThoughContended(const std::string& target, const Effort& effort = {}) {
  EXPECT_GT(ExpectSilent(target, effort).contended, 0u) << target << ": no lock was ever waited for";
}

// All verdicts of the search: kinds of findings, "pass", "out-of-budget".
inline std::set<std::string> Verdicts(const std::string& target, const Effort& effort = {}) {
  std::set<std::string> out;
  const RunOptions options = OptionsFor(target, effort);
  if (!options.target) return out;
  for (int64_t walk = -1; walk < static_cast<int64_t>(effort.walks); ++walk) {
    const RunResult r = RunWalk(options, walk);
    out.insert(std::string(r.finding ? KindName(r.finding->kind) : VerdictName(r.verdict)));
  }
  return out;
}

}  // namespace hotweave
