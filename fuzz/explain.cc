// SPDX-License-Identifier: GPL-2.0-only OR MIT
// See explain.h.
#include "explain.h"

#include <fmt/format.h>

#include <algorithm>
#include <set>

#include "campaign.h"
#include "lock_order.h"
#include "report/events.h"
#include "report/segments.h"
#include "report/source.h"
#include "report/story.h"
#include "report/symbolizer.h"
#include "report/words.h"
#include "show.h"

namespace hotweave {
namespace {

// ---- Decisions ---------------------------------------------------------------------------------------------

// Decision k of the report as a part of the schedule: its k-th departure of that sort.
struct Decision {
  bool choice = false;
  size_t index = 0;   // into choices or records
};

std::vector<Decision> DecisionsIn(const Confirmed& c) {
  std::vector<Decision> out;
  size_t choices = 0, records = 0;
  for (uint32_t event : DecisionsOf(c.trace)) {
    const bool choice = c.trace.events[event].op == Op::Choose;
    const Decision d{choice, choice ? choices++ : records++};
    if (d.index < (choice ? c.schedule.choices.size() : c.schedule.records.size())) out.push_back(d);
  }
  return out;
}

Input Without(const Confirmed& c, const Decision& d) {
  Input input = c.schedule.ToInput();
  if (d.choice) {
    input.choices.erase(input.choices.begin() + static_cast<long>(d.index));
  } else {
    input.records.erase(input.records.begin() + static_cast<long>(d.index));
  }
  return input;
}

std::string Describe(const Schedule& s, const Decision& d) {
  if (d.choice) return fmt::format("{} chooses {}", s.choices[d.index].task, s.choices[d.index].choice.value);
  const NamedRecord& r = s.records[d.index];
  const std::string& at = r.comment.empty() ? r.object : r.comment;
  if (r.op == "blocked") return fmt::format("{} waits{}, {} runs next", r.task, at.empty() ? "" : " for " + at, r.to);
  if (r.op == "exit") return fmt::format("{} ends, {} runs next", r.task, r.to);
  return fmt::format("{} is preempted before {}{}{}, {} runs", r.task, r.op, at.empty() ? "" : " of ", at, r.to);
}

// Traced: the fingerprint of a race names both sides only then.
RunResult RunTraced(const RunOptions& options, const Input& input) {
  Trace trace;
  return RunInput(options, input, &trace);
}

Flip OutcomeOf(const RunOptions& options, const Input& input, const Finding& finding) {
  Trace trace;
  const RunResult r = RunInput(options, input, &trace);
  Flip f;
  if (r.verdict == VerdictKind::OutOfBudget) {
    f.outcome = Flip::Outcome::Bound;
    f.other = r.budget_reason;
  } else if (r.finding) {
    f.outcome = r.finding->fingerprint == finding.fingerprint ? Flip::Outcome::Same : Flip::Outcome::Other;
    f.other = r.finding->fingerprint;
    f.segments = SegmentsOf(trace, &*r.finding).size();
  }
  return f;
}

std::string Told(const Flip& f) {
  switch (f.outcome) {
    case Flip::Outcome::Passes:
      return "passes";
    case Flip::Outcome::Same:
      return "fails all the same";
    case Flip::Outcome::Other:
      return "still fails, another way: " + f.other;
    default:
      return "ends at a limit: " + f.other;
  }
}

std::string DecisionsSentence(const RunOptions& options, const Confirmed& c) {
  const size_t all = DecisionsIn(c).size();
  if (all == 0) return "Which decisions mattered: none. Nothing was preempted and nothing was chosen: the order in which tasks run by themselves leads here.";
  std::string out = "Which decisions mattered, each tried by an execution without it alone:";
  size_t idle = 0;
  const size_t segments = SegmentsOf(c.trace, &c.finding).size();
  for (const Flip& f : FlipDecisions(options, c)) {
    const bool same = f.outcome == Flip::Outcome::Same;
    if (same && f.segments <= segments) {
      ++idle;
      continue;
    }
    if (same) {
      out += fmt::format(" without decision {} ({}) the run fails all the same, in {} segments instead of {};", f.decision, f.what, f.segments, segments);
      continue;
    }
    out += fmt::format(" without decision {} ({}) the run {};", f.decision, f.what, Told(f));
  }
  if (idle) out += fmt::format(" {} of {} {} not matter: the run fails all the same without {} (minimize takes such away);", idle, all,
                               idle == 1 ? "does" : "do", idle == 1 ? "it" : "any one of them");
  if (all > kMostFlips) out += fmt::format(" {} more were not tried;", all - kMostFlips);
  out.back() = '.';
  return out + fmt::format(" The run without any of them {}.", Told(OutcomeOf(options, Input{}, c.finding)));
}

// ---- Rows ----------------------------------------------------------------------------------------------------

// Executions around a schedule: with a part of it taken away or moved, and walks of their own.
class Around {
 public:
  Around(const RunOptions& options, const Input& input) : input_(input) {
    campaign_.run = options;
    campaign_.progress = false;
    learned_ = LearnFor(campaign_);
  }

