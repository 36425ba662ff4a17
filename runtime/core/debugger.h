// SPDX-License-Identifier: GPL-2.0-only OR MIT
// Where a debugger stops in an execution: docs/gdb.md. Two functions that do nothing, called on the fiber of the task that
// it is about, so that its stack is the current one. While `armed` is false they cost a load where a task is preempted or
// a rule is broken, and nothing at any other point. Depends on op.h.
#pragma once

#include <cstdint>

#include "core/op.h"

namespace hotweave {

struct Failure;
struct Task;

struct Debugger {
  bool armed = false;         // set between executions
  uint64_t preemption = 0;    // call hotweave_stop_preemption() at this one of the execution, from 1; 0: at none
  uint64_t preemptions = 0;   // so far
};
extern Debugger debugger;

// The task is about to be preempted before it does `op` on `object`.
void DebugPreemption(const Task& task, Op op, const void* object, const Task& to);
// The task has just broken a rule, or was there when one was seen to be broken.
void DebugFinding(const Task& task, const Failure& failure);

}  // namespace hotweave

// What breakpoints are for; names are part of fuzz/gdb. Strings live as long as the call.
extern "C" void hotweave_stop_preemption(const char* task, const char* operation, const char* next);
extern "C" void hotweave_stop_finding(const char* task, const char* kind, const char* sentence);
