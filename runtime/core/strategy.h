// SPDX-License-Identifier: GPL-2.0-only OR MIT
// The interface through which the engine asks what to do. Implementations live in strategy/.
// Depends on op.h alone (and the names of core's types).
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>

#include "core/limits.h"
#include "core/op.h"

namespace hotweave {

struct Task;

// Where the engine stands when it asks.
struct Point {
  Op op;             // what the current task is about to do, or why it cannot go on
  uint16_t key;      // OperationKey of it (0 if the strategy asked for no keys: see Attention)
  uint64_t step;     // scheduling points so far
  bool forced;       // the current task cannot continue
  const char* text = nullptr;   // at operations of class Lock: the name of the lock
  const void* object = nullptr;   // what it is about to touch; to be compared with others, never ordered
  size_t size = 0;                // bytes of a memory access
  bool again = false;             // asked at this point before, and the clock was the answer (Attention::again)
};

// The object of a point at which nothing is done: a target offers others the turn. Belongs to nothing that traces name.
inline constexpr char kPlainPoint = 0;

// When the engine shall ask. Points in between cost a few instructions.
struct Attention {
  int64_t gap = INT64_MAX;       // ask at the gap-th point from now (1: at the next one)
  bool keys = false;             // also ask at points whose key is in `filter`; keys are computed then
  uint64_t filter[4] = {};       // bit (key & 255)
  bool locks = false;            // also ask at every operation of class Lock; their names are known then
  bool syncs = false;            // also ask at every operation that is no memory access: costs little
  bool names = false;            // task names and keys are needed, though keys of operations are not
  bool again = false;            // once the clock has been chosen at a point, ask there again
  bool effects = false;          // tell what steps do: On…() below; from the creation of a second task on, ask everywhere
};

// What the runtime keeps for several tasks, beside tracked memory and the tasks themselves.
using Common = uint32_t;
inline constexpr Common kCommonOther = 0;        // whatever has no number of its own; who writes it writes the next three, too
inline constexpr Common kCommonTime = 1;         // what the clock shows
inline constexpr Common kCommonClock = 2;        // the timers; who fires one writes Time, too
inline constexpr Common kCommonGrace = 3;        // grace periods
inline constexpr Common kCommonCpus = 4;         // which CPUs are online
inline constexpr Common kCommonSections = 5;     // + CPU: what its sections pass on to each other (Engine::ContextEnter())
inline constexpr Common kCommonPools = kCommonSections + kCpus;   // + number of a worker pool; the last one stands for all beyond
inline constexpr uint32_t kCommonPoolCount = 2 * kCpus + 1;
inline constexpr Common kCommons = kCommonPools + kCommonPoolCount;

class Strategy {
 public:
  virtual ~Strategy() = default;

  // An execution starts. Fills in `attention`.
  virtual void Begin(Attention* attention) = 0;

  // Asked at a point that attention names. `others` are the tasks that could run now, in fixed order,
  // without the current one; never empty. Returns the task to run, or nullptr to let the current one
  // continue. May set attention->gap anew (the engine has counted it down to 0 if it was the reason).
  virtual Task* AtPoint(const Point& point, std::span<Task* const> others, Attention* attention) = 0;

  // The current task cannot continue. `others` is as above; its first element is the default. Returns one
  // of them.
  virtual Task* AtBlock(const Point& point, std::span<Task* const> others, Attention* attention) = 0;

  // The nth choice (from 1) of the current task among n > 1 values.
  virtual uint32_t Choose(uint32_t nth, uint32_t n) = 0;
  // The same where all that matters is whether it is `value`.
  virtual uint32_t ChooseWhether(uint32_t nth, uint32_t n, uint32_t /*value*/) { return Choose(nth, n); }

  // The same where 0 is what usually happens, and all else is rare.
  virtual uint32_t ChooseRarely(uint32_t nth, uint32_t n) { return Choose(nth, n); }

  // What a step does beside the operation that it begins with; told while Attention::effects.
  // Memory is touched (state of its own, such as whether it is freed, included).
  virtual void OnTouch(const void* /*address*/, size_t /*size*/, bool /*write*/) {}
  // `task` can run, or its state has been changed by another one.
  virtual void OnWake(const Task& /*task*/) {}
  virtual void OnCommon(Common /*what*/, bool /*write*/) {}
  // `next` runs now though nobody was asked: the clock, since nothing else can; a soft interrupt; the current task.
  virtual void OnUnasked(const Task& /*next*/) {}
};

}  // namespace hotweave
