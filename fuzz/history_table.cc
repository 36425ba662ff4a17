// SPDX-License-Identifier: GPL-2.0-only OR MIT
// The rows of the matrix. The programs are in history_programs.cc. See history_table.h.
#include "history_table.h"

#include <fmt/format.h>

#include <algorithm>
#include <stdexcept>

#include "history_internal.h"
#include "lock_order.h"

namespace hotweave {
namespace {

constexpr size_t kShortened = 4;   // sightings of one kind that are made simpler to find the shortest

bool IsDeadlockKind(const std::string& kind) { return kind == "deadlock" || kind == "recursive-lock"; }
bool IsOrderKind(const std::string& kind) {
  return kind == "lock-order" || kind == "irq-lock-order" || kind == "recursive-lock" || kind == "wait-context";
}

// One row: every target of it in four configurations.
class MatrixRow {
 public:
  MatrixRow(const hotweave_matrix_row& row, const HistoryOptions& options) : row_(row), options_(options) {}

  void Measure(std::vector<HistoryCell>* out) {
    if (!Prepare()) {
      for (const char* column : kHistoryColumns) {
        if (Wanted({column})) out->push_back(Cell(column, ExpectedIn(column), "not run: " + error_));
      }
      return;
    }
    SearchAll();
    if (Wanted({"deadlock"})) Deadlock(out);
    if (Wanted({"lockdep old"})) Lockdep("lockdep old", row_.lockdep_old, old_, out);
    if (Wanted({"lockdep new"})) Lockdep("lockdep new", row_.lockdep_new, new_, out);
    if (Wanted({"feasible"})) Feasible(out);
    if (Wanted({"other"})) Other(out);
  }

 private:
  using Hunts = std::vector<Hunt>;

  // One of these columns is.
  bool Wanted(std::initializer_list<const char*> columns) const {
    return options_.columns.empty() ||
           std::any_of(columns.begin(), columns.end(), [&](const char* c) { return options_.columns.count(c) > 0; });
  }

  bool Prepare() {
    for (const std::string& name : InOrder(row_.targets)) {
      auto p = std::make_unique<PreparedTarget>();
      if (!p->Parse(name.find('@') == name.npos ? name + "@" + row_.profile : name, options_.change, &error_)) return false;
      prepared_.push_back(std::move(p));
    }
    if (prepared_.empty()) error_ = "no scenario";
    return !prepared_.empty();
  }

  std::string ExpectedIn(const std::string& column) const {
    if (column == "deadlock") return row_.deadlock;
    if (column == "lockdep old") return row_.lockdep_old;
    if (column == "lockdep new") return row_.lockdep_new;
    return column == "feasible" ? row_.feasible : row_.other;
  }

  Hunts MakeHunts(bool races, LockdepRules rules) const {
    Hunts hunts;
    for (const auto& p : prepared_) hunts.emplace_back(p->Options(races, rules));
    return hunts;
  }

  // Each target so often; then on, in turn, until everything wanted was seen somewhere.
  void Search(Hunts* hunts, const std::set<std::string>& wanted) const {
    if (hunts->empty()) return;
    for (Hunt& h : *hunts) h.Run(options_.runs, options_.seconds);
    auto missing = [&] {
      return std::any_of(wanted.begin(), wanted.end(), [&](const std::string& kind) {
        return std::none_of(hunts->begin(), hunts->end(), [&](const Hunt& h) { return h.Saw(kind); });
      });
    };
    for (uint64_t done = options_.runs; done < options_.most && missing(); done += options_.runs) {
      for (Hunt& h : *hunts) {
        if (missing()) h.Run(options_.runs, options_.seconds);
      }
      if (options_.seconds > 0) break;
    }
  }

  void SearchAll() {
    std::set<std::string> of_plain = MustSee(row_.deadlock), other = MustSee(row_.other), races;
    if (other.erase("data-race")) races.insert("data-race");
    of_plain.insert(other.begin(), other.end());
    if (Wanted({"deadlock", "other"})) plain_ = MakeHunts(false, LockdepRules::Off);
    if (Wanted({"other"})) races_ = MakeHunts(true, LockdepRules::Off);
    if (Wanted({"lockdep old", "feasible"})) old_ = MakeHunts(false, LockdepRules::Old);
    if (Wanted({"lockdep new", "feasible"})) new_ = MakeHunts(false, LockdepRules::New);
    Search(&plain_, of_plain);
    Search(&races_, races);
    Search(&old_, MustSee(row_.lockdep_old));
    Search(&new_, MustSee(row_.lockdep_new));
  }

