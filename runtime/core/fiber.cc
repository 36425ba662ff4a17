// SPDX-License-Identifier: GPL-2.0-only OR MIT
// Fibers. See fiber.h.
#include "core/fiber.h"

#include <boost/context/detail/fcontext.hpp>

#include "core/internal.h"
#include "core/layout.h"
#include "core/task.h"

#if defined(__has_feature)
#if __has_feature(address_sanitizer)
#define HOTWEAVE_ASAN 1
#include <sanitizer/asan_interface.h>
#include <sanitizer/common_interface_defs.h>
#endif
#endif

namespace hotweave {
namespace {

using boost::context::detail::fcontext_t;
using boost::context::detail::jump_fcontext;
using boost::context::detail::make_fcontext;
using boost::context::detail::transfer_t;

fcontext_t controller = nullptr;

#ifdef HOTWEAVE_ASAN
void* controller_fake_stack = nullptr;
const void* controller_stack = nullptr;
size_t controller_stack_size = 0;

void StartSwitch(void** save, const Task* to) {
  if (to) {
    const uintptr_t lo = GetLayout().StackBegin(to->index);
    __sanitizer_start_switch_fiber(save, reinterpret_cast<void*>(lo), GetLayout().StackEnd(to->index) - lo);
  } else {
    __sanitizer_start_switch_fiber(save, controller_stack, controller_stack_size);
  }
}
void FinishSwitch(void* saved, bool from_controller) {
  const void* bottom;
  size_t size;
  __sanitizer_finish_switch_fiber(saved, &bottom, &size);
  if (from_controller) {
    controller_stack = bottom;
    controller_stack_size = size;
  }
}
#else
void StartSwitch(void**, const Task*) {}
void FinishSwitch(void*, bool) {}
#endif

// Whoever jumped here left its context in t.fctx and itself in t.data (null: the controller).
inline void SavePrevious(transfer_t t) {
  if (Task* from = static_cast<Task*>(t.data)) {
    from->context = t.fctx;
  } else {
    controller = t.fctx;
  }
}

Task* starting = nullptr;

void Trampoline(transfer_t t) {
  SavePrevious(t);
  FinishSwitch(nullptr, t.data == nullptr);
  Task* self = starting;
  starting = nullptr;
  RunFiber(self);
  InternalError("a fiber returned");
}

}  // namespace

void PrepareFiber(Task* task) {
  const uintptr_t lo = GetLayout().StackBegin(task->index);
  // Tops at one distance would share the cache sets of all stacks: stagger them by a few lines.
  const uintptr_t hi = GetLayout().StackEnd(task->index) - (task->index % 16) * 320;
#ifdef HOTWEAVE_ASAN
  __asan_unpoison_memory_region(reinterpret_cast<void*>(lo), hi - lo);
#endif
  task->context = make_fcontext(reinterpret_cast<void*>(hi & ~uintptr_t{15}), hi - lo, Trampoline);
  task->asan_fake_stack = nullptr;
}

void SwitchFiber(Task* from, Task* to) {
  starting = to;
  void** save = nullptr;
#ifdef HOTWEAVE_ASAN
  save = from ? &from->asan_fake_stack : &controller_fake_stack;
#endif
  StartSwitch(save, to);
  const transfer_t t = jump_fcontext(static_cast<fcontext_t>(to->context), from);
  SavePrevious(t);
#ifdef HOTWEAVE_ASAN
  FinishSwitch(from ? from->asan_fake_stack : controller_fake_stack, false);
#endif
}

void LeaveFiber() {
  static Task dropped;   // receives a context that is never used again
  StartSwitch(nullptr, nullptr);
  jump_fcontext(controller, &dropped);
  InternalError("a dropped fiber was resumed");
}

}  // namespace hotweave
