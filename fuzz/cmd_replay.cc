// SPDX-License-Identifier: GPL-2.0-only OR MIT
// `hotweave replay`: one stored execution again. See cli.h.
#include <fmt/format.h>
#include <optional>
#include <stdexcept>

#include "artifacts.h"
#include "cli.h"
#include "confirm.h"
#include "gdb.h"
#include "divergence.h"
#include "progress.h"
#include "report/json.h"
#include "report/lanes.h"
#include "report/segments.h"
#include "report/story.h"
#include "report/symbolizer.h"
#include "report/text.h"
#include "show.h"
#include "stored.h"

namespace hotweave {
namespace {

Summary SummaryOf(const Resolved& resolved, const Confirmed& shown) {
  Summary s;
  s.target = resolved.target->name;
  if (!resolved.profile.name.empty()) s.profile = resolved.profile.name;
  s.strategy = "replay";
  DescribeExecution(shown, &s);
  return s;
}

// Standard output belongs to the report: what was written is said beside it.
void Write(const ReplayCommand& c, const Confirmed& shown) {
  if (c.output.empty()) return;
  WriteNamedFile(c.output, FormatSchedule(AnnotatedSchedule(shown)), c.force);
  fmt::print(stderr, "{}: wrote {}: {} departures\n", CommandName(), c.output,
             shown.schedule.records.size() + shown.schedule.choices.size());
}

// What is said of a stored schedule beside what it shows now.
struct Remarks {
  std::string stale;     // where it first differs, and what became of it; "": it does not
  std::string renewed;   // --continue: how the finding was found again
  std::string similar;   // --continue: or else, a finding of the same kind
  std::optional<uint64_t> runs;   // --continue: executions spent
};

void Say(const ReplayCommand& c, const Remarks& r) {
  if (!r.stale.empty()) fmt::print(stderr, "{}: {}: {}\n", CommandName(), c.file, r.stale);
  if (!r.runs) return;
  if (!r.renewed.empty()) {
    fmt::print(stderr, "{}: {}: the finding still exists: {} ({} executions)\n", CommandName(), c.file, r.renewed, *r.runs);
  } else {
    const std::string similar = r.similar.empty() ? "" : "; of its kind, but another: " + r.similar;
    fmt::print(stderr, "{}: {}: the finding was not found again in {} executions (--runs){}\n", CommandName(), c.file, *r.runs, similar);
  }
}

void AddRemarks(const Remarks& r, Summary* s) {
  if (!r.stale.empty()) s->stale = r.stale;
  if (!r.renewed.empty()) s->renewed = r.renewed;
  s->executions = r.runs;
}

// An execution that passes or ends at a limit.
int ShowPass(const ReplayCommand& c, const Resolved& resolved, const Confirmed& once, const Remarks& remarks) {
  const bool bound = once.result.verdict == VerdictKind::OutOfBudget;
  if (c.common.json) {
    Summary s = SummaryOf(resolved, once);
    s.verdict = once.result.verdict;
    AddRemarks(remarks, &s);
    fmt::print("{}", SummaryJson(s));
  } else {
    if (c.trace || c.common.all) fmt::print("{}", FullTrace(once.trace));
    fmt::print("{}: {} ({} steps, {} preemptions, {} segments, trace {:016x})\n", SpecOf(resolved),
               bound ? fmt::format("ended at a limit: {}", once.result.budget_reason) : "passes", once.result.steps,
               once.result.preemptions, SegmentsOf(once.trace, nullptr).size(), once.trace.hash);
  }
  Say(c, remarks);
  if (!bound) Write(c, once);
  return bound ? kExitBound : kExitPass;
}

// A finding that was found again is in no file yet, unless -o wrote it.
std::vector<std::string> NextOf(const ReplayCommand& c, const Resolved& resolved, const Stored& stored, const Confirmed& shown,
                                const Remarks& remarks) {
  if (!c.output.empty()) return NextCommands(Done::Replay, Unsaid(c.common, shown.schedule), resolved, c.output);
  const CommonOptions unsaid = Unsaid(c.common, stored.schedule);
  if (remarks.renewed.empty() && remarks.similar.empty()) return NextCommands(Done::Replay, unsaid, resolved, c.file);
  const std::string runs = c.runs == kContinueRuns ? "" : fmt::format(" --runs {}", c.runs);
  return {ReplayLine(unsaid, resolved, c.file) + " --continue" + runs + " -o " + StemOf(c.file) + ".new.sched"};
}

int ShowFinding(const ReplayCommand& c, const Resolved& resolved, const Stored& stored, const RunOptions& options, Confirmed confirmed,
                const Remarks& remarks) {
  Write(c, confirmed);
  if (!c.svg.empty()) {
    const std::string title = fmt::format("{}: {}", SpecOf(resolved), confirmed.finding.fingerprint);
    WriteNamedFile(c.svg, InterleavingSvg(confirmed.trace, confirmed.finding, title, Symbolizer::Get()), c.force);
  }
  ConfirmLevel(c.common, options, 1, "", &confirmed);
  Say(c, remarks);
  if (c.common.json) {
    Summary s = SummaryOf(resolved, confirmed);
    s.artifact = c.file;
    AddRemarks(remarks, &s);
    fmt::print("{}", SummaryJson(s));
    return kExitFinding;
  }
  if (c.trace) fmt::print("{}", FullTrace(confirmed.trace));
  ReportContext context = ContextOf(c.common, resolved, confirmed);
  context.commands = NextOf(c, resolved, stored, confirmed, remarks);
  fmt::print("{}", TextReport(confirmed.trace, confirmed.finding, context, Symbolizer::Get()));
  return kExitFinding;
}

// "stale schedule: step 12: expected …; instead …: the finding still shows".
std::string StaleLine(const ReplayCommand& c, const RunOptions& options, const StrictReplay& r, const Schedule& stored) {
  const std::string outcome = DescribeOutcome(r, stored);
  const bool compares = stored.trace_hash || !stored.expect_kind.empty();
  if (!r.divergence) return compares ? outcome : "";
  const std::string now = options.profile ? options.profile->name : "";
  const std::string profile = stored.profile.empty() || stored.profile == now ? "" : fmt::format(" (taken under {}, replayed under {})", stored.profile, now);
  const bool gone = !r.as_expected && !stored.expect_kind.empty() && !c.keep_on;
  return fmt::format("stale schedule{}: {}: {}{}", profile, r.divergence->text, outcome, gone ? " (--continue searches around it)" : "");
}

// --continue. The finding that was found again, or nothing.
std::optional<Confirmed> Continue(const ReplayCommand& c, const RunOptions& options, const Schedule& stored, Remarks* remarks) {
  ProgressLine progress(c.file, true);
  ProgressState state;
  state.of = c.runs;
  const Continued found = SearchOn(options, stored, c.runs, [&](uint64_t runs) {
    state.done = runs;
    if (progress.Due()) progress.Say(state);
  });
  progress.Done();
  remarks->runs = found.runs;
  if (!found.found && found.similar.empty()) return std::nullopt;
  if (found.found) remarks->renewed = found.how;
  else remarks->similar = found.similar;
  return Confirm(options, found.run, c.shrink || found.walk);
}

void CheckContinue(const ReplayCommand& c, const Stored& stored) {
  if (!c.keep_on) return;
  if (!stored.schedule) throw std::runtime_error(c.file + ": bytes say nothing of a finding: --continue needs a schedule with an expect: line (convert writes one)");
  if (stored.schedule->expect_kind.empty()) throw std::runtime_error(c.file + ": expects no finding that --continue could search for: write it as `expect: KIND FINGERPRINT`");
}

Confirmed AsConfirmed(StrictReplay r) {
  Confirmed once;
  once.result = std::move(r.result);
  once.trace = std::move(r.trace);
  once.schedule = std::move(r.schedule);
  return once;
}

}  // namespace

int RunReplay(const ReplayCommand& c) {
  for (const std::string& path : {c.output, c.svg}) {
    if (!path.empty()) CheckPlace(path);
  }
  const Resolved resolved = Resolve(c.common);
  const Stored stored = LoadStored(c.file);
  const RunOptions options = OptionsOf(stored, resolved, c.common);
  if (!c.gdb.empty()) return RunGdb(c, resolved, stored, options);
  CheckContinue(c, stored);
  Remarks remarks;
  StrictReplay r;
  if (stored.schedule) {
    r = ReplayStrictly(options, *stored.schedule);
    remarks.stale = StaleLine(c, options, r, *stored.schedule);
  } else {
    r.result = RunInput(options, stored.input, &r.trace, &r.schedule);
  }
  if (c.keep_on && !r.as_expected) {
    if (auto renewed = Continue(c, options, *stored.schedule, &remarks)) return ShowFinding(c, resolved, stored, options, std::move(*renewed), remarks);
  }
  if (!r.result.finding) return ShowPass(c, resolved, AsConfirmed(std::move(r)), remarks);
  return ShowFinding(c, resolved, stored, options, Confirm(options, stored.input, c.shrink), remarks);
}

}  // namespace hotweave
