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

// A fiber that is dropped in the middle never gives its fake stack back: AddressSanitizer would keep megabytes
// of every execution that does not run to its end. And its leak checker reads all of .bss, where the guard
// pages of our stacks are, and dies of them.
extern "C" const char* __asan_default_options() {
  return "detect_stack_use_after_return=0:detect_leaks=0";
}
#endif
#endif

namespace hotweave {
namespace {

using boost::context::detail::fcontext_t;
using boost::context::detail::make_fcontext;
using boost::context::detail::transfer_t;

fcontext_t controller = nullptr;

// jump_fcontext() as the CPU likes it. It returns by an indirect jump, so a plain call would leave its return
// address on the processor's return stack, and every return after the switch would be mispredicted: six
// times the cost of the switch. Entered by a jump, it pops what we pushed and the return stack stays right.
// The switch saves all callee-saved registers, among them the one that keeps our stack pointer.
#if defined(__x86_64__)
inline __attribute__((always_inline)) transfer_t Jump(fcontext_t to, void* data) {
  transfer_t t;
  asm volatile(
      "movq %%rsp, %%rbx\n\t"
      "subq $128, %%rsp\n\t"   // past the red zone
      "andq $-16, %%rsp\n\t"
      "leaq 1f(%%rip), %%rax\n\t"
      "pushq %%rax\n\t"
      "jmp jump_fcontext\n"
      "1:\n\t"
      "movq %%rbx, %%rsp"
      : "=&a"(t.fctx), "=&d"(t.data), "+D"(to), "+S"(data)
      :
      : "rbx", "rcx", "r8", "r9", "r10", "r11", "memory", "cc", "xmm0", "xmm1", "xmm2", "xmm3", "xmm4", "xmm5", "xmm6",
        "xmm7", "xmm8", "xmm9", "xmm10", "xmm11", "xmm12", "xmm13", "xmm14", "xmm15");
  return t;
}
#else
inline transfer_t Jump(fcontext_t to, void* data) { return boost::context::detail::jump_fcontext(to, data); }
#endif

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
  // The outermost frame: what fcontext left under it is no caller, and debuggers must not look there for one.
#if defined(__x86_64__)
  asm volatile(".cfi_undefined %rip");
#endif
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
  const transfer_t t = Jump(static_cast<fcontext_t>(to->context), from);
  SavePrevious(t);
#ifdef HOTWEAVE_ASAN
  FinishSwitch(from ? from->asan_fake_stack : controller_fake_stack, false);
#endif
}

void LeaveFiber() {
  static Task dropped;   // receives a context that is never used again
  StartSwitch(nullptr, nullptr);
  Jump(controller, &dropped);
  InternalError("a dropped fiber was resumed");
}

}  // namespace hotweave
