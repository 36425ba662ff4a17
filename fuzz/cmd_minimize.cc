// SPDX-License-Identifier: GPL-2.0-only OR MIT
// `hotweave minimize`: a stored execution, made as simple as its finding allows. See cli.h, docs/minimize.md.
#include <fmt/format.h>
#include <unistd.h>

#include <stdexcept>

#include <nlohmann/json.hpp>

#include "artifacts.h"
#include "campaign.h"
#include "cli.h"
#include "minimize.h"
#include "progress.h"
#include "report/json.h"
#include "report/symbolizer.h"
#include "report/text.h"
#include "show.h"
#include "stored.h"

namespace hotweave {
namespace {

// Another finding, kept as a crasher of its own.
struct Other {
  std::string fingerprint, file;
};

ProgressState StateOf(const MinimizeCommand& c, const MinimizeProgress& p) {
  ProgressState s;
  s.done = p.executions;
  s.of = c.runs;
  s.seconds = c.seconds;
  s.note = DescribeProgress(p);
  return s;
}

std::string Count(size_t n, const char* what) { return fmt::format("{} {}{}", n, what, n == 1 ? "" : "s"); }

std::string What(size_t preemptions, size_t turns, size_t choices) {
  return Count(preemptions, "preemption") + ", " + (turns ? Count(turns, "turn") + ", " : "") + Count(choices, "choice");
}

// What stands against leaving out a turn.
std::string WithoutTurns(const NeededTurns& turns) {
  std::string out;
  auto add = [&](size_t n, const char* what) {
    if (n) out += (out.empty() ? "" : " or ") + std::string(what);
  };
  add(turns.lost, "losing the finding");
  add(turns.longer, "more segments");
  add(turns.harmless, "losing sight of the lost update");
  return out.empty() ? "" : ", no turn without " + out;
}

std::string Proof(const Minimized& m) {
  const size_t left = m.confirmed.schedule.records.size() + m.confirmed.schedule.choices.size();
  if (!m.one_minimal) return "not proven 1-minimal: stopped by a limit; `minimize` goes on from the file that was written";
  if (left == 0) return "1-minimal: nothing is left to remove: the default execution shows it";
  return fmt::format("1-minimal: no single preemption or choice can be removed{} (proved by {})", WithoutTurns(m.turns),
                     Count(left, "execution"));
}

// As `fuzz` keeps what it finds.
std::vector<Other> KeepOthers(const MinimizeCommand& c, const RunOptions& options, const Minimized& m) {
  std::vector<Other> others;
  for (const auto& [fingerprint, input] : m.others) {
    const Confirmed found = Confirm(options, input);
    others.push_back({fingerprint, WriteArtifacts(c.artifacts, AnnotatedSchedule(found)).sched});
    fmt::print(stderr, "{}: another finding on the way: {}: wrote {}\n", CommandName(), fingerprint, others.back().file);
  }
  return others;
}

std::string WriteResult(const MinimizeCommand& c, const Minimized& m) {
  const Schedule schedule = AnnotatedSchedule(m.confirmed);
  if (c.output.empty()) return WriteArtifacts(c.artifacts, schedule).sched;
  WriteNamedFile(c.output, FormatSchedule(schedule), c.force);
  return c.output;
}

std::string WithMinimization(const std::string& summary, const Minimized& m, const std::vector<Other>& others) {
  auto json = nlohmann::ordered_json::parse(summary);
  const size_t turns = TurnsOf(m.confirmed.schedule), choices = m.confirmed.schedule.choices.size();
  const size_t preemptions = m.confirmed.schedule.records.size() - turns;
  json["executions"] = m.executions;
  json["one_minimal"] = m.one_minimal;
  json["departures"] = {{"preemptions", preemptions}, {"turns", turns}, {"choices", choices}};
  json["before"] = {{"preemptions", m.preemptions_before}, {"turns", m.turns_before}, {"choices", m.choices_before}};
  json["others"] = nlohmann::ordered_json::array();
  for (const Other& o : others) json["others"].push_back({{"fingerprint", o.fingerprint}, {"artifact", o.file}});
  return json.dump() + "\n";
}

Summary SummaryOf(const MinimizeCommand& c, const Resolved& resolved, const Confirmed& shown) {
  Summary s;
  s.target = resolved.target->name;
  if (!resolved.profile.name.empty()) s.profile = resolved.profile.name;
  s.strategy = "minimize";
  s.artifact = c.file;
  DescribeExecution(shown, &s);
  return s;
}

// Nothing to minimize: it passes, or it ends at a limit.
int ShowNothing(const MinimizeCommand& c, const Resolved& resolved, const Stored& stored, const RunResult& r) {
  const bool bound = r.verdict == VerdictKind::OutOfBudget;
  if (c.common.json) {
    Confirmed once;
    once.result = r;
    Summary s = SummaryOf(c, resolved, once);
    s.verdict = r.verdict;
    fmt::print("{}", SummaryJson(s));
  } else {
    fmt::print("{}: {}: {}: nothing to minimize\n", SpecOf(resolved), c.file,
               bound ? fmt::format("ends at a limit: {}", r.budget_reason) : "passes");
  }
  if (stored.schedule && !stored.schedule->expect_fingerprint.empty()) {
    fmt::print(stderr, "{}: {}: stale schedule: it should show {}\n", CommandName(), c.file, stored.schedule->expect_fingerprint);
  }
  return bound ? kExitBound : kExitPass;
}

// Minimizing another bug than the file is about would be a surprise.
void CheckExpected(const MinimizeCommand& c, const Stored& stored, const Finding& finding) {
  if (!stored.schedule || stored.schedule->expect_fingerprint.empty()) return;
  if (stored.schedule->expect_fingerprint == finding.fingerprint) return;
  throw std::runtime_error(fmt::format("{}: shows {}, not {} as its expect: line says: take that line out to minimize what it shows",
                                       c.file, finding.fingerprint, stored.schedule->expect_fingerprint));
}

// A file in the way is noticed before the work, not after it.
void CheckOutput(const MinimizeCommand& c) {
  CheckFolder(c.artifacts);
  if (!c.output.empty()) CheckPlace(c.output);
  if (!c.output.empty() && !c.force && access(c.output.c_str(), F_OK) == 0 && c.output != c.file) {
    throw std::runtime_error(c.output + ": exists (--force replaces it)");
  }
}

}  // namespace

int RunMinimize(const MinimizeCommand& c) {
  StopRequested();   // from now on a signal ends the minimizing, not the process
  const Resolved resolved = Resolve(c.common);
  const Stored stored = LoadStored(c.file);
  const RunOptions options = OptionsOf(stored, resolved, c.common);
  CheckOutput(c);
  {
    Trace trace;
    const RunResult once = RunInput(options, stored.input, &trace);
    if (!once.finding) return ShowNothing(c, resolved, stored, once);
    CheckExpected(c, stored, *once.finding);
  }
  Minimized m;
  {
    ProgressLine progress(SpecOf(resolved), !c.quiet);
    MinimizeOptions limits;
    limits.runs = c.runs;
    limits.may_go_on = [&](const MinimizeProgress& p) {
      if (progress.Due()) progress.Say(StateOf(c, p));
      return !StopRequested() && (c.seconds <= 0 || progress.elapsed() < c.seconds);
    };
    m = Minimize(options, stored.input, limits);
  }
  const std::vector<Other> others = KeepOthers(c, options, m);
  const std::string written = WriteResult(c, m);
  if (c.common.json) {
    Summary s = SummaryOf(c, resolved, m.confirmed);
    s.artifact = written;
    fmt::print("{}", WithMinimization(SummaryJson(s), m, others));
    return kExitFinding;
  }
  ReportContext context = ContextOf(c.common, resolved, m.confirmed);
  context.artifacts = {written};
  context.commands = NextCommands(Done::Minimize, Unsaid(c.common, m.confirmed.schedule), resolved, written);
  fmt::print("{}", TextReport(m.confirmed.trace, m.confirmed.finding, context, Symbolizer::Get()));
  const size_t turns = TurnsOf(m.confirmed.schedule);
  fmt::print("\nminimized from {} to {} in {} executions\n{}\n", What(m.preemptions_before, m.turns_before, m.choices_before),
             What(m.confirmed.schedule.records.size() - turns, turns, m.confirmed.schedule.choices.size()), m.executions, Proof(m));
  return kExitFinding;
}

}  // namespace hotweave
