// SPDX-License-Identifier: GPL-2.0-only OR MIT
// Chooses the events that a report shows. See story.h.
#include "report/story.h"

#include <algorithm>
#include <cstddef>
#include <set>

#include "report/causes.h"
#include "report/events.h"
#include "report/held_locks.h"
#include "report/segments.h"

namespace hotweave {
namespace {

constexpr size_t kMaxAftermath = 4;  // rows

// What rows weigh: the least goes first.
enum Weight : uint8_t { kPassing, kDetail, kLook, kChange, kDecisive, kTheFinding };

class Story {
 public:
  Story(const Trace& trace, const Finding& finding, const StoryOptions& options, SymbolSource& symbols)
      : trace_(trace), finding_(finding), options_(options), teller_(trace, finding, options.all, symbols) {}

  std::vector<StoryRow> Tell() {
    FindWindow();
    FindTasks();
    FindCausesOfMoment();
    FindLocks();
    for (uint32_t i = 0; i < trace_.events.size(); i++)
      if (options_.all ? !IsTransition(i) : Shown(i)) Show(i);
    if (!options_.all && Waits() && shown_ != Event::kNone) ShowTransitions(shown_, static_cast<uint32_t>(trace_.events.size()));
    Fold();
    return options_.all ? std::move(rows_) : ShortenStory(rows_, options_.max_rows);
  }

  const std::vector<uint32_t>& told() const { return told_; }

 private:
  using Place = std::pair<uint32_t, uint32_t>;  // object, offset

  const Event& At(uint32_t event) const { return trace_.events[event]; }
  bool HasObject() const { return finding_.object < trace_.objects.size(); }

  bool IsDisputed(const Event& e) const {
    return HasObject() && ClassOf(e.op) == OpClass::Access && e.object == finding_.object &&
           e.offset < finding_.offset + std::max(finding_.size, 1u) &&
           finding_.offset < e.offset + std::max<uint32_t>(e.size, 1);
  }

  bool IsSite(uint32_t event) const {
    return std::any_of(finding_.sites.begin(), finding_.sites.end(),
                       [&](const Site& s) { return s.event == event; });
  }

  // From the first to the last place that the finding is about. What follows the last one is aftermath.
  void FindWindow() {
    const uint32_t end = static_cast<uint32_t>(trace_.events.size());
    first_ = end;
    last_ = 0;
    for (const Site& s : finding_.sites) {
      if (s.event >= end) continue;
      first_ = std::min(first_, s.event);
      last_ = std::max(last_, s.event);
    }
    // A finding about a single moment: what led there is all that came before, from when the parties were there.
    moment_ = first_ >= last_;
    if (moment_) first_ = BeginOfParties();
    if (last_ == 0) last_ = end;
  }

  uint32_t BeginOfParties() const {
    const std::vector<uint32_t> parties = PartiesOf(trace_, &finding_);
    for (uint32_t i = 0; i < trace_.events.size(); i++)
      if (At(i).task != 0 && std::find(parties.begin(), parties.end(), uint32_t{At(i).task}) != parties.end()) return i;
    return 0;
  }

  void FindTasks() {
    // A place that is known by its stack alone (an allocation, long ago) makes nobody a party, if there are others.
    for (const Site& s : finding_.sites)
      if (s.event < trace_.events.size() || s.role.ends_with(" waits")) tasks_.insert(s.task);
    if (tasks_.empty())
      for (const Site& s : finding_.sites) tasks_.insert(s.task);
    for (uint32_t i = first_; i <= last_ && i < trace_.events.size(); i++)
      if (IsDisputed(At(i)) && IsStore(At(i).op)) tasks_.insert(At(i).task);
    if (!tasks_.empty()) return;
    for (const Event& e : trace_.events) tasks_.insert(e.task);
  }

  bool Waits() const { return finding_.kind == Kind::HungTask || finding_.kind == Kind::Livelock; }

