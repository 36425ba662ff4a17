// SPDX-License-Identifier: GPL-2.0-only OR MIT
// BUG, WARN, printk, choices, invariants and memory states. Contracts: <hotweave/hooks.h>,
// <hotweave/target.h>.
#include <hotweave/hooks.h>
#include <hotweave/target.h>

#include <cstdarg>
#include <cstdio>
#include <utility>

#include "core/engine.h"
#include "core/tracer.h"
#include "memory/shadow.h"

using namespace hotweave;

namespace {

[[noreturn]] void Assertion(Kind kind, const char* what, const char* condition) {
  Failure f;
  f.kind = kind;
  f.sentence = std::string(what) + ": " + condition;
  engine.Fail(std::move(f));
}

void TakeAway(const void* p, size_t size, const char* what, uint8_t state) {
  engine.Touches(p, size, true);
  VanishedRange range{reinterpret_cast<uintptr_t>(p), size, what, hot.task->index};
  if (engine.tracing()) {
    range.event = engine.tracer()->LastEvent();
    range.stack = engine.StackOf(*hot.task);
  }
  engine.arena.Vanish(std::move(range), state);
  ShadowForget(reinterpret_cast<uintptr_t>(p), size);
}

}  // namespace

extern "C" void hotweave_bug(const char*, int, const char* condition) {
  Assertion(Kind::Assertion, "BUG", condition);
}

extern "C" void hotweave_warn(const char*, int, const char* condition, ...) {
  va_list args;
  va_start(args, condition);
  std::string text = condition;
  if (const char* format = va_arg(args, const char*)) {
    char message[256];
    vsnprintf(message, sizeof(message), format, args);
    text += std::string(": ") + message;
  }
  va_end(args);
  while (!text.empty() && text.back() == '\n') text.pop_back();
  Assertion(Kind::Assertion, "WARNING", text.c_str());
}

extern "C" void hotweave_refcount_warn(const char*, int, const char* what) {
  Assertion(Kind::Refcount, "refcount_t", what);
}

extern "C" int hotweave_printk(const char* format, ...) {
  va_list args;
  va_start(args, format);
  const int n = vsnprintf(nullptr, 0, format, args);
  va_end(args);
  return n;
}

extern "C" unsigned hotweave_choose(unsigned n) { return engine.Choose(n); }
extern "C" bool hotweave_one_in(unsigned n) { return n > 1 && engine.ChooseWhether(n, n - 1); }
extern "C" bool hotweave_fixed(unsigned row) { return row < HOTWEAVE_MAX_HISTORY_ROWS && engine.Fixed(row); }
extern "C" void hotweave_yield(const char* what) { engine.Point(Op::Yield, &kPlainPoint, what); }

extern "C" void hotweave_invariant(const char* name, bool (*holds)(void), hotweave_when when) {
  static_assert(int{HOTWEAVE_AT_QUIESCENCE} == kAtQuiescence && int{HOTWEAVE_AT_RELEASE} == kAtRelease &&
                int{HOTWEAVE_ALWAYS} == kAlways);
  engine.AddInvariant({name, holds, static_cast<InvariantMoment>(when), nullptr});
}

extern "C" void hotweave_invariant_at_release(const char* name, bool (*holds)(void), const void* lock) {
  engine.AddInvariant({name, holds, kAtRelease, lock});
}

extern "C" void hotweave_vanish(const void* p, size_t size, const char* what) { TakeAway(p, size, what, kVanished); }

extern "C" void hotweave_hide(const void* p, size_t size, const char* what) { TakeAway(p, size, what, kHidden); }

extern "C" bool hotweave_see_hidden(bool on) {
  const bool before = hot.task->sees_hidden;
  hot.task->sees_hidden = on;
  return before;
}

extern "C" void hotweave_reappear(const void* p, size_t size) {
  engine.Touches(p, size, true);
  engine.arena.Reappear(reinterpret_cast<uintptr_t>(p), size);
}
