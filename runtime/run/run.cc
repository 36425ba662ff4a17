// SPDX-License-Identifier: GPL-2.0-only OR MIT
// One execution from options to result: puts engine, detectors and strategies together. The only room of
// the runtime that knows all others but report.
#include <hotweave/run.h>
#include <linux/version.h>

#include "check/checks.h"
#include "check/finding_builder.h"
#include "core/engine.h"
#include "core/internal.h"
#include "core/layout.h"
#include "core/symbols.h"
#include "core/tracer.h"
#include "kernel/reset.h"
#include "memory/model.h"
#include "memory/shadow.h"
#include "run/crash.h"
#include "strategy/guided.h"

namespace hotweave {
namespace {

void InitialiseOnce() {
  static bool done = false;
  if (done) return;
  done = true;
  if (!SymbolTable::Get().Load()) InternalError("the program has no symbol table (was it stripped?)");
  GetLayout();
  CapturePristineGlobals();
  SetMemoryObserver(&TheChecks());
}

// Words of the bit set, as the engine reads them.
struct RowWords {
  uint64_t words[HOTWEAVE_MAX_HISTORY_ROWS / 64] = {};
  explicit RowWords(const Profile& profile) {
    for (size_t i = 0; i < HOTWEAVE_MAX_HISTORY_ROWS; ++i) {
      if (profile.rows[i]) words[i / 64] |= uint64_t{1} << (i % 64);
    }
  }
};

// 6.1: the kernel whose interface include/linux has.
constexpr uint32_t kNewestKernel = 6 << 16 | 1 << 8;

LockdepRules RulesOf(const RunOptions& options, uint32_t version) {
  if (options.lockdep != LockdepRules::Auto) return options.lockdep;
  return version >= KERNEL_VERSION(5, 10, 0) ? LockdepRules::New : LockdepRules::Old;
}

// As a schedule spells them; Auto says nothing.
const char* NameOfRules(LockdepRules rules) {
  switch (rules) {
    case LockdepRules::Off: return "off";
    case LockdepRules::Old: return "old";
    case LockdepRules::New: return "new";
    case LockdepRules::Auto: break;
  }
  return "";
}

VerdictKind Judge(Outcome outcome) {
  switch (outcome) {
    case Outcome::Pass: return VerdictKind::Pass;
    case Outcome::Failed: return VerdictKind::Finding;
    case Outcome::OutOfBudget: return VerdictKind::OutOfBudget;
  }
  return VerdictKind::InternalError;
}

}  // namespace

RunResult RunExecution(const RunOptions& options, Strategy& strategy, Trace* trace, Schedule* schedule) {
  InitialiseOnce();
  static const Profile kNone;
  static Profile cached_profile;
  static RowWords cached_rows{kNone};
  const Profile& profile = options.profile ? *options.profile : kNone;
  if (profile.rows != cached_profile.rows) {
    cached_profile = profile;
    cached_rows = RowWords(profile);
  }

  Schedule scratch;
  std::optional<Tracer> tracer;
  if (trace) tracer.emplace(trace, schedule ? schedule : &scratch);
  const Statistics before = engine.statistics;
  ShadowBegin();
  Model().Begin();
  ResetPrimitives();
  CrashGuard guard;
  Engine::Config config;
  config.strategy = &strategy;
  config.observer = &TheChecks();
  config.tracer = trace ? &*tracer : nullptr;
  config.max_steps = options.max_steps;
  config.race_detection = options.race_detection;
  config.lockdep = options.lockdep != LockdepRules::Off || TheChecks().collecting();
  config.kernel_version = profile.version ? profile.version : kNewestKernel;
  config.fixed = cached_rows.words;
  config.edges = options.edges;
  TheChecks().ConfigureLockdep({.rules = RulesOf(options, config.kernel_version),
                                .raw_lock_nesting = options.raw_lock_nesting,
                                .wait_types = config.kernel_version >= KERNEL_VERSION(5, 7, 0)});
  const Outcome outcome = engine.Run(config, options.target->run);

  RunResult r;
  r.verdict = Judge(outcome);
  if (outcome == Outcome::Failed) {
    r.finding = trace ? BuildFinding(engine.failure(), *tracer) : BuildFinding(engine.failure());
  } else if (outcome == Outcome::OutOfBudget) {
    r.budget_reason = engine.budget_reason();
  }
  r.steps = engine.Steps();
  r.preemptions = engine.statistics.preemptions - before.preemptions;
  r.switches = engine.statistics.switches - before.switches;
  r.contended = engine.statistics.contended - before.contended;
  r.tasks = engine.TasksMade();
  r.schedule_hash = engine.schedule_hash;
  if (trace) {
    r.trace_hash = trace->hash;
    if (schedule) {
      schedule->target = options.target->name;
      schedule->profile = profile.name;
      schedule->race_detection = options.race_detection;
      schedule->lockdep = NameOfRules(options.lockdep);
      schedule->raw_lock_nesting = options.raw_lock_nesting;
      schedule->trace_hash = trace->hash;
      schedule->expect_kind = r.finding ? std::string(KindName(r.finding->kind)) : "";
      schedule->expect_fingerprint = r.finding ? r.finding->fingerprint : "";
    }
  }
  return r;
}

RunResult RunInput(const RunOptions& options, const Input& input, Trace* trace, Schedule* schedule) {
  Guided guided(input);
  return RunExecution(options, guided, trace, schedule);
}

std::vector<OrderSeen> OrdersSeen() {
  std::vector<OrderSeen> out;
  for (const HandOver& h : TheChecks().HandOvers()) {
    std::string object = h.object;
    if (h.offset) {
      char hex[16];
      snprintf(hex, sizeof(hex), "+0x%x", h.offset);
      object += hex;
    }
    out.push_back({std::move(object), h.address, h.from, h.to, h.count});
  }
  return out;
}

void ForgetOrdersSeen() { TheChecks().ClearHandOvers(); }

}  // namespace hotweave
