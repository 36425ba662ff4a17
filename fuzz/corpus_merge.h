// SPDX-License-Identifier: GPL-2.0-only OR MIT
// Which stored executions a corpus gains from others. A pure function of what they lead to. Depends on regress.h.
#pragma once

#include <cstddef>
#include <vector>

#include "regress.h"

namespace hotweave {

// Equal are two executions of one target under one profile
//   with findings: of one fingerprint, whose tasks take turns in the same order (OrderOf());
//   that pass: with the same hand-overs (HandOversOf()).
// Of equal ones the simplest counts: fewest departures, then fewest switches. A finding comes in if nothing is equal to
// it. A pass comes in, the simplest first, if it has a hand-over that neither the corpus nor those before it have. What the
// corpus has stays; but one that is equal to a simpler new one is replaced by it, unless it is a program.
struct MergePlan {
  struct Replacement {
    size_t into, from;   // indices
  };
  std::vector<size_t> added;            // indices into `from`
  std::vector<Replacement> replaced;
  size_t known = 0;                     // of `from`: equal to something that is there, or without a new hand-over
};

// Whether it has an outcome that a corpus can hold: a pass or a finding.
bool HasOutcome(const Judged& judged);

// Those without an outcome are left out.
MergePlan PlanMerge(const std::vector<Judged>& into, const std::vector<Judged>& from);

}  // namespace hotweave
