// SPDX-License-Identifier: GPL-2.0-only OR MIT
// Fibers: a thin layer over Boost.Context's fcontext that keeps AddressSanitizer informed.
// Depends on task.h and layout.h.
#pragma once

namespace hotweave {

struct Task;

// Prepares the task's fiber; its first run calls RunFiber(task) (defined by the engine; never returns).
void PrepareFiber(Task* task);

// Suspends `from` (nullptr: the controller) and resumes `to`. Returns when `from` is resumed.
void SwitchFiber(Task* from, Task* to);

// Resumes the controller for good; the current fiber is dropped.
[[noreturn]] void LeaveFiber();

// Runs a task to its end. Called on the task's fiber.
void RunFiber(Task* task);

}  // namespace hotweave
