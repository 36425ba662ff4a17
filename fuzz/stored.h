// SPDX-License-Identifier: GPL-2.0-only OR MIT
// A stored execution as the commands read it: a schedule (.sched) or the bytes of an input, and the options under which
// it was taken. Depends on artifacts.h and cli.h.
#pragma once

#include <optional>
#include <string>

#include <hotweave/schedule.h>

#include "cli.h"

namespace hotweave {

struct Stored {
  std::string file;                   // as given, for messages
  Input input;
  std::optional<Schedule> schedule;   // if the file is text
};

// Reads a file of either form. Throws std::runtime_error with one line: file:line:column and the remedy.
Stored LoadStored(const std::string& file);

// How to execute it: the command's options, with what the schedule says it was taken with (races, lockdep, raw lock nesting).
// Throws std::runtime_error with one line if it was taken from another target.
RunOptions OptionsOf(const Stored& stored, const Resolved& resolved, const CommonOptions& common);

// The part of it that the schedule says; what it does not say stays as it is.
void TakeRules(const Schedule& schedule, RunOptions* options);

// Those of a command's options that a stored schedule does not say itself: what must be typed again to execute it. Bytes
// (nullopt) say none.
CommonOptions Unsaid(CommonOptions common, const std::optional<Schedule>& schedule);

}  // namespace hotweave
