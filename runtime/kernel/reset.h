// SPDX-License-Identifier: GPL-2.0-only OR MIT
// What primitives that keep engine-side state do before each execution. Depends on nothing.
#pragma once

namespace hotweave {

// Has `reset` called at the start of every execution, before the first task runs. Call once, while constructors
// run: static const bool registered = OnExecutionBegin(Reset). `reset` must leave the state as it was then.
bool OnExecutionBegin(void (*reset)());

// Calls all of them, in an order that must not matter.
void ResetPrimitives();

}  // namespace hotweave
