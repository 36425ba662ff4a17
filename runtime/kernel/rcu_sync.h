// SPDX-License-Identifier: GPL-2.0-only OR MIT
// What a rcu_sync leaves behind it. Depends on nothing.
#pragma once

#include <cstddef>
#include <cstdint>

namespace hotweave {

// True if a rcu_sync whose callback is pending lies in [begin, begin + size).
bool RcuSyncInRange(uintptr_t begin, size_t size);

}  // namespace hotweave
