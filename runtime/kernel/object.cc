// SPDX-License-Identifier: GPL-2.0-only OR MIT
// See object.h.
#include "kernel/object.h"

#include "core/engine.h"
#include "core/layout.h"
#include "memory/shadow.h"

namespace hotweave {
namespace {

// The task whose stack holds the address, or nullptr.
const Task* StackOwner(uintptr_t address) {
  const Layout& l = GetLayout();
  const auto i = static_cast<uint32_t>((address - l.stacks) / kStackSize);
  return i < engine.task_count ? &engine.tasks[i] : nullptr;
}

[[noreturn]] void GoneFromStack(const void* p, const Task& owner, const char* what) {
  Failure f;
  f.kind = Kind::UseAfterFree;
  f.sentence = std::string(hot.task->comm) + " calls " + what + " on an object on the stack of " + owner.comm +
               ", in a function that has returned";
  f.address = p;
  engine.Fail(std::move(f));
}

}  // namespace

void UseObject(const void* p, const char* what) {
  const auto address = reinterpret_cast<uintptr_t>(p);
  if (address - hot.base >= hot.span) return;
  if (GetLayout().RegionOf(address) == Region::Stack) {
    const Task* owner = StackOwner(address);
    const auto* top = owner == hot.task ? __builtin_frame_address(0) : owner ? owner->frame : nullptr;
    if (owner && (owner->exited || address < reinterpret_cast<uintptr_t>(top))) GoneFromStack(p, *owner, what);
  }
  AccessSlow(address & ~uintptr_t{7}, 8, true, false);
}

}  // namespace hotweave
