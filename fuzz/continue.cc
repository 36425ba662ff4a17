// SPDX-License-Identifier: GPL-2.0-only OR MIT
// The search around a stored schedule. See continue.h.
#include "continue.h"

#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <set>
#include <tuple>
#include <vector>

#include "core/keys.h"
#include "core/schedule_text.h"
#include "divergence.h"
#include "strategy/portfolio.h"
#include "strategy/prefix_walk.h"

namespace hotweave {
namespace {

constexpr size_t kMaxCandidates = 40;   // new anchors tried for one record
constexpr uint64_t kSeed = 1;

std::string Where(const NamedRecord& r) {
  const std::string operation = r.object.empty() ? r.op : r.op + ":" + r.object;
  return fmt::format("{} at {} #{}", r.task, operation.empty() ? "an unnamed operation" : operation, r.record.nth);
}

// An operation that tasks of an execution do, and how often each.
struct Site {
  Op op;
  std::string object;   // "symbol+0x28"
  uint32_t task;        // index
  bool operator<(const Site& other) const { return std::tie(op, object, task) < std::tie(other.op, other.object, other.task); }
};

std::string ObjectOf(const Trace& trace, const Event& e) {
  if (e.object == Event::kNone) return "";
  return schedule_text::JoinObject(trace.objects[e.object].name, e.offset & ~7u);
}

std::map<Site, uint32_t> SitesOf(const Trace& trace) {
  std::map<Site, uint32_t> sites;
  for (const Event& e : trace.events) {
    if (!schedule_text::HasKey(e.op)) continue;
    uint32_t& most = sites[{e.op, ObjectOf(trace, e), e.task}];
    most = std::max(most + 1, e.nth);
  }
  return sites;
}

std::string SymbolOf(const std::string& object) { return std::string(schedule_text::SplitObject(object).first); }

// The symbol or allocating function without numbers: "init_memory_block#2@online" and "init_memory_block#1@probe".
std::string KindOf(const std::string& object) { return RoleOf(SymbolOf(object).substr(0, SymbolOf(object).find('@'))); }

using Again = std::function<RunResult(Trace*, Schedule*)>;

class Neighbourhood {
 public:
  Neighbourhood(const RunOptions& options, const Schedule& stored, uint64_t max_runs, const std::function<void(uint64_t)>& progress)
      : options_(options), stored_(stored), max_runs_(max_runs), progress_(progress) {}

  Continued Search() {
    base_ = stored_;
    if (!Try(base_, "as stored")) {
      Anchor(false) || Shift() || ShiftTogether() || Anchor(true) || Drop() || Walk();
    }
    result_.runs = runs_;
    if (!result_.found && similar_run_) result_.run = similar_run_;
    return std::move(result_);
  }

 private:
  bool Exhausted() const { return runs_ >= max_runs_; }

  // Is this the execution that is looked for? `again` repeats it.
  bool Judge(const RunResult& r, const Again& again, const std::string& how, bool walk = false) {
    ++runs_;
    if (progress_) progress_(runs_);
    if (IsAsExpected(r, stored_)) {
      result_.found = true;
      result_.how = how;
      result_.walk = walk;
      result_.run = again;
      return true;
    }
    if (r.finding && KindName(r.finding->kind) == stored_.expect_kind && result_.similar.empty()) {
      result_.similar = r.finding->fingerprint;
      similar_run_ = again;
      result_.walk = walk;
    }
    return false;
  }

  // True ends the search: found, or nothing left to spend (then `found` is false).
  bool Try(const Schedule& s, const std::string& how) {
    if (Exhausted()) return true;
    const Input input = s.ToInput();
    const RunOptions options = options_;
    auto again = [options, input](Trace* trace, Schedule* schedule) { return RunInput(options, input, trace, schedule); };
    return Judge(again(nullptr, nullptr), again, how);
  }

  bool TryTraced(const Schedule& s, const std::string& how, Trace* trace, Schedule* now) {
    if (Exhausted()) return true;
    const Input input = s.ToInput();
    const RunOptions options = options_;
    auto again = [options, input](Trace* t, Schedule* n) { return RunInput(options, input, t, n); };
    return Judge(again(trace, now), again, how);
  }

  static NamedRecord Moved(NamedRecord r, const std::string& task, Op op, const std::string& object, uint32_t nth) {
    r.task = task;
    r.op = OpName(op);
    r.object = object;
    r.record = {schedule_text::NamedKey(op, object), TaskKey(task), static_cast<uint16_t>(std::clamp<uint32_t>(nth, 1, kMaxNth)),
                r.record.kind, r.record.to};
    return r;
  }

