// SPDX-License-Identifier: GPL-2.0-only OR MIT
// `hotweave replay`: one stored execution again. See cli.h.
#include <fmt/format.h>

#include "artifacts.h"
#include "cli.h"
#include "confirm.h"
#include "divergence.h"
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

// An execution that passes or ends at a limit.
int ShowPass(const ReplayCommand& c, const Resolved& resolved, const Confirmed& once, const std::string& stale) {
  const bool bound = once.result.verdict == VerdictKind::OutOfBudget;
  if (c.common.json) {
    Summary s = SummaryOf(resolved, once);
    s.verdict = once.result.verdict;
    fmt::print("{}", SummaryJson(s));
  } else {
    if (c.trace || c.common.all) fmt::print("{}", FullTrace(once.trace));
    fmt::print("{}: {} ({} steps, {} preemptions, {} segments, trace {:016x})\n", SpecOf(resolved),
               bound ? fmt::format("ended at a limit: {}", once.result.budget_reason) : "passes", once.result.steps,
               once.result.preemptions, SegmentsOf(once.trace, nullptr).size(), once.trace.hash);
  }
  if (!stale.empty()) fmt::print(stderr, "{}: {}: stale schedule: {}\n", CommandName(), c.file, stale);
  if (!bound) Write(c, once);
  return bound ? kExitBound : kExitPass;
}

}  // namespace

int RunReplay(const ReplayCommand& c) {
  const Resolved resolved = Resolve(c.common);
  const Stored stored = LoadStored(c.file);
  const RunOptions options = OptionsOf(stored, resolved, c.common);
  Confirmed once;
  once.result = RunInput(options, stored.input, &once.trace, &once.schedule);
  const auto divergence = stored.schedule ? FirstDifference(*stored.schedule, once.schedule, once.trace) : std::nullopt;
  const std::string stale = divergence ? divergence->text : "";
  if (!once.result.finding) return ShowPass(c, resolved, once, stale);
  Confirmed confirmed = Confirm(options, stored.input, c.shrink);
  Write(c, confirmed);
  if (!c.svg.empty()) {
    const std::string title = fmt::format("{}: {}", SpecOf(resolved), confirmed.finding.fingerprint);
    WriteNamedFile(c.svg, InterleavingSvg(confirmed.trace, confirmed.finding, title, Symbolizer::Get()), c.force);
  }
  ConfirmLevel(c.common, options, 1, "", &confirmed);
  if (!stale.empty()) fmt::print(stderr, "{}: {}: stale schedule: {}\n", CommandName(), c.file, stale);
  if (c.common.json) {
    Summary s = SummaryOf(resolved, confirmed);
    s.artifact = c.file;
    fmt::print("{}", SummaryJson(s));
    return kExitFinding;
  }
  if (c.trace) fmt::print("{}", FullTrace(confirmed.trace));
  ReportContext context = ContextOf(c.common, resolved, confirmed);
  context.artifacts = {c.file};
  fmt::print("{}", TextReport(confirmed.trace, confirmed.finding, context, Symbolizer::Get()));
  return kExitFinding;
}

}  // namespace hotweave
