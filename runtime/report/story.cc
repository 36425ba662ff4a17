// SPDX-License-Identifier: GPL-2.0-only OR MIT
// Chooses the events that a report shows. See story.h.
#include "report/story.h"

#include <algorithm>
#include <cstddef>
#include <set>

#include "report/events.h"
#include "report/held_locks.h"

namespace hotweave {
namespace {

constexpr size_t kMaxAftermath = 4;  // rows

class Story {
 public:
  Story(const Trace& trace, const Finding& finding, const StoryOptions& options, SymbolSource& symbols)
      : trace_(trace), finding_(finding), options_(options), teller_(trace, finding, options.all, symbols) {}

  std::vector<StoryRow> Tell() {
    FindWindow();
    FindTasks();
    FindLocks();
    for (uint32_t i = 0; i < trace_.events.size(); i++)
      if (options_.all ? !IsTransition(i) : Shown(i)) Show(i);
    Fold();
    if (!options_.all) Shorten();
    return std::move(rows_);
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
    // A finding about a single moment: what led there is all that came before.
    if (first_ >= last_) first_ = 0;
    if (last_ == 0) last_ = end;
  }

  void FindTasks() {
    for (const Site& s : finding_.sites) tasks_.insert(s.task);
    for (uint32_t i = first_; i < trace_.events.size(); i++)
      if (IsDisputed(At(i)) && IsStore(At(i).op)) tasks_.insert(At(i).task);
    if (tasks_.size() > 1 || (tasks_.size() == 1 && ConcernsOneTask())) return;
    for (const Event& e : trace_.events) tasks_.insert(e.task);
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
    if (IsSite(i)) return true;
    if (IsDisputed(e)) return i >= first_ && (i <= last_ || aftermath_ < kMaxAftermath);
    if (!tasks_.contains(e.task)) return false;
    if (e.op == Op::TaskStart || taken_.contains(i)) return true;
    if (i < first_ || i > last_) return false;
    if (e.op == Op::Blocked) return !SwitchFollows(i);
    if (e.op == Op::Yield || e.op == Op::Note) return true;
    const OpClass cls = ClassOf(e.op);
    const bool is_lock = cls == OpClass::Lock || cls == OpClass::Unlock || e.op == Op::Acquired;
    return is_lock && locks_.contains({e.object, e.offset});
  }

  bool IsTransition(uint32_t i) const { return At(i).op == Op::Switch || At(i).op == Op::Preempt; }

  // The row about the switch says then what the task waits for.
  bool SwitchFollows(uint32_t i) const {
    return i + 1 < trace_.events.size() && At(i + 1).op == Op::Switch && At(i + 1).task == At(i).task;
  }

  void Show(uint32_t i) {
    if (Merges(i)) return Remember(i);
    if (shown_ != Event::kNone) ShowTransitions(shown_, i);
    rows_.push_back({StoryRow::Kind::Event, At(i).task, teller_.What(i), teller_.Where(i), Matters(i)});
    if (i > last_) aftermath_++;
    told_.push_back(i);
    Remember(i);
  }

  bool Matters(uint32_t i) const {
    return IsSite(i) || IsDisputed(At(i)) || taken_.contains(i) || At(i).op == Op::Blocked;
  }

  void Remember(uint32_t i) { shown_ = i; }

  // A lock that was free: its operation and its acquisition are one row.
  bool Merges(uint32_t i) {
    if (shown_ == Event::kNone || At(i).op != Op::Acquired) return false;
    const Event& before = At(shown_);
    if (before.task != At(i).task || ClassOf(before.op) != OpClass::Lock) return false;
    if (before.object != At(i).object || before.offset != At(i).offset || Transitions(shown_, i).size() > 0)
      return false;
    return true;
  }

  // Where another task began to run between two events.
  std::vector<StoryRow> Transitions(uint32_t from, uint32_t to) const {
    std::vector<StoryRow> rows;
    const char* arrow = options_.ascii ? "->" : "→";
    for (uint32_t i = from; i < to; i++) {
      uint32_t next = At(i).other;
      if (At(i).op == Op::TaskExit) next = Successor(i);
      if ((!IsTransition(i) && At(i).op != Op::TaskExit) || next == Event::kNone) continue;
      rows.push_back({StoryRow::Kind::Switch, At(i).task, teller_.Transition(i, next, arrow), ""});
    }
    return rows;
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

  void ShowTransitions(uint32_t from, uint32_t to) {
    std::vector<StoryRow> rows = Transitions(from, to);
    if (rows.empty() || (!options_.all && to < first_ && At(from).task == At(to).task)) return;
    if (!options_.all && rows.size() > 3) {
      const std::string hidden = std::to_string(rows.size() - 2) + " more switches of tasks";
      rows = {rows.front(), {StoryRow::Kind::Remark, 0, hidden, ""}, rows.back()};
    }
    rows_.insert(rows_.end(), rows.begin(), rows.end());
  }

  // Length of the run of equal groups of `period` rows that starts at `at`, in groups.
  size_t Repeats(size_t at, size_t period) const {
    size_t n = 1;
    auto group = [&](size_t k) { return rows_.begin() + static_cast<std::ptrdiff_t>(at + k * period); };
    while (at + (n + 1) * period <= rows_.size() && std::equal(group(0), group(1), group(n))) n++;
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
      out.push_back({StoryRow::Kind::Remark, 0, rows + std::to_string(n) + " times in all", ""});
      at += n * period;
    }
    rows_ = std::move(out);
  }

  // Leaves out what matters least, oldest first; then, if there is still too much, the beginning.
  void Shorten() {
    std::vector<bool> hidden(rows_.size());
    size_t left = rows_.size();
    for (const bool even_what_matters : {false, true})
      for (size_t i = 0; i < rows_.size() && left > options_.max_rows; i++) {
        const bool matters = rows_[i].matters || rows_[i].kind != StoryRow::Kind::Event;
        if (hidden[i] || (matters && !even_what_matters)) continue;
        hidden[i] = true;
        left--;
      }
    std::vector<StoryRow> out;
    for (size_t i = 0; i < rows_.size(); i++) {
      const size_t start = i;
      while (i < rows_.size() && hidden[i]) i++;
      if (i > start)
        out.push_back(
            {StoryRow::Kind::Remark, 0, std::to_string(i - start) + (i - start == 1 ? " row" : " rows") + " left out", ""});
      if (i < rows_.size()) out.push_back(rows_[i]);
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
  std::set<uint32_t> taken_;  // events that took the locks which are held in the window
  std::vector<StoryRow> rows_;
  uint32_t shown_ = Event::kNone;  // the event of the last row
  size_t aftermath_ = 0;           // rows about what followed the finding
  std::vector<uint32_t> told_;     // events with a row of their own, ascending
};

}  // namespace

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