  // How far an operation of the execution is from the one that a record names; nothing if they have nothing in common.
  static std::optional<uint32_t> Distance(const NamedRecord& r, Op op, const Site& site, const std::string& task) {
    if (RoleOf(task) != RoleOf(r.task) || ClassOf(site.op) != ClassOf(op)) return std::nullopt;
    uint32_t distance = 2u * (site.op != op) + (task != r.task);
    if (site.object == r.object) return distance;
    if (site.object.empty() || r.object.empty() || KindOf(site.object) != KindOf(r.object)) return std::nullopt;
    const uint64_t there = schedule_text::SplitObject(site.object).second, here = schedule_text::SplitObject(r.object).second;
    const uint64_t granules = (there > here ? there - here : here - there) / 8;
    distance += 2u * (SymbolOf(site.object) != SymbolOf(r.object)) + static_cast<uint32_t>(std::min<uint64_t>(granules, 1000));
    return distance;
  }

  // Where a record could belong now, nearest first.
  static std::vector<NamedRecord> Anchors(const NamedRecord& r, const Trace& trace) {
    std::map<std::pair<uint32_t, size_t>, NamedRecord> ranked;   // by distance; then in the order of the sites
    const Op op = OpByName(r.op);
    if (op == Op::kCount) return {};
    for (const auto& [site, times] : SitesOf(trace)) {
      const std::string& task = trace.tasks[site.task].name;
      const auto distance = Distance(r, op, site, task);
      for (uint32_t nth = 1; distance && nth <= times; ++nth) {
        const auto gap = static_cast<uint32_t>(std::abs(static_cast<int>(nth) - static_cast<int>(r.record.nth)));
        if (gap <= kMaxShift) ranked.try_emplace({*distance + gap, ranked.size()}, Moved(r, task, site.op, site.object, nth));
      }
    }
    std::vector<NamedRecord> anchors;
    for (auto& [distance, anchor] : ranked) {
      if (anchors.size() < kMaxCandidates && !(anchor.record == r.record)) anchors.push_back(std::move(anchor));
    }
    return anchors;
  }

  // Who could run next if the task that was to does not exist: those of its role, then all others.
  static std::vector<NamedRecord> Successors(const NamedRecord& r, const Trace& trace) {
    std::vector<NamedRecord> alike, others;
    for (const TraceTask& t : trace.tasks) {
      if (t.name == r.to) return {};
      if (t.name == r.task) continue;
      std::vector<NamedRecord>& list = RoleOf(t.name) == RoleOf(r.to) ? alike : others;
      list.push_back(r);
      list.back().to = t.name;
      list.back().record.to = TaskKey(t.name);
    }
    alike.insert(alike.end(), others.begin(), others.end());
    return alike;
  }

  static size_t Effective(const Schedule& wanted, const Schedule& now) {
    return static_cast<size_t>(std::count_if(wanted.records.begin(), wanted.records.end(), [&](const NamedRecord& r) { return TookEffect(r, now); }));
  }

  static bool TookEffect(const NamedRecord& r, const Schedule& now) {
    return std::any_of(now.records.begin(), now.records.end(), [&](const NamedRecord& n) { return n.record == r.record; });
  }

  // First the records that take no effect: each goes to the first place where more of the records do, or the finding
  // shows. Then (`all`) the others, which may have taken effect in a wrong place.
  bool Anchor(bool all) {
    for (size_t i = 0; i < base_.records.size(); ++i) {
      Trace trace;
      Schedule now;
      if (TryTraced(base_, moved_, &trace, &now)) return true;
      if (TookEffect(base_.records[i], now) != all) continue;
      if (AnchorOne(i, trace, Effective(base_, now), !all)) return true;
    }
    return false;
  }

  bool AnchorOne(size_t i, const Trace& trace, size_t before, bool keep) {
    std::vector<NamedRecord> candidates = Successors(base_.records[i], trace);
    for (NamedRecord& r : Anchors(base_.records[i], trace)) candidates.push_back(std::move(r));
    std::optional<NamedRecord> better;
    for (const NamedRecord& candidate : candidates) {
      Schedule s = base_, then;
      Trace ignored;
      s.records[i] = candidate;
      if (TryTraced(s, Changed(i, candidate), &ignored, &then)) return true;
      if (keep && !better && Effective(s, then) > before) better = candidate;
    }
    if (!better) return false;
    moved_ = Changed(i, *better);
    base_.records[i] = *better;
    return false;
  }

  std::string One(size_t i, const NamedRecord& to) const {
    const NamedRecord& was = stored_.records[i];
    if (was.to != to.to) return fmt::format("record {}: {} runs next in the place of {}", i + 1, to.to, was.to);
    return fmt::format("record {}: {} became {}", i + 1, Where(was), Where(to));
  }

