// SPDX-License-Identifier: GPL-2.0-only OR MIT
// Who takes which locks while holding which, measured over a bounded search: the callers of the hotplug locks, and the
// orders of locks that would be cycles if nothing were shared and nobody gave way. For information: what it lists are not
// findings. Depends on check/, report/symbol_source.h and strategy/.
#pragma once

#include <cstdint>
#include <map>
#include <set>
#include <string>
#include <vector>

#include <hotweave/run.h>

#include "check/lock_requests.h"

namespace hotweave {

// The functions that led to a lock, innermost first: at most kAuditFrames of them.
inline constexpr size_t kAuditFrames = 4;
using AuditPath = std::vector<std::string>;

// One way to ask for a lock.
struct AuditSite {
  std::string lock;             // name of its class
  Sharing sharing = Sharing::Exclusive;
  AuditPath functions;
  auto operator<=>(const AuditSite&) const = default;
};

// `wanted` was asked for, and not only tried, while `held` was held.
struct AuditOrder {
  std::string held, wanted;
  AuditPath functions;          // of the first time
};

class Audit {
 public:
  // Runs executions 0 … runs-1 of this seed.
  Audit(const RunOptions& options, uint64_t runs, uint64_t seed);

  // With the sets of locks that were held, as sorted names.
  const std::map<AuditSite, std::set<std::vector<std::string>>>& sites() const { return sites_; }
  // Shortest cycles of orders, each set of locks once, if every acquisition excludes every other: in the order of names.
  std::vector<std::vector<AuditOrder>> Inversions() const;

 private:
  void Add(const LockRequests& requests);
  std::vector<std::string> Path(const std::string& from, const std::string& to) const;

  std::map<AuditSite, std::set<std::vector<std::string>>> sites_;
  std::map<std::string, std::map<std::string, AuditPath>> orders_;
};

}  // namespace hotweave
