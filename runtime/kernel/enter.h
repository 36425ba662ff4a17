// SPDX-License-Identifier: GPL-2.0-only OR MIT
// Calls of target code from long-lived engine code on a task's stack. Depends on core.
#pragma once

#include "core/engine.h"

namespace hotweave {

// Calls function(argument), and notes where target code's part of the stack begins, so that names of objects on the
// stack do not depend on how the engine was compiled. As Enter() in core/lifecycle.cc.
template <typename Argument>
__attribute__((__noinline__)) void EnterTarget(void (*function)(Argument), Argument argument) {
  uintptr_t top;
  asm volatile("movq %%rsp, %0" : "=r"(top));
  Task& self = Current();
  const uintptr_t before = self.stack_top;
  self.stack_top = top;
  function(argument);
  self.stack_top = before;
}

}  // namespace hotweave
