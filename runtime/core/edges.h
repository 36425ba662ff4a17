// SPDX-License-Identifier: GPL-2.0-only OR MIT
// An experiment on happens-before: an execution in which one class of edges is left out, to show that a test
// would notice its absence. For tests of the primitives alone; an ordinary execution has none.
//
// A class is the function of a primitive that makes the edge and what the edge does there: "mutex.cc: mutex_unlock
// release", "mutex.cc: mutex_lock acquire", "wait.cc: complete wake". The engine's functions learn the place by themselves (their last argument);
// a helper that several primitives share passes the place of its caller on.
// Depends on the standard library alone.
#pragma once

#include <set>
#include <source_location>
#include <string>

namespace hotweave {

using Where = std::source_location;

struct EdgeExperiment {
  std::string drop;              // the class to leave out; "": none
  std::set<std::string> seen;    // out: classes of all edges that the execution made or would have made
  bool Drops(const char* what, const Where& where);
};

}  // namespace hotweave
