// SPDX-License-Identifier: GPL-2.0-only OR MIT
// What is known of locks after many executions, beyond findings: who takes a lock and what he holds then, and the
// strict order of locks, in which every acquisition counts as exclusive. Information, never a finding: a cycle of that order
// that lockdep does not report is a *latent inversion*, which becomes a deadlock when one of the locks no longer lets
// readers pass a waiting writer. docs/lock-order.md says how to read it. Depends on check/, report/ and <hotweave/run.h>.
#pragma once

#include <cstdint>
#include <map>
#include <set>
#include <string>
#include <tuple>
#include <utility>
#include <vector>

#include <hotweave/run.h>

#include "check/lock_requests.h"

namespace hotweave {

using AuditPath = std::vector<std::string>;   // functions, innermost first, up to the scenario's

// One way in which a lock was taken.
struct LockCaller {
  std::string lock;
  Sharing sharing = Sharing::Exclusive;
  AuditPath functions;
  std::set<std::vector<std::string>> held;   // outermost first; "NAME (shared)"
  std::set<std::string> tasks;
};

// A task asked for `wanted` while it held `held`: the first time.
struct AuditOrder {
  std::string held, wanted;
  Sharing held_sharing = Sharing::Exclusive, wanted_sharing = Sharing::Exclusive;
  std::string task;
  AuditPath functions;
};

struct LockInversion {
  std::vector<AuditOrder> orders;   // around the cycle
  std::set<std::string> gates;    // held against each other at every step, whenever it was made
  bool old_rules = false, new_rules = false;   // would a lockdep of 4.14, of 6.1 see it?
  bool latent() const { return !old_rules && !new_rules; }
};

class LockAudit {
 public:
  // Callers of locks whose name begins with one of these are kept; {""}: of all.
  explicit LockAudit(std::vector<std::string> callers_of) : callers_of_(std::move(callers_of)) {}

  // Runs executions and takes in what they do. No report about lock order ends them; other findings do.
  void Run(const RunOptions& options, uint64_t executions, uint64_t seed);

  std::vector<LockCaller> Callers() const;   // by lock, path, mode
  // The shortest cycle through each two classes that follow each other, shortest first; none that has another within.
  std::vector<LockInversion> Inversions() const;
  uint64_t executions() const { return executions_; }
  uint64_t findings() const { return findings_; }   // executions that ended in one

 private:
  using Class = std::pair<const lock_class_key*, uint8_t>;
  using Gate = std::pair<const lockdep_map*, std::string>;
  struct Edge {
    uint8_t labels = 0;         // a bit for each label that was seen
    bool validated = false;     // both are visible to lockdep
    bool gates_known = false;
    std::set<Gate> gates;
    AuditOrder first;
  };

  void Add();
  void AddCaller(const LockRequests& requests, const LockRequest& r);
  void AddEdges(const LockRequests& requests, const LockRequest& r);
  size_t ClassOf(const LockUse& use);
  const AuditPath& PathOf(const std::vector<uint64_t>& stack);
  std::vector<size_t> WayBack(size_t from, size_t to) const;
  static bool IsStrong(const std::vector<const Edge*>& edges, unsigned first);
  LockInversion Judge(const std::vector<size_t>& cycle) const;

  std::vector<std::string> callers_of_;
  uint64_t executions_ = 0, findings_ = 0;
  std::map<Class, size_t> classes_;
  std::vector<std::string> names_;                       // of classes, "#2" for the second of a name
  std::map<std::string, unsigned> used_;
  std::map<std::pair<size_t, size_t>, Edge> edges_;
  std::map<std::tuple<std::string, Sharing, AuditPath>, LockCaller> callers_;
  std::map<std::vector<uint64_t>, AuditPath> paths_;
};

}  // namespace hotweave
