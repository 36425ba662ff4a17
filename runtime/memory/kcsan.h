// SPDX-License-Identifier: GPL-2.0-only OR MIT
// Assertions of exclusive access, and accesses declared to be marked: what <linux/kcsan-checks.h> says of the
// current task. Depends on core and shadow.h.
#pragma once

#include <cstddef>
#include <cstdint>

#include "core/hot.h"

namespace hotweave {

// True while an assertion over an interval or about bits stands in this execution.
extern bool assertions_stand;
// The access that is about to happen, against these. Only while assertions_stand.
void CheckStandingAssertions(uintptr_t address, size_t size, bool write);

// Does the plain access (or assertion) of the current task count as marked? Only while hot.epoch has
// kSlotDeclared. Counts kcsan_atomic_next() down.
bool DeclaredMarked(bool assertion);

// An execution starts: no assertion stands.
void AssertionsBegin();

}  // namespace hotweave
