// SPDX-License-Identifier: GPL-2.0-only OR MIT
// What history_table.cc and history_programs.cc share.
#pragma once

#include <map>
#include <memory>
#include <set>
#include <string>
#include <vector>

#include "history_table.h"
#include "hunt.h"
#include "report/segments.h"

namespace hotweave {

// A target under a profile; options point at the profile, so it stays where it is.
class PreparedTarget {
 public:
  PreparedTarget() = default;
  PreparedTarget(const PreparedTarget&) = delete;
  bool Parse(const std::string& spec, const std::string& change, std::string* error);
  RunOptions Options(bool races, LockdepRules rules) const;
  const hotweave_target* target() const { return target_; }

 private:
  const hotweave_target* target_ = nullptr;
  Profile profile_;
};

// Kinds that were seen, and what to say of each.
using Seen = std::map<std::string, std::string>;
std::string Join(const Seen& seen);

// "data-race ?invariant": data-race must be seen, invariant may be, nothing else.
bool Fits(const std::set<std::string>& seen, const std::string& expected);
// Without those that only may be.
std::set<std::string> MustSee(const std::string& expected);
// The same for people: "data-race; perhaps invariant".
std::string Wording(const std::string& expected);

std::vector<std::string> InOrder(const std::string& words);

// As against "sequential" and "search".
bool IsStored(const hotweave_program& program);
HistoryCell MeasureProgram(const hotweave_program& program, const HistoryOptions& options);

}  // namespace hotweave
