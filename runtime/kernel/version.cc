// SPDX-License-Identifier: GPL-2.0-only OR MIT
// The kernel version of an execution. See version.h.
#include "kernel/version.h"

#include <cstring>

#include <hotweave/target.h>

extern "C" {
// The program's history table, from the section that HOTWEAVE_HISTORY writes; both null without one.
extern const hotweave_history __start_hotweave_histories[] __attribute__((weak));
extern const hotweave_history __stop_hotweave_histories[] __attribute__((weak));
}

namespace hotweave {

bool Change::InEffect() const {
  if (row_ == kUnknown) {
    row_ = kNone;
    for (const hotweave_history* h = __start_hotweave_histories; h != __stop_hotweave_histories; ++h) {
      for (unsigned i = 0; i < h->nr_rows; ++i) {
        if (std::strcmp(h->rows[i].commit, commit_) == 0) row_ = static_cast<int>(i);
      }
    }
  }
  return row_ == kNone ? Since(since_) : engine.Fixed(static_cast<uint32_t>(row_));
}

}  // namespace hotweave

extern "C" bool hotweave_fixed_commit(const char* commit, unsigned since) {
  return hotweave::Change(commit, since).InEffect();
}

extern "C" unsigned hotweave_kernel_version(void) { return hotweave::engine.kernel_version(); }
