// SPDX-License-Identifier: GPL-2.0-only OR MIT
// Faults of the engine itself. See internal.h.
#include "core/internal.h"

#include <unistd.h>

#include <string>

namespace hotweave {

void InternalError(std::string_view what) {
  // No stdio: this may run on a fiber or in a signal handler.
  std::string line = "HOTWEAVE-INTERNAL: ";
  line.append(what);
  line.push_back('\n');
  [[maybe_unused]] ssize_t n = write(2, line.data(), line.size());
  _exit(kExitInternal);
}

}  // namespace hotweave
