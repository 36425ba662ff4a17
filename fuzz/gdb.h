// SPDX-License-Identifier: GPL-2.0-only OR MIT
// `replay --gdb`: a stored execution in gdb, stopped at its last preemption and at its finding (docs/gdb.md).
// Depends on cli.h and stored.h; the commands inside of gdb are fuzz/gdb/hotweave_gdb.py.
#pragma once

#include "cli.h"
#include "stored.h"

namespace hotweave {

// What --gdb says. `auto`: print the command line of gdb, and become gdb if this is a terminal; `print`; `run`: become gdb
// at once; `inferior`: be the program in gdb. Throws std::runtime_error with one line if it is none of these, or if
// the script or gdb itself is missing.
int RunGdb(const ReplayCommand& command, const Resolved& resolved, const Stored& stored, const RunOptions& options);

}  // namespace hotweave
