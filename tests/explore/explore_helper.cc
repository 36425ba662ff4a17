// SPDX-License-Identifier: GPL-2.0-only OR MIT
// See explore_helper.h.
#include "explore_helper.h"

#include <fmt/format.h>

#include <memory>

#include "../support/search.h"
#include "strategy/traces.h"

namespace hotweave {
namespace {

constexpr uint64_t kSamples = 64;
constexpr uint64_t kMaxSteps = 5'000;

explore_program program;
unsigned long long final_state;

RunOptions Options(const std::string& target, bool races) {
  RunOptions o = OptionsFor(target, {.races = races, .lockdep = LockdepRules::Off});
  o.max_steps = kMaxSteps;
  return o;
}

void Collect(const RunResult& r, Ends* ends) {
  const std::string name = r.finding ? r.finding->fingerprint : r.verdict == VerdictKind::Pass ? fmt::format("{:x}", final_state) : "limit";
  ++(*ends)[name];
}

std::unique_ptr<class Search> SearchBy(By by, int bound, const RunOptions& options) {
  const uint32_t limit = bound < 0 ? kNoBound : static_cast<uint32_t>(bound);
  if (by == By::Enumeration) return std::make_unique<Exhaustive>(Reduction::None, limit);
  if (bound < 0) return std::make_unique<Traces>();
  auto search = std::make_unique<Exhaustive>(Reduction::States, limit);
  for (uint64_t i = 0; by == By::Rehearsed && i < kSamples; ++i) {
    search->Sample(i);
    const RunResult r = RunExecution(options, *search);
    search->Advance(r.verdict == VerdictKind::Finding);
  }
  return search;
}

}  // namespace

extern "C" unsigned explore_tasks() { return program.tasks; }
extern "C" unsigned explore_init() { return program.init; }
extern "C" explore_always explore_invariant() { return program.always; }
extern "C" int explore_cpu(unsigned task) { return program.cpu[task] - 1; }
extern "C" int explore_operation(unsigned task, unsigned i) {
  const explore_op& op = program.op[task][i];
  return i < program.ops[task] ? op.kind * 4 + op.a * 2 + op.b : -1;
}
extern "C" void explore_final(unsigned long long state) { final_state = state; }

void SetProgram(const explore_program& p) { program = p; }

Explored ExploreAll(const std::string& target, const How& how) {
  Explored e;
  ExploreOptions o;
  o.run = Options(target, how.races);
  if (how.bound >= 0) o.bound = static_cast<uint32_t>(how.bound);
  o.reduction = how.reduction;
  o.keep_going = true;
  o.runs = how.runs;
  o.progress = false;
  o.on_execution = [&](const RunResult& r) { Collect(r, &e.ends); };
  e.result = Explore(o);
  return e;
}

Covered Cover(const std::string& target, By by, int bound, bool races, uint64_t most_runs) {
  const RunOptions options = Options(target, races);
  const std::unique_ptr<class Search> search = SearchBy(by, bound, options);
  Covered c;
  uint64_t restarts = search->restarts();
  for (uint64_t runs = 1;; ++runs) {
    const RunResult r = RunExecution(options, *search);
    ++c.executions;
    if (!search->cut()) Collect(r, &c.ends);
    if (!search->Advance(r.verdict == VerdictKind::Finding)) break;
    if (search->restarts() != restarts) c = Covered{};
    restarts = search->restarts();
    if (runs == most_runs) return c;
  }
  c.complete = !c.ends.count("limit");
  return c;
}

std::string Difference(const Covered& reduced, const Covered& full) {
  std::string out;
  for (const auto& [name, n] : full.ends) {
    if (!reduced.ends.count(name)) out += fmt::format(" lost {} ({} of {})", name, n, full.executions);
  }
  for (const auto& [name, n] : reduced.ends) {
    if (!full.ends.count(name)) out += fmt::format(" invented {} ({} of {})", name, n, reduced.executions);
  }
  return out;
}

}  // namespace hotweave
