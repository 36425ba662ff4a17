// SPDX-License-Identifier: GPL-2.0-only OR MIT
// See reset.h.
#include "kernel/reset.h"

#include "core/internal.h"

namespace hotweave {
namespace {

constexpr unsigned kMaxResets = 64;

// Zero before any constructor runs, so that those of other files may register.
void (*resets[kMaxResets])();
unsigned reset_count;

}  // namespace

bool OnExecutionBegin(void (*reset)()) {
  HW_CHECK(reset_count < kMaxResets);
  resets[reset_count++] = reset;
  return true;
}

void ResetPrimitives() {
  for (unsigned i = 0; i < reset_count; ++i) resets[i]();
}

}  // namespace hotweave
