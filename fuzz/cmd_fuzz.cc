// SPDX-License-Identifier: GPL-2.0-only OR MIT
// `hotweave fuzz`: search, confirm, keep, report. See cli.h.
#include <fmt/format.h>
#include <unistd.h>

#include <algorithm>
#include <chrono>
#include <stdexcept>

#include "artifacts.h"
#include "campaign.h"
#include "cli.h"
#include "confirm.h"
#include "core/internal.h"
#include "harness.h"
#include "report/json.h"
#include "report/symbolizer.h"
#include "report/text.h"
#include "show.h"
#include "stored.h"

namespace hotweave {
namespace {

constexpr double kDefaultSeconds = 30;

// The two engines of a search give the same: how much was done and what repeats the failure.
struct Search {
  CampaignResult campaign;
  std::optional<Confirmed> found;
  std::string cannot_be_stored;   // a finding that is none: why
};

CampaignOptions ToCampaign(const FuzzCommand& c, const Resolved& resolved) {
  CampaignOptions o;
  o.run = resolved.Options(c.common);
  if (c.strategy != "guided") o.strategy = c.strategy;
  o.until = c.until;
  o.seed = c.seed;
  o.runs = c.runs;
  o.seconds = c.seconds >= 0 ? c.seconds : (c.runs ? 0 : kDefaultSeconds);
  o.jobs = c.jobs;
  o.title = SpecOf(resolved);
  o.progress = !c.quiet;
  return o;
}

Search SearchRandom(const FuzzCommand& c, const Resolved& resolved) {
  const CampaignOptions o = ToCampaign(c, resolved);
  Search s;
  s.campaign = RunRandomCampaign(o);
  if (!s.campaign.failing) return s;
  const Learned learned = LearnFor(o);
  try {
    s.found = Confirm(o.run, [&](Trace* trace, Schedule* schedule) {
      return RunExecution(o.run, *NthOfCampaign(o, learned, *s.campaign.failing), trace, schedule);
    });
  } catch (const CannotBeStored& e) {
    s.cannot_be_stored = fmt::format("execution {} of seed {}: {}", *s.campaign.failing, c.seed, e.what());
  }
  return s;
}

Search SearchGuided(const FuzzCommand& c, const Resolved& resolved) {
  const CampaignOptions o = ToCampaign(c, resolved);
  Harness().options = o.run;
  Harness().profile = resolved.profile;
  const auto start = std::chrono::steady_clock::now();
  const GuidedResult g = RunGuidedCampaign({c.corpus, o.seconds, o.runs, c.seed, c.quiet});
  if (g.status == kExitInternal) _exit(kExitInternal);   // it has said why
  if (g.status > 128) InternalError(fmt::format("libFuzzer's process was killed by signal {}", g.status - 128));
  if (g.status != 0) throw std::runtime_error(fmt::format("libFuzzer ended with status {}: its messages are above (without --quiet)", g.status));
  Search s;
  s.campaign.executions = g.executions;
  s.campaign.interrupted = g.stopped;
  s.campaign.seconds = std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
  if (g.found) s.found = Confirm(o.run, DecodeBytes(g.input));
  return s;
}

Summary Summarise(const FuzzCommand& c, const Resolved& resolved, const Search& s) {
  const CampaignResult& r = s.campaign;
  Summary out;
  out.target = resolved.target->name;
  if (!resolved.profile.name.empty()) out.profile = resolved.profile.name;
  out.model = c.common.model;
  out.strategy = c.strategy;
  out.seed = c.seed;
  out.executions = r.executions;
  out.seconds = r.seconds;
  if (r.seconds > 0) out.executions_per_second = static_cast<double>(r.executions) / r.seconds;
  if (c.strategy != "guided") {
    out.distinct_schedules = r.distinct_schedules;
    out.contended = r.contended;
  }
  if (s.found) {
    DescribeExecution(*s.found, &out);
  } else if (!s.cannot_be_stored.empty() || (r.out_of_budget && r.out_of_budget == r.executions)) {
    out.verdict = VerdictKind::OutOfBudget;
  }
  return out;
}

void PrintOrders(const CampaignResult& r) {
  constexpr size_t kShown = 8;
  const std::vector<OrderLine> lines = OrderLines(r.orders);
  if (lines.empty()) return;
  fmt::print("orders of writes to one place by two tasks, over all executions:\n");
  for (size_t i = 0; i < std::min(kShown, lines.size()); ++i) {
    const OrderLine& l = lines[i];
    fmt::print("  {}: {} then {} {} times, {} then {} {} times\n", l.place, l.a, l.b, l.forward, l.b, l.a, l.backward);
  }
  if (lines.size() > kShown) fmt::print("  … and {} more places\n", lines.size() - kShown);
}

void PrintPassedBy(const CampaignResult& r) {
  if (r.passed_by.empty()) return;
  fmt::print("other findings, in how many executions, and the number of the first:\n");
  for (const FindingCount& f : r.passed_by) fmt::print("  {} {} {}\n", f.fingerprint, f.count, f.first);
}

void PrintQuiet(const FuzzCommand& c, const Resolved& resolved, const CampaignResult& r) {
  fmt::print("{}: nothing found in {} executions ({:.1f} s, {:.0f} executions/s)\n", SpecOf(resolved), r.executions,
             r.seconds, r.seconds > 0 ? static_cast<double>(r.executions) / r.seconds : 0);
  if (c.strategy != "guided") {
    fmt::print("about {} distinct schedules, {} preemptions, {} switches, {} contended lock acquisitions\n",
               r.distinct_schedules, r.preemptions, r.switches, r.contended);
    PrintOrders(r);
  }
  if (r.out_of_budget) {
    fmt::print("{} executions ended at a limit ({}): they were not seen to their end\n", r.out_of_budget, r.budget_reason);
  }
  for (const hotweave_history_row* row : LeftOut(resolved)) {
    fmt::print("left out of {}: {} ({}); +{} has it\n", resolved.profile.name, row->title, row->left_out, row->commit);
  }
  if (r.interrupted) fmt::print("stopped by a signal\n");
}

}  // namespace

int RunFuzz(const FuzzCommand& c) {
  const Resolved resolved = Resolve(c.common);
  if (!c.until.empty() && c.strategy == "guided") throw std::runtime_error("--until is not for --strategy guided");
  if (!c.corpus.empty() && c.strategy != "guided") {
    throw std::runtime_error("--corpus is for --strategy guided; the other strategies need none");
  }
  if (c.jobs > 1 && c.strategy == "guided") {
    throw std::runtime_error("--strategy guided runs in one process; start several with one --corpus instead of --jobs");
  }
  CheckFolder(c.artifacts);   // before hours of work, not after
  Search s = c.strategy == "guided" ? SearchGuided(c, resolved) : SearchRandom(c, resolved);
  std::string deadlock;
  if (s.found) deadlock = ConfirmLevel(c.common, resolved.Options(c.common), c.seed, c.artifacts, &*s.found);
  Summary summary = Summarise(c, resolved, s);
  if (!s.found) {
    if (!s.cannot_be_stored.empty()) fmt::print(stderr, "{}: {}: {}\n", CommandName(), SpecOf(resolved), s.cannot_be_stored);
    if (c.common.json) {
      fmt::print("{}", WithLeftOut(WithOrders(SummaryJson(summary), s.campaign.orders), resolved));
    } else {
      if (s.cannot_be_stored.empty()) PrintQuiet(c, resolved, s.campaign);
      PrintPassedBy(s.campaign);
    }
    if (!s.campaign.passed_by.empty()) return kExitFinding;
    return summary.verdict == VerdictKind::OutOfBudget ? kExitBound : kExitPass;
  }
  const ArtifactPaths paths = WriteArtifacts(c.artifacts, AnnotatedSchedule(*s.found));
  summary.artifact = paths.sched;
  if (!deadlock.empty()) summary.confirmation_artifact = deadlock;
  if (c.common.json) {
    fmt::print("{}", WithOrders(SummaryJson(summary), s.campaign.orders));
    return kExitFinding;
  }
  ReportContext context = ContextOf(c.common, resolved, *s.found);
  context.strategy = c.strategy;
  context.seed = c.seed;
  context.executions = s.campaign.executions;
  context.artifacts = {paths.sched, paths.bytes};
  if (!deadlock.empty()) context.artifacts.push_back(deadlock + " (the deadlock)");
  const CommonOptions unsaid = Unsaid(c.common, s.found->schedule);
  context.commands = NextCommands(Done::Replay, unsaid, resolved, paths.sched);
  if (!deadlock.empty()) context.commands.push_back(ReplayLine(unsaid, resolved, deadlock));
  fmt::print("{}", TextReport(s.found->trace, s.found->finding, context, Symbolizer::Get()));
  PrintPassedBy(s.campaign);
  return kExitFinding;
}

}  // namespace hotweave