  std::string Changed(size_t i, const NamedRecord& to) const { return (moved_.empty() ? "" : moved_ + "; ") + One(i, to); }

  static bool Move(NamedRecord* r, int by) {
    const int nth = r->record.nth + by;
    if (nth < 1 || nth > static_cast<int>(kMaxNth)) return false;
    r->record.nth = static_cast<uint16_t>(nth);
    return true;
  }

  // One record at a time; ±1 of all of them before ±2 of any.
  bool Shift() {
    for (int far = 1; far <= kMaxShift; ++far) {
      for (size_t i = 0; i < base_.records.size(); ++i) {
        for (const int by : {far, -far}) {
          Schedule s = base_;
          if (Move(&s.records[i], by) && Try(s, Changed(i, s.records[i]))) return true;
        }
      }
    }
    return false;
  }

  // An edit in a function shifts all that its callers do later: the records of a task from one on, or of all tasks.
  bool ShiftTogether() {
    std::set<std::string> tasks;
    for (const NamedRecord& r : base_.records) tasks.insert(r.task);
    for (int far = 1; far <= 3; ++far) {
      for (const int by : {far, -far}) {
        for (const std::string& task : tasks) {
          Schedule s = base_;
          for (NamedRecord& r : s.records) {
            if (r.task == task) Move(&r, by);
          }
          if (Try(s, fmt::format("all records of {}: moved by {:+}", task, by))) return true;
        }
        for (size_t i = 0; i < base_.records.size(); ++i) {
          for (size_t j = i + 1; j < base_.records.size(); ++j) {
            Schedule s = base_;
            if (!Move(&s.records[i], by) || !Move(&s.records[j], by)) continue;
            if (Try(s, fmt::format("{}; {}", Changed(i, s.records[i]), One(j, s.records[j])))) return true;
          }
        }
      }
    }
    return false;
  }

  bool Drop() {
    const size_t n = base_.records.size();
    for (size_t i = 0; i < n; ++i) {
      for (size_t j = i; j < n && j < i + 16; ++j) {
        Schedule s = base_;
        s.records.erase(s.records.begin() + static_cast<long>(j));
        if (j != i) s.records.erase(s.records.begin() + static_cast<long>(i));
        const std::string which = i == j ? fmt::format("record {}", i + 1) : fmt::format("records {} and {}", i + 1, j + 1);
        if (Try(s, which + " left out")) return true;
      }
    }
    return false;
  }

  bool TryWalk(size_t prefix, uint64_t i) {
    const RunOptions options = options_;
    const Input input = base_.ToInput();
    auto again = [=](Trace* trace, Schedule* schedule) {
      PrefixWalk walk(input, prefix, kSeed, i);
      return RunExecution(options, walk, trace, schedule);
    };
    return Judge(again(nullptr, nullptr), again,
                 prefix ? fmt::format("a random walk after {} departures", prefix) : "a random walk from the beginning", true);
  }

  // Prefixes take turns, the longest first; every other walk is from the beginning, with choices of its own.
  bool Walk() {
    Trace trace;
    Schedule now;
    RunInput(options_, base_.ToInput(), &trace, &now);
    const size_t longest = Effective(base_, now);
    Counting counting;
    RunExecution(options_, counting);
    for (uint64_t i = 0; !Exhausted(); ++i) {
      if (TryWalk(longest - i % (longest + 1), i)) return true;
      if (Exhausted()) return true;
      const RunOptions options = options_;
      const Learned learned = counting.learned();
      auto again = [=](Trace* t, Schedule* s) { return RunExecution(options, *MakeStrategy(kDefaultStrategy, learned, kSeed, i), t, s); };
      if (Judge(again(nullptr, nullptr), again, "a random walk from the beginning", true)) return true;
    }
    return true;
  }

  const RunOptions& options_;
  const Schedule& stored_;
  const uint64_t max_runs_;
  const std::function<void(uint64_t)>& progress_;
  Schedule base_;        // with the anchors that were accepted
  std::string moved_;    // which those are
  uint64_t runs_ = 0;
  Continued result_;
  Again similar_run_;
};

}  // namespace

std::string RoleOf(const std::string& task) {
  std::string role;
  for (const char c : task) {
    if (!isdigit(static_cast<unsigned char>(c)) && c != '#' && c != '~') role += c;
  }
  return role;
}

Continued SearchOn(const RunOptions& options, const Schedule& stored, uint64_t max_runs, const std::function<void(uint64_t)>& progress) {
  return Neighbourhood(options, stored, max_runs, progress).Search();
}

}  // namespace hotweave
