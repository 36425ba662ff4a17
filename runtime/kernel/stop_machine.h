// SPDX-License-Identifier: GPL-2.0-only OR MIT
// The stopper threads, as CPU hotplug needs them. Depends on core.
#pragma once

#include "core/engine.h"

namespace hotweave {

// Calls a function of the target from a thread of the engine's own, so that places on the stack have the same names
// in every build: offsets count from the first frame of the target.
template <typename F, typename... Arguments>
__attribute__((__noinline__)) auto CallTarget(F* function, Arguments... arguments) {
  uintptr_t top;
  asm volatile("movq %%rsp, %0" : "=r"(top));
  Current().stack_top = top;
  auto result = function(arguments...);
  asm volatile("");
  return result;
}

// In a function that stop_machine() runs on the dying `cpu`: its stopper takes no more works. When this one is done,
// its last action there is dead(cpu). Source: stop_machine_park(), 6.1.
void ParkStopper(uint32_t cpu, void (*dead)(uint32_t cpu));
// On the new CPU: works are taken again. Source: stop_machine_unpark(), 6.1.
void UnparkStopper(uint32_t cpu);

}  // namespace hotweave