  // What the failing task had looked at and others had changed; who else took part, if that is all that is known.
  void FindCausesOfMoment() {
    if (!moment_ || finding_.sites.empty() || finding_.sites[0].task >= trace_.tasks.size() || ConcernsOneTask()) return;
    std::vector<uint32_t> parties = PartiesOf(trace_, nullptr);
    if (std::find(parties.begin(), parties.end(), finding_.sites[0].task) == parties.end()) parties.push_back(0);
    Causes causes = FindCauses(trace_, finding_.sites[0].task, first_, last_, parties, LookOf(finding_.kind));
    causes_ = std::move(causes.events);
    tasks_.insert(causes.tasks.begin(), causes.tasks.end());
    if (Waits() && tasks_.size() < 2) tasks_.insert(parties.begin(), parties.end());
  }

  // A rule that a task breaks by itself, whatever the others do.
  bool ConcernsOneTask() const {
    switch (finding_.kind) {
      case Kind::MissingLock:
      case Kind::SleepInAtomic:
      case Kind::LockLeak:
      case Kind::RecursiveLock:
      case Kind::StackOverflow:
      case Kind::DivideError:
        return true;
      default:
        return false;
    }
  }

  // The locks that a task holds where it does what the finding is about, those that tasks wait for on the
  // way, and where all these were taken. A lock that is only passed through on the way explains nothing.
  void FindLocks() {
    HeldLocks held(trace_);
    const uint32_t end = static_cast<uint32_t>(trace_.events.size());
    if (HasObject()) locks_.insert({finding_.object, finding_.offset});
    for (uint32_t i = 0; i < end; i++) {
      held.Feed(i);
      for (const Site& s : finding_.sites) {
        if (i == (s.event < end ? s.event : end - 1) && s.task < trace_.tasks.size()) Keep(held.Held(s.task));
      }
      if (i < first_ || i > last_) continue;
      if (tasks_.contains(At(i).task) && At(i).op == Op::Blocked) locks_.insert({At(i).object, At(i).offset});
    }
  }

  // Locks that somebody waits for decide; others are held meanwhile.
  bool IsWaitedFor(uint32_t i) const {
    return std::any_of(finding_.sites.begin(), finding_.sites.end(), [&](const Site& s) {
      const uint32_t wait = LastBlockOf(s.task);
      return wait != Event::kNone && At(wait).object == At(i).object && At(wait).offset == At(i).offset;
    });
  }

  uint32_t LastBlockOf(uint32_t task) const {
    for (uint32_t i = static_cast<uint32_t>(trace_.events.size()); i-- > 0;)
      if (At(i).task == task && At(i).op == Op::Blocked) return i;
    return Event::kNone;
  }

  void Keep(const std::vector<HeldLock>& held) {
    for (const HeldLock& h : held) {
      locks_.insert({h.object, h.offset});
      taken_.insert(h.event);
      taken_.insert(LockedBy(h.event));
    }
  }

  // The operation that an `acquired` event completes; the event itself if there is none.
  uint32_t LockedBy(uint32_t acquired) const {
    const Event& e = At(acquired);
    if (e.op != Op::Acquired) return acquired;
    for (uint32_t i = acquired; i-- > 0;) {
      const Event& before = At(i);
      if (before.task != e.task || before.object != e.object || before.offset != e.offset) continue;
      if (ClassOf(before.op) == OpClass::Lock) return i;
      if (before.op != Op::Blocked) break;
    }
    return acquired;
  }

  bool Shown(uint32_t i) const {
    const Event& e = At(i);
    if (IsTransition(i)) return false;
    if (IsSite(i) || causes_.contains(i)) return true;
    if (!tasks_.contains(e.task)) return false;
    if (IsDisputed(e)) return i >= first_ && (i <= last_ || aftermath_ < kMaxAftermath);
    if (taken_.contains(i)) return true;
    if (i < first_ || i > last_) return false;
    if (e.op == Op::Blocked) return !SwitchFollows(i);
    if (e.op == Op::Choose) return e.arg != 0;
    if (e.op == Op::Yield || e.op == Op::Note) return true;
    const OpClass cls = ClassOf(e.op);
    if (cls == OpClass::Wake && moment_ && Waits()) return true;
    const bool is_lock = cls == OpClass::Lock || cls == OpClass::Unlock || e.op == Op::Acquired;
    return is_lock && locks_.contains({e.object, e.offset});
  }