  HistoryCell Cell(const std::string& column, const std::string& expected, const std::string& observed) const {
    HistoryCell c;
    c.row = row_.name;
    c.column = column;
    c.where = fmt::format("{} @{}{}", row_.targets, row_.profile, options_.change);
    c.expected = expected.empty() ? "no" : "yes: " + Wording(expected);
    c.observed = observed;
    c.source = row_.source;
    return c;
  }

  static uint64_t ExecutionsOf(const Hunts& hunts) {
    uint64_t n = 0;
    for (const Hunt& h : hunts) n += h.executions();
    return n;
  }

  // The cell of one column from the kinds that count in it.
  HistoryCell Judge(const std::string& column, const std::string& expected, const Seen& seen, const std::string& no) const {
    HistoryCell c = Cell(column, expected, seen.empty() ? no : "yes: " + Join(seen));
    c.ran = true;
    std::set<std::string> kinds;
    for (const auto& [kind, text] : seen) kinds.insert(kind);
    c.agrees = Fits(kinds, expected);
    return c;
  }

  static std::string No(uint64_t executions) { return fmt::format("no in {} executions", executions); }

  void Deadlock(std::vector<HistoryCell>* out) {
    Seen seen;
    std::map<std::string, uint64_t> least;
    for (const Hunt& h : plain_) {
      size_t shortened = 0;
      for (const Sighting& s : h.sightings()) {
        const std::string kind(KindName(s.finding.kind));
        if (!IsDeadlockKind(kind) || ++shortened > kShortened) continue;
        const Confirmed c = h.Shortest(s, row_.segments ? kShortened : 1, options_.shorten);
        const uint64_t segments = SegmentsOf(c.trace, &c.finding).size();
        if (least.count(kind) && segments >= least[kind]) continue;
        least[kind] = segments;
        seen[kind] = fmt::format("{}, {} by execution {}", kind, DescribeSegments(c.trace, &c.finding), s.first());
      }
    }
    OfStoredPrograms(&seen, &least);
    HistoryCell c = Judge("deadlock", row_.deadlock, seen, No(ExecutionsOf(plain_)));
    if (!least.empty()) c.segments = least.count("deadlock") ? least["deadlock"] : least.begin()->second;
    if (row_.segments) {
      c.expected += fmt::format(", {} segments", row_.segments);
      c.agrees &= c.segments <= row_.segments;
    }
    out->push_back(c);
  }

  // A program that is stored for this variant may be shorter than what the search came upon.
  void OfStoredPrograms(Seen* seen, std::map<std::string, uint64_t>* least) const {
    const hotweave_matrix* m = Matrix();
    const std::set<std::string> targets = WordsOf(row_.targets);
    for (unsigned i = 0; i < m->nr_programs; ++i) {
      const hotweave_program& p = m->programs[i];
      if (std::string_view(p.profile) != row_.profile || !targets.count(p.target) || !IsStored(p)) continue;
      const HistoryCell c = MeasureProgram(p, options_);
      const std::string kind = c.kind;
      if (!c.ran || !IsDeadlockKind(kind) || ((*least).count(kind) && c.segments >= (*least)[kind])) continue;
      (*least)[kind] = c.segments;
      (*seen)[kind] = fmt::format("{}, program {}", c.observed, p.id);
    }
  }

  // What lockdep prints: reports of level faithful, with the preemptions of a short execution that shows it.
  void Lockdep(const char* column, const std::string& expected, const Hunts& hunts, std::vector<HistoryCell>* out) {
    Seen seen;
    for (const Hunt& h : hunts) {
      for (const Sighting& s : h.sightings()) {
        const std::string kind(KindName(s.finding.kind));
        if (!IsOrderKind(kind) || s.finding.level != "faithful" || seen.count(kind)) continue;
        const Confirmed c = h.Shortest(s, 1, options_.shorten);
        seen[kind] = fmt::format("{}, {} preemptions ({})", kind, c.result.preemptions, s.finding.title);
      }
    }
    out->push_back(Judge(column, expected, seen, No(ExecutionsOf(hunts))));
  }

  // Reports of level feasible, and faithful ones that a deadlock confirms.
  void Feasible(std::vector<HistoryCell>* out) {
    Seen seen;
    std::string no;
    std::set<std::string> asked;
    for (const Hunts* hunts : {&old_, &new_}) {
      for (const Hunt& h : *hunts) {
        for (const Sighting& s : h.sightings()) {
          const std::string kind(KindName(s.finding.kind));
          if (s.finding.level.empty() || !IsOrderKind(kind) || seen.count(kind)) continue;
          if (s.finding.level == "feasible") {
            seen[kind] = fmt::format("{} ({})", kind, s.finding.title);
          } else if (IsAboutLockOrder(s.finding) && asked.insert(s.finding.fingerprint).second) {
            const LockOrderVerdict v = ConfirmLockOrder(h.options(), s.finding, options_.confirm, 1);
            if (v.deadlock) {
              seen[kind] = fmt::format("{}, confirmed by {}", kind, DescribeSegments(v.deadlock->trace, &v.deadlock->finding));
            } else {
              no += fmt::format("; {} is {}", kind, v.confirmation);
            }
          }
        }
      }
    }
    out->push_back(Judge("feasible", row_.feasible, seen, No(ExecutionsOf(old_) + ExecutionsOf(new_)) + no));
  }

