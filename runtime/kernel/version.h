// SPDX-License-Identifier: GPL-2.0-only OR MIT
// Which kernel's behaviour a primitive has: by the version of the execution, or by one commit that the
// program's history table may list (so that a profile can take that fix out alone). Depends on core,
// <hotweave/target.h> and <linux/version.h>.
#pragma once

#include <cstdint>

#include <linux/version.h>

#include "core/engine.h"

namespace hotweave {

// True if the execution plays this kernel version or a later one. KERNEL_VERSION(5, 6, 0).
inline bool Since(uint32_t version) { return engine.kernel_version() >= version; }

// A change of behaviour: in effect if the history table has the commit in the profile; for a program whose
// table does not list it, from `since` on. Define as static const in a .cc file.
class Change {
 public:
  constexpr Change(const char* commit, uint32_t since) : commit_(commit), since_(since) {}
  bool InEffect() const;

 private:
  const char* commit_;   // 12 hex digits
  uint32_t since_;       // KERNEL_VERSION() of the first release with it
  mutable int row_ = kUnknown;
  static constexpr int kUnknown = -2, kNone = -1;
};

}  // namespace hotweave