  uint8_t WeightOf(uint32_t i) const {
    const Event& e = At(i);
    if (IsSite(i) || i + 1 == trace_.events.size()) return kTheFinding;
    if (e.op == Op::Choose || (taken_.contains(i) && IsWaitedFor(i))) return kDecisive;
    if (causes_.contains(i)) return kChange;
    if (IsDisputed(e)) return IsStore(e.op) ? kChange : kLook;
    if (e.op == Op::Blocked || ClassOf(e.op) == OpClass::Wake) return kLook;
    return taken_.contains(i) ? kDetail : kPassing;
  }

  bool IsTransition(uint32_t i) const { return At(i).op == Op::Switch || At(i).op == Op::Preempt; }

  // The row about the switch says then what the task waits for.
  bool SwitchFollows(uint32_t i) const {
    return i + 1 < trace_.events.size() && At(i + 1).op == Op::Switch && At(i + 1).task == At(i).task;
  }

  void Show(uint32_t i) {
    if (Merges(i)) return Remember(i);
    if (shown_ != Event::kNone) {
      ShowTransitions(shown_, i);
    } else if (!options_.all) {
      ShowDecisionsBefore(i);
    }
    StoryRow row{StoryRow::Kind::Event, At(i).task, teller_.What(i), teller_.Where(i), Matters(i), WeightOf(i)};
    if (row.weight == kLook && RepeatsLook(row)) row.weight = kPassing;
    rows_.push_back(std::move(row));
    if (i > last_) aftermath_++;
    told_.push_back(i);
    Remember(i);
  }

  // The same look with the same result, a moment ago.
  bool RepeatsLook(const StoryRow& row) const {
    return !rows_.empty() && rows_.back().kind == StoryRow::Kind::Event && rows_.back().task == row.task &&
           rows_.back().what == row.what;
  }

  bool Matters(uint32_t i) const {
    return IsSite(i) || IsDisputed(At(i)) || taken_.contains(i) || causes_.contains(i) || At(i).op == Op::Blocked;
  }

  void Remember(uint32_t i) { shown_ = i; }

  // A lock that was free: its operation and its acquisition are one row.
  bool Merges(uint32_t i) {
    if (shown_ == Event::kNone || At(i).op != Op::Acquired) return false;
    const Event& before = At(shown_);
    if (before.task != At(i).task || ClassOf(before.op) != OpClass::Lock) return false;
    if (before.object != At(i).object || before.offset != At(i).offset || !Transitions(shown_, i).empty())
      return false;
    return true;
  }

  // Where another task began to run between two events; as events, with the task that runs next.
  std::vector<std::pair<uint32_t, uint32_t>> Transitions(uint32_t from, uint32_t to) const {
    std::vector<std::pair<uint32_t, uint32_t>> out;
    for (uint32_t i = from; i < to; i++) {
      uint32_t next = At(i).other;
      if (At(i).op == Op::TaskExit) next = Successor(i);
      if ((IsTransition(i) || At(i).op == Op::TaskExit) && next != Event::kNone) out.push_back({i, next});
    }
    return out;
  }

  // The task that runs after one has exited; kNone if the execution ends there. (Expiry of a timer is an
  // event of the task that waited, which does not run by that.)
  uint32_t Successor(uint32_t exit) const {
    for (uint32_t i = exit + 1; i < trace_.events.size(); i++) {
      if (At(i).op == Op::Timer || At(i).task == At(exit).task) continue;
      return At(i).task;
    }
    return Event::kNone;
  }

  StoryRow TransitionRow(const std::pair<uint32_t, uint32_t>& t, uint8_t weight) const {
    const char* arrow = options_.ascii ? "->" : "→";
    return {StoryRow::Kind::Switch, At(t.first).task, teller_.Transition(t.first, t.second, arrow), "", true, weight};
  }