  void Other(std::vector<HistoryCell>* out) {
    Seen seen;
    for (const Hunts* hunts : {&races_, &plain_}) {
      for (const Hunt& h : *hunts) {
        for (const Sighting& s : h.sightings()) {
          const std::string kind(KindName(s.finding.kind));
          if (IsDeadlockKind(kind) || IsOrderKind(kind) || seen.count(kind)) continue;
          seen[kind] = fmt::format("{} ({}) by execution {}", kind, s.finding.title, s.first());
        }
      }
    }
    out->push_back(Judge("other", row_.other, seen, No(ExecutionsOf(plain_) + ExecutionsOf(races_))));
  }

  const hotweave_matrix_row& row_;
  const HistoryOptions& options_;
  std::vector<std::unique_ptr<PreparedTarget>> prepared_;
  std::string error_;
  Hunts plain_, races_, old_, new_;
};

}  // namespace

std::vector<std::string> InOrder(const std::string& words) {
  std::vector<std::string> out;
  for (size_t at = 0; (at = words.find_first_not_of(' ', at)) != words.npos;) {
    const size_t end = std::min(words.find(' ', at), words.size());
    out.push_back(words.substr(at, end - at));
    at = end;
  }
  return out;
}

std::set<std::string> MustSee(const std::string& expected) {
  std::set<std::string> words = WordsOf(expected);
  std::erase_if(words, [](const std::string& w) { return w.starts_with('?'); });
  return words;
}

bool Fits(const std::set<std::string>& seen, const std::string& expected) {
  const std::set<std::string> words = WordsOf(expected), must = MustSee(expected);
  const auto allowed = [&](const std::string& kind) { return words.count(kind) || words.count("?" + kind); };
  return std::includes(seen.begin(), seen.end(), must.begin(), must.end()) && std::all_of(seen.begin(), seen.end(), allowed);
}

std::string Wording(const std::string& expected) {
  std::string must, may;
  for (const std::string& w : InOrder(expected)) {
    std::string& part = w.starts_with('?') ? may : must;
    part += (part.empty() ? "" : " ") + (w.starts_with('?') ? w.substr(1) : w);
  }
  return may.empty() ? must : must + "; perhaps " + may;
}

std::string Join(const Seen& seen) {
  std::string out;
  for (const auto& [kind, text] : seen) out += (out.empty() ? "" : "; ") + text;
  return out;
}

bool PreparedTarget::Parse(const std::string& spec, const std::string& change, std::string* error) {
  return ParseTarget(spec + change, &target_, &profile_, error);
}

RunOptions PreparedTarget::Options(bool races, LockdepRules rules) const {
  RunOptions o;
  o.target = target_;
  o.profile = &profile_;
  o.race_detection = races;
  o.lockdep = rules;
  return o;
}

size_t HistoryTable::Agreeing() const {
  auto agrees = [](const HistoryCell& c) { return c.agrees; };
  return static_cast<size_t>(std::count_if(matrix.begin(), matrix.end(), agrees) +
                             std::count_if(programs.begin(), programs.end(), agrees));
}

HistoryTable MeasureHistory(const HistoryOptions& o) {
  const hotweave_matrix* m = Matrix();
  if (!m) throw std::runtime_error("this program has no matrix of variants (HOTWEAVE_MATRIX)");
  HistoryTable table;
  auto wanted = [&](const std::string& name) { return name.starts_with(o.only); };
  std::vector<unsigned> rows, programs;
  for (unsigned i = 0; o.matrix && i < m->nr_rows; ++i) {
    if (wanted(m->rows[i].name)) rows.push_back(i);
  }
  for (unsigned i = 0; o.programs && i < m->nr_programs; ++i) {
    if (wanted(m->programs[i].id)) programs.push_back(i);
  }
  size_t done = 0;
  auto next = [&](const std::string& name) {
    if (o.progress) o.progress(name, done, rows.size() + programs.size());
    ++done;
  };
  for (unsigned i : rows) {
    next(m->rows[i].name);
    MatrixRow(m->rows[i], o).Measure(&table.matrix);
  }
  for (unsigned i : programs) {
    next(m->programs[i].id);
    table.programs.push_back(MeasureProgram(m->programs[i], o));
  }
  return table;
}

}  // namespace hotweave