  RunResult Run(uint64_t i) const {
    if (i % 2 && !input_.records.empty()) return RunTraced(campaign_.run, Changed(i / 2));
    Trace trace;
    return RunExecution(campaign_.run, *NthOfCampaign(campaign_, learned_, i / 2), &trace);
  }

 private:
  Input Changed(uint64_t i) const {
    Input input = input_;
    const size_t at = i % input.records.size();
    const uint64_t how = i / input.records.size();
    if (how == 0) {
      input.records.erase(input.records.begin() + static_cast<long>(at));
      return input;
    }
    Record& r = input.records[at];
    const int by = static_cast<int>((how + 1) / 2) * (how % 2 ? 1 : -1);   // 1, -1, 2, -2 …
    r.nth = static_cast<uint16_t>(std::max(1, static_cast<int>(r.nth) + by));
    return input;
  }

  CampaignOptions campaign_;
  Learned learned_;
  Input input_;
};

bool IsCommit(const char* name) {
  const std::string_view s(name);
  return s.size() == 12 && s.find_first_not_of("0123456789abcdef") == s.npos;
}

// Nothing was found and the execution came to its end.
bool Passes(const RunResult& r) { return r.verdict == VerdictKind::Pass; }

uint64_t FoundAround(const RunOptions& options, const Confirmed& c) {
  const Around around(options, c.schedule.ToInput());
  uint64_t found = 0;
  for (uint64_t i = 0; i < kRowRuns; ++i) {
    const RunResult r = around.Run(i);
    found += r.finding && r.finding->fingerprint == c.finding.fingerprint;
  }
  return found;
}

bool SilentAround(const RunOptions& options, const Confirmed& c) {
  const Around around(options, c.schedule.ToInput());
  for (uint64_t i = 0; i < kRowRuns; ++i) {
    if (!Passes(around.Run(i))) return false;
  }
  return true;
}

std::string RowsSentence(const RunOptions& options, const Confirmed& c) {
  const hotweave_history* history = History();
  if (!history || !options.profile) return "";
  std::string out;
  for (const RowThatHelps& r : RowsThatHelp(options, c)) {
    const hotweave_history_row& row = history->rows[r.row];
    out += fmt::format(" {} {} ({}: {}) the same schedule passes and {} executions around it find nothing; {} it {} of as many find this.",
                       r.taken_out ? "Without" : "With", row.commit, row.title, row.changes, r.runs, r.taken_out ? "with" : "without",
                       r.found_as_is);
  }
  return out;
}

// ---- What the model leaves out -----------------------------------------------------------------------------------

// Files on the stacks of the finding, in their order.
std::vector<std::string> FilesOf(const Confirmed& c) {
  std::vector<uint32_t> stacks;
  for (const Site& s : c.finding.sites) stacks.push_back(s.stack);
  for (const LockEdge& e : c.finding.locks.edges) stacks.insert(stacks.end(), {e.held.stack, e.wanted.stack});
  std::vector<std::string> files;
  for (uint32_t stack : stacks) {
    if (stack >= c.trace.stacks.size()) continue;
    for (const Frame& f : TargetFrames(c.trace.stacks[stack], Symbolizer::Get())) {
      if (!f.file.empty() && std::find(files.begin(), files.end(), f.file) == files.end()) files.push_back(f.file);
    }
  }
  return files;
}

std::string ModelSentence(const Confirmed& c) {
  constexpr size_t kMostFiles = 4;
  std::string out = "What the model leaves out: memory is sequentially consistent and the machine has three CPUs, whatever the code.";
  size_t told = 0;
  for (const std::string& file : FilesOf(c)) {
    std::string notes;
    for (const ModelNote& n : ModelNotes(Symbolizer::Get().SourceLines(file))) {
      if (n.at_top) notes += " " + n.text;
    }
    if (notes.empty() || ++told > kMostFiles) continue;
    out += fmt::format(" {}:{}", file, notes);
  }
  if (told > kMostFiles) out += fmt::format(" {} more on these stacks {} such notes.", told - kMostFiles, told == kMostFiles + 1 ? "has" : "have");
  if (told == 0) out += " The files on these stacks note nothing else.";
  return out;
}

// ---- How sure --------------------------------------------------------------------------------------------------

std::string Sureness(const RunOptions& options, const Confirmed& c) {
  std::string out = fmt::format("How sure this is: replayed {}/{} with equal traces.", c.replayed, kReplays);
  const Finding& f = c.finding;
  const bool order = IsAboutLockOrder(f);
  if (f.level == "faithful") out += order ? " It is a report about orders of locks, as the kernel's lockdep would print it: the tasks did not deadlock in this execution."
                                          : " The kernel's lockdep would print it: the rule was broken in this execution, whatever came of it.";
  if (f.level == "feasible") out += " It is a report about requests for locks that nothing keeps apart: the tasks did not deadlock in this execution.";
  if (!f.confirmation.empty()) out += fmt::format(" A search for the deadlock: {}.", f.confirmation);
  if (f.level.empty() && f.kind == Kind::DataRace) {
    out += " Both accesses happened in this execution and nothing that happened orders them; they need not have met.";
  } else if (f.level.empty()) {
    out += " It happened in this execution; nothing is inferred.";
  }
  if (!options.race_detection) out += " Data races were not looked for.";
  return out;
}

}  // namespace

std::vector<Flip> FlipDecisions(const RunOptions& options, const Confirmed& c) {
  const std::vector<Decision> decisions = DecisionsIn(c);
  const Schedule named = AnnotatedSchedule(c);
  std::vector<Flip> flips;
  for (size_t i = 0; i < std::min(decisions.size(), kMostFlips); ++i) {
    Flip f = OutcomeOf(options, Without(c, decisions[i]), c.finding);
    f.decision = i + 1;
    f.what = Describe(named, decisions[i]);
    flips.push_back(std::move(f));
  }
  return flips;
}

std::vector<RowThatHelps> RowsThatHelp(const RunOptions& options, const Confirmed& c) {
  std::vector<RowThatHelps> out;
  const hotweave_history* history = History();
  if (!history || !options.profile) return out;
  const Input input = c.schedule.ToInput();
  uint64_t found_as_is = 0;
  for (unsigned row = 0; row < history->nr_rows && out.size() < kMostRows; ++row) {
    const bool taken_out = options.profile->rows[row];
    if (taken_out == IsCommit(history->rows[row].commit)) continue;
    Profile profile = *options.profile;
    profile.rows.flip(row);
    RunOptions with = options;
    with.profile = &profile;
    if (!Passes(RunInput(with, input)) || !SilentAround(with, c)) continue;
    if (out.empty()) found_as_is = FoundAround(options, c);
    out.push_back({row, taken_out, kRowRuns, found_as_is});
  }
  return out;
}

std::vector<std::string> Explain(const RunOptions& options, const Confirmed& c) {
  SymbolSource& symbols = Symbolizer::Get();
  std::string remedy = TellRemedy(c.trace, c.finding, symbols);
  if (remedy.empty()) remedy = "the trace alone does not tell.";
  return {
      "What happened: " + TellWhatHappened(c.trace, c.finding, symbols),
      DecisionsSentence(options, c),
      "What would have avoided it: " + remedy + RowsSentence(options, c),
      ModelSentence(c),
      Sureness(options, c),
  };
}

}  // namespace hotweave