  // One row, or two if there is more between: the first switch and the last, and how many others there were.
  void ShowTransitions(uint32_t from, uint32_t to) {
    const std::vector<std::pair<uint32_t, uint32_t>> all = Transitions(from, to);
    if (all.empty() || (!options_.all && to < first_ && At(from).task == At(to).task)) return;
    if (options_.all) {
      for (const auto& t : all) rows_.push_back(TransitionRow(t, kDecisive));
      return;
    }
    const bool away = At(from).task != At(to).task;
    for (size_t k = 0; k < all.size(); k++) {
      const bool decided = At(all[k].first).preempted;
      const bool last = k + 1 == all.size();
      if (k == 0 || last || decided) rows_.push_back(TransitionRow(all[k], decided ? kDecisive : away && last ? kChange : kDetail));
    }
  }

  void ShowDecisionsBefore(uint32_t to) {
    for (const auto& t : Transitions(0, to))
      if (At(t.first).preempted) rows_.push_back(TransitionRow(t, kDecisive));
  }

  // The same to a reader, whatever they weigh.
  static bool Reads(const StoryRow& a, const StoryRow& b) {
    return a.kind == b.kind && a.task == b.task && a.what == b.what && a.where == b.where;
  }

  // Length of the run of equal groups of `period` rows that starts at `at`, in groups.
  size_t Repeats(size_t at, size_t period) const {
    size_t n = 1;
    auto group = [&](size_t k) { return rows_.begin() + static_cast<std::ptrdiff_t>(at + k * period); };
    while (at + (n + 1) * period <= rows_.size() && std::equal(group(0), group(1), group(n), Reads)) n++;
    return n;
  }

  // A task that spins repeats a few rows: they are shown once.
  void Fold() {
    std::vector<StoryRow> out;
    for (size_t at = 0; at < rows_.size();) {
      size_t period = 1;
      while (period <= 6 && Repeats(at, period) < 3) period++;
      if (period > 6) {
        out.push_back(rows_[at++]);
        continue;
      }
      const size_t n = Repeats(at, period);
      out.insert(out.end(), rows_.begin() + static_cast<std::ptrdiff_t>(at),
                 rows_.begin() + static_cast<std::ptrdiff_t>(at + period));
      const std::string rows =
          period == 1 ? "the row above " : "the " + std::to_string(period) + " rows above ";
      out.push_back({StoryRow::Kind::Remark, 0, rows + std::to_string(n) + " times in all", "", true, out.back().weight});
      at += n * period;
    }
    rows_ = std::move(out);
  }

  const Trace& trace_;
  const Finding& finding_;
  StoryOptions options_;
  EventTeller teller_;
  uint32_t first_ = 0, last_ = 0;  // events
  std::set<uint32_t> tasks_;
  std::set<Place> locks_;
  std::set<uint32_t> causes_;   // events
  bool moment_ = false;         // the finding is about one moment, not about several places
  std::set<uint32_t> taken_;  // events that took the locks which are held in the window
  std::vector<StoryRow> rows_;
  uint32_t shown_ = Event::kNone;  // the event of the last row
  size_t aftermath_ = 0;           // rows about what followed the finding
  std::vector<uint32_t> told_;     // events with a row of their own, ascending
};

}  // namespace

std::vector<StoryRow> ShortenStory(const std::vector<StoryRow>& rows, size_t most) {
  if (rows.size() <= most) return rows;
  std::vector<bool> hidden(rows.size());
  size_t left = rows.size();
  for (int weight = kPassing; weight <= kTheFinding; weight++)
    for (size_t i = 0; i < rows.size() && left > most; i++)
      if (!hidden[i] && rows[i].weight == weight) hidden[i] = true, left--;
  std::vector<StoryRow> out;
  for (size_t i = 0; i < rows.size(); i++)
    if (!hidden[i]) out.push_back(rows[i]);
  const size_t gone = rows.size() - left;
  out.push_back({StoryRow::Kind::Remark, 0, std::to_string(gone) + (gone == 1 ? " more row" : " more rows") + ": --all", ""});
  return out;
}

std::vector<StoryRow> TellStory(const Trace& trace, const Finding& finding, const StoryOptions& options,
                                SymbolSource& symbols) {
  return Story(trace, finding, options, symbols).Tell();
}

std::vector<uint32_t> EventsOfStory(const Trace& trace, const Finding& finding, SymbolSource& symbols) {
  Story story(trace, finding, {}, symbols);
  story.Tell();
  return story.told();
}

}  // namespace hotweave
