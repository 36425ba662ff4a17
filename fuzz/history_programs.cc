// SPDX-License-Identifier: GPL-2.0-only OR MIT
// The programs of the stories: stored schedules, sequential executions, bounded searches. See history_table.h.
#include <fmt/format.h>

#include <filesystem>
#include <stdexcept>

#include "artifacts.h"
#include "cli.h"
#include "history_internal.h"
#include "stored.h"

namespace hotweave {
namespace {

// What one execution showed.
void Describe(const Confirmed& c, HistoryCell* cell) {
  cell->kind = KindName(c.finding.kind);
  cell->segments = SegmentsOf(c.trace, &c.finding).size();
  cell->observed = fmt::format("{}, {} ({}), replayed {}/{}", KindName(c.finding.kind), DescribeSegments(c.trace, &c.finding),
                               c.finding.title, c.replayed, kReplays);
}

void Execute(const RunOptions& options, const Input& input, const std::string& expect, HistoryCell* cell) {
  const RunResult r = RunInput(options, input);
  cell->ran = true;
  if (!r.finding) {
    cell->observed = r.verdict == VerdictKind::OutOfBudget ? std::string("ended at a limit: ") + r.budget_reason : "silent";
    cell->agrees = expect.empty() && r.verdict == VerdictKind::Pass;
    return;
  }
  const Confirmed c = Confirm(options, input, false);
  Describe(c, cell);
  cell->agrees = Fits({std::string(KindName(c.finding.kind))}, expect);
}

void Replay(const hotweave_program& p, const PreparedTarget& target, const HistoryOptions& o, HistoryCell* cell) {
  if (!std::filesystem::is_directory(o.corpus)) {
    throw std::runtime_error(o.corpus + ": there is no such folder (--corpus: where TARGET/programs are)");
  }
  const std::string path = fmt::format("{}/{}/programs/{}.sched", o.corpus, p.target, p.how);
  if (!std::filesystem::exists(path)) {
    cell->observed = "not run: there is no " + path;
    return;
  }
  Schedule schedule;
  ParseError error;
  if (!ParseSchedule(ReadFile(path), &schedule, &error)) {
    cell->observed = fmt::format("not run: {}:{}:{}: {}", path, error.line, error.column, error.message);
    return;
  }
  RunOptions options = target.Options(true, LockdepRules::Auto);
  TakeRules(schedule, &options);
  Execute(options, schedule.ToInput(), p.expect, cell);
}

// Everything expected is found, nothing else is.
void Search(const hotweave_program& p, const RunOptions& options, const HistoryOptions& o, HistoryCell* cell) {
  const std::set<std::string> wanted = MustSee(p.expect);
  const bool faithful = WordsOf(p.rules).count("faithful") > 0;
  Hunt hunt(options);
  auto missing = [&] {
    for (const std::string& kind : wanted) {
      if (!hunt.Saw(kind)) return true;
    }
    return false;
  };
  do {
    hunt.Run(o.runs, o.seconds);
  } while (missing() && hunt.executions() < o.most && o.seconds <= 0);
  cell->ran = true;
  Seen seen;
  std::set<std::string> kinds;
  for (const Sighting& s : hunt.sightings()) {
    const std::string kind(KindName(s.finding.kind));
    if (faithful && s.finding.level == "feasible") continue;
    kinds.insert(kind);
    if (seen.count(kind)) continue;
    const Confirmed c = hunt.Shortest(s, 1, o.shorten);
    const uint64_t segments = SegmentsOf(c.trace, &c.finding).size();
    if (!cell->segments || segments < cell->segments) cell->segments = segments;
    seen[kind] = fmt::format("{}, {} ({}) by execution {}", kind, DescribeSegments(c.trace, &c.finding), s.finding.title, s.first());
  }
  cell->observed = seen.empty() ? fmt::format("silent in {} executions", hunt.executions()) : Join(seen);
  cell->agrees = Fits(kinds, p.expect) && hunt.out_of_budget() == 0;
}

LockdepRules RulesOf(const std::set<std::string>& words) {
  for (const char* rules : {"off", "old", "new"}) {
    if (words.count(rules)) return RulesByName(rules);
  }
  return LockdepRules::Auto;
}

}  // namespace

bool IsStored(const hotweave_program& p) {
  const std::string_view how = p.how;
  return how != "sequential" && how != "search";
}

HistoryCell MeasureProgram(const hotweave_program& p, const HistoryOptions& o) {
  HistoryCell cell;
  cell.row = p.id;
  cell.column = p.what;
  cell.where = fmt::format("{}@{}{}, {}", p.target, p.profile, o.change, p.how);
  const std::string how = p.how;
  const std::set<std::string> rules = WordsOf(p.rules);
  if (!IsStored(p)) cell.where += fmt::format(", lockdep {}", p.rules);
  cell.expected = *p.expect ? Wording(p.expect) : "silent";
  if (p.segments) cell.expected += fmt::format(", {} segments", p.segments);
  cell.source = p.source;
  PreparedTarget target;
  std::string error;
  if (!target.Parse(std::string(p.target) + "@" + p.profile, o.change, &error)) {
    cell.observed = "not run: " + error;
    return cell;
  }
  const RunOptions options = target.Options(rules.count("races") > 0, RulesOf(rules));
  if (how == "sequential") {
    Execute(options, {}, p.expect, &cell);
  } else if (how == "search") {
    Search(p, options, o, &cell);
  } else {
    Replay(p, target, o, &cell);
  }
  if (p.segments && cell.ran) cell.agrees &= cell.segments <= p.segments;
  return cell;
}

}  // namespace hotweave
