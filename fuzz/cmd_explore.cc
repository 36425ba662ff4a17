// SPDX-License-Identifier: GPL-2.0-only OR MIT
// `hotweave explore`: every schedule within a bound. See cli.h.
#include <fmt/format.h>

#include "artifacts.h"
#include "cli.h"
#include "confirm.h"
#include "explore.h"
#include "report/json.h"
#include "report/symbolizer.h"
#include "report/text.h"
#include "show.h"
#include "stored.h"

namespace hotweave {
namespace {

ExploreOptions ToOptions(const ExploreCommand& c, const Resolved& resolved) {
  ExploreOptions o;
  o.run = resolved.Options(c.common);
  if (c.preemptions >= 0) o.bound = static_cast<uint32_t>(c.preemptions);
  o.reduction = !c.no_reduction;
  o.keep_going = c.keep_going;
  o.seconds = c.seconds;
  o.runs = c.runs;
  o.title = SpecOf(resolved);
  o.progress = !c.quiet;
  return o;
}

std::string NameOf(const ExploredBound& b) {
  return b.bound ? fmt::format("preemption bound {}", *b.bound) : std::string("no bound");
}

std::string LineOf(const ExploredBound& b) {
  std::string line = fmt::format("{}: {}, {} executions", NameOf(b), b.complete ? "complete" : "not complete", b.executions);
  if (b.cut) line += fmt::format(" ({} of them cut short: the rest was covered)", b.cut);
  if (b.rehearsals) line += fmt::format(" after {} in vain", b.rehearsals);
  line += fmt::format(", {:.1f} s", b.seconds);
  if (b.out_of_budget) line += fmt::format("; {} reached a limit of one execution ({})", b.out_of_budget, b.budget_reason);
  if (!b.complete && b.covered > 0) line += fmt::format("; about {:.1f} % of it done (an estimate)", b.covered * 100);
  if (b.bound && b.all) line += "; no schedule needs more preemptions: this is all of them";
  return line;
}

const char* WhyItEnded(ExploreEnd end) {
  switch (end) {
    case ExploreEnd::Complete: return "complete";
    case ExploreEnd::Finding: return "a finding";
    case ExploreEnd::Seconds: return "the time given by --seconds was over";
    case ExploreEnd::Runs: return "the executions given by --runs were done";
    case ExploreEnd::Limit: return "executions reached a limit of their own";
    case ExploreEnd::Signal: return "stopped by a signal";
  }
  return "";
}

Summary Summarise(const ExploreCommand& c, const Resolved& resolved, const ExploreResult& r) {
  Summary s;
  s.target = resolved.target->name;
  if (!resolved.profile.name.empty()) s.profile = resolved.profile.name;
  s.model = c.common.model;
  s.strategy = c.no_reduction ? "exhaustive, unreduced" : "exhaustive";
  s.executions = r.executions;
  s.seconds = r.seconds;
  if (r.seconds > 0) s.executions_per_second = static_cast<double>(r.executions) / r.seconds;
  const ExploredBound* completed = r.Completed();
  s.complete = r.end == ExploreEnd::Complete || (c.keep_going && !r.bounds.empty() && r.bounds.back().complete);
  if (completed) s.bound = completed->bound;
  if (r.end != ExploreEnd::Complete && r.end != ExploreEnd::Finding) s.verdict = VerdictKind::OutOfBudget;
  return s;
}

void PrintBounds(const Resolved& resolved, const ExploreResult& r) {
  for (const ExploredBound& b : r.bounds) fmt::print("{}: {}\n", SpecOf(resolved), LineOf(b));
}

void PrintEnd(const Resolved& resolved, const ExploreResult& r) {
  const ExploredBound* completed = r.Completed();
  const std::string done = completed ? fmt::format("complete up to {}", NameOf(*completed)) : "no bound was completed";
  if (r.end == ExploreEnd::Complete) {
    fmt::print("{}: complete: no finding in any schedule{}\n", SpecOf(resolved),
               completed->all ? "" : fmt::format(" with at most {} preemptions, early timers and rare choices", *completed->bound));
  } else {
    fmt::print("{}: ended before its end: {}; {}\n", SpecOf(resolved), WhyItEnded(r.end), done);
  }
}

void PrintFindings(const ExploreResult& r) {
  if (r.findings.size() < 2) return;
  fmt::print("all findings, in how many executions, and at which bound first:\n");
  for (const ExploredFinding& f : r.findings) fmt::print("  {} {} {}\n", f.fingerprint, f.count, f.bound);
}

}  // namespace

int RunExplore(const ExploreCommand& c) {
  const Resolved resolved = Resolve(c.common);
  const ExploreOptions o = ToOptions(c, resolved);
  CheckFolder(c.artifacts);
  const ExploreResult r = Explore(o);
  Summary summary = Summarise(c, resolved, r);
  if (r.findings.empty()) {
    if (c.common.json) {
      fmt::print("{}", SummaryJson(summary));
    } else {
      PrintBounds(resolved, r);
      PrintEnd(resolved, r);
    }
    return r.end == ExploreEnd::Complete ? kExitPass : kExitBound;
  }
  for (size_t i = 0; i < r.findings.size(); ++i) {
    const ExploredFinding& f = r.findings[i];
    Confirmed found = Confirm(o.run, [&](Trace* trace, Schedule* schedule) {
      Decided again(f.decisions);
      return RunExecution(o.run, again, trace, schedule);
    });
    const std::string deadlock = ConfirmLevel(c.common, o.run, 1, c.artifacts, &found);
    const ArtifactPaths paths = WriteArtifacts(c.artifacts, AnnotatedSchedule(found));
    if (i == 0) {
      DescribeExecution(found, &summary);
      summary.artifact = paths.sched;
      if (!deadlock.empty()) summary.confirmation_artifact = deadlock;
    }
    if (c.common.json) continue;
    ReportContext context = ContextOf(c.common, resolved, found);
    context.strategy = "exhaustive";
    context.executions = r.executions;
    context.artifacts = {paths.sched, paths.bytes};
    const CommonOptions unsaid = Unsaid(c.common, found.schedule);
    context.commands = NextCommands(Done::Replay, unsaid, resolved, paths.sched);
    if (!deadlock.empty()) {
      context.artifacts.push_back(deadlock + " (the deadlock)");
      context.commands.push_back(ReplayLine(unsaid, resolved, deadlock));
    }
    fmt::print("{}", TextReport(found.trace, found.finding, context, Symbolizer::Get()));
  }
  if (c.common.json) {
    fmt::print("{}", SummaryJson(summary));
  } else {
    PrintBounds(resolved, r);
    PrintFindings(r);
  }
  return kExitFinding;
}

}  // namespace hotweave
