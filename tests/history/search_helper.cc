// SPDX-License-Identifier: GPL-2.0-only OR MIT
// See search_helper.h.
#include "search_helper.h"

#include <algorithm>
#include <map>
#include <memory>
#include <sstream>

#include <gtest/gtest.h>

#include "fuzz/confirm.h"
#include "strategy/random_walk.h"
#include "strategy/sync_walk.h"

namespace hotweave {
namespace {

constexpr uint64_t kSeed = 1;

// Failures of one place that are looked at twice; a race that every second walk shows needs no more.
constexpr uint64_t kTraced = 8;

// A long search takes turns: no strategy finds every bug first.
constexpr uint64_t kRandomWalks = 2000;

std::unique_ptr<Strategy> WalkOf(uint64_t number) {
  if (number < kRandomWalks || number % 2 == 0) return std::make_unique<RandomWalk>(kSeed, number);
  return std::make_unique<SyncWalk>(kSeed, number);
}

// A parsed spec: the options point at the profile beside them.
struct Parsed {
  Profile profile;
  RunOptions options;

  Parsed(const std::string& spec, bool races, LockdepRules lockdep) {
    std::string error;
    if (!ParseTarget(spec, &options.target, &profile, &error)) ADD_FAILURE() << spec << ": " << error;
    options.profile = &profile;
    options.race_detection = races;
    options.lockdep = lockdep;
  }
  Parsed(const Parsed&) = delete;
};

Found* Entry(std::vector<Found>* found, const Finding& finding) {
  for (Found& f : *found) {
    if (f.fingerprint == finding.fingerprint) return &f;
  }
  found->push_back({std::string(KindName(finding.kind)), finding.fingerprint, 0, 0});
  return &found->back();
}

// What a failing walk really shows is known when it is traced: a broken invariant may be a lost update.
void Note(const RunOptions& options, uint64_t walk_number, std::vector<Found>* found) {
  Trace trace;
  const RunResult r = RunExecution(options, *WalkOf(walk_number), &trace);
  ASSERT_TRUE(r.finding) << "walk " << walk_number << " fails, and passes when it is traced";
  Found* f = Entry(found, *r.finding);
  if (f->count++ == 0) f->first = walk_number;
}

bool Satisfied(const Search& s, const Bounds& bounds) {
  if (s.executions < bounds.least) return false;
  const std::set<std::string> kinds = s.Kinds();
  return std::includes(kinds.begin(), kinds.end(), bounds.wanted.begin(), bounds.wanted.end());
}

}  // namespace

std::set<std::string> Search::Kinds() const {
  std::set<std::string> out;
  for (const Found& f : found) out.insert(f.kind);
  return out;
}

std::set<std::string> Search::Fingerprints() const {
  std::set<std::string> out;
  for (const Found& f : found) out.insert(f.fingerprint);
  return out;
}

Search SearchTarget(const std::string& spec, bool races, const Bounds& bounds, LockdepRules lockdep) {
  Search s;
  s.spec = spec;
  s.races = races;
  s.lockdep = lockdep;
  const Parsed parsed(spec, races, lockdep);
  if (!parsed.options.target) return s;
  ForgetOrdersSeen();
  std::map<std::string, uint64_t> traced;   // by fingerprint without a trace
  while (s.executions < bounds.most && !Satisfied(s, bounds)) {
    const uint64_t walk_number = s.executions++;
    const RunResult r = RunExecution(parsed.options, *WalkOf(walk_number));
    s.contended += r.contended;
    s.out_of_budget += r.verdict == VerdictKind::OutOfBudget;
    if (!r.finding) continue;
    if (traced[r.finding->fingerprint]++ < kTraced || r.finding->kind == Kind::Invariant) {
      Note(parsed.options, walk_number, &s.found);
    }
  }
  return s;
}

Search SearchSequential(const std::string& spec) {
  Search s;
  s.spec = spec;
  s.lockdep = LockdepRules::Auto;
  const Parsed parsed(spec, true, s.lockdep);
  if (!parsed.options.target) return s;
  const RunResult r = RunInput(parsed.options, {});
  s.executions = 1;
  s.contended = r.contended;
  if (r.finding) Entry(&s.found, *r.finding)->count = 1;
  return s;
}

uint32_t ReplaysOf(const Search& search, const Found& found) {
  const Parsed parsed(search.spec, search.races, search.lockdep);
  const Confirmed c = Confirm(
      parsed.options,
      [&](Trace* trace, Schedule* schedule) {
        return RunExecution(parsed.options, *WalkOf(found.first), trace, schedule);
      },
      false);
  EXPECT_EQ(c.finding.fingerprint, found.fingerprint) << search.spec;
  return c.replayed;
}

std::vector<OrderLine> OrdersOf(const std::string& place) {
  std::vector<OrderCount> orders;
  for (const OrderSeen& o : OrdersSeen()) orders.push_back({o.object, o.first, o.then, o.address, o.count});
  std::vector<OrderLine> lines = OrderLines(orders);
  std::erase_if(lines, [&](const OrderLine& l) { return l.place != place; });
  return lines;
}

std::set<std::string> Words(const std::string& text) {
  std::istringstream in(text);
  std::set<std::string> out;
  for (std::string word; in >> word;) out.insert(word);
  return out;
}

std::string Show(const std::set<std::string>& words) {
  std::string out;
  for (const std::string& w : words) out += (out.empty() ? "" : " ") + w;
  return "[" + out + "]";
}

}  // namespace hotweave
