// SPDX-License-Identifier: GPL-2.0-only OR MIT
// Whether the object behind a pointer that kernel code passes to a primitive is still there. What target code
// itself accesses the compiler's callbacks check; primitives look at their objects here. Depends on core and memory.
#pragma once

#include <cstddef>

namespace hotweave {

// The current task uses the object `p` (a timer, a completion …), as `what` ("complete()") says: a finding if its
// memory was freed, or was on the stack of a task that has ended or left that function. Counts as a marked
// write, so that freeing or clearing the object at the same time is a data race. Not a scheduling point.
// Model: a stack object whose place is within a later frame of the same task is not noticed here.
void UseObject(const void* p, const char* what);

}  // namespace hotweave
