// SPDX-License-Identifier: GPL-2.0-only OR MIT
// The places that a finding is about, in words: who did what, where, holding which locks that were taken where. Internal to
// report/. Depends on finding.h, held_locks.h and story.h.
#pragma once

#include <string>
#include <vector>

#include <hotweave/finding.h>

#include "core/trace.h"
#include "report/events.h"
#include "report/symbol_source.h"

namespace hotweave {

struct SiteText {
  std::string who;     // "write by balloon = 1 (was 0)"
  std::string at;      // "grow_bank kinds_target.cc:63 < bank_inflate"; may be empty
  std::string holds;   // "hotplug_mutex (bank_inflate kinds_target.cc:77)", "no lock"; empty if it is not known
  // "at grow_bank kinds_target.cc:63 < bank_inflate; holds hotplug_mutex"
  std::string Short() const { return (at.empty() ? "" : "at " + at) + (at.empty() || holds.empty() ? "" : "; ") + (holds.empty() ? "" : "holds " + holds); }
};

class SiteTeller {
 public:
  SiteTeller(const Trace& trace, const Finding& finding, SymbolSource& symbols);

  // Of the i-th site. `frames`: at most so many of each stack; `places`: with where the held locks were taken.
  SiteText Describe(size_t i, size_t frames, bool places) const;
  Stack StackOf(size_t i) const;
  // What the task of the i-th site held there, outermost first. `known`: false if that cannot be said.
  const std::vector<HeldLock>& Held(size_t i, bool* known) const;
  // Where a lock was taken: index into Trace::stacks, or Event::kNone.
  uint32_t StackOfLock(const HeldLock& held) const;
  std::string NameOfLock(const HeldLock& held) const;

 private:
  bool AtTheEnd(const Site& site) const;
  std::string Who(const Site& site) const;

  const Trace& trace_;
  const Finding& finding_;
  SymbolSource& symbols_;
  EventTeller teller_;
  std::vector<std::vector<HeldLock>> held_;   // per site
  std::vector<bool> known_;                   // likewise
};

}  // namespace hotweave
