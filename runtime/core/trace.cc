// SPDX-License-Identifier: GPL-2.0-only OR MIT
// Trace: the only behaviour it has. Depends on trace.h alone.
#include "core/trace.h"

namespace hotweave {

// Keeps the capacity: the same Trace is filled again by the next traced execution.
void Trace::Clear() {
  tasks.clear();
  objects.clear();
  stacks.clear();
  events.clear();
  held_at_end.clear();
  hash = 0;
}

}  // namespace hotweave
