// SPDX-License-Identifier: GPL-2.0-only OR MIT
// The interface through which the engine reports moments at which rules can be checked. Implemented in
// check/. A detector that finds something calls Engine::Fail(). Depends on the names of core's types.
#pragma once

#include <cstdint>

#include "core/op.h"

namespace hotweave {

struct Task;

class Observer {
 public:
  virtual ~Observer() = default;

  // `task` has just begun to wait (task.wait says for what). Called before another task runs.
  virtual void OnBlocked(Task& task) = 0;
  // No task can run and no timer is armed. Returns only if that is a proper end of the execution.
  virtual void OnStuck() = 0;
  // `task` has returned from its function.
  virtual void OnTaskExit(Task& task) = 0;
  // The current task calls a function that may sleep.
  virtual void OnMightSleep(Op op, const void* object) = 0;
};

}  // namespace hotweave
