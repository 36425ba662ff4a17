// SPDX-License-Identifier: GPL-2.0-only OR MIT
// An experiment on happens-before: an execution in which some classes of edges are left out, to show that a test
// would notice its absence. For tests of the primitives alone; an ordinary execution has none.
//
// A class is the function of a primitive that makes the edge and what the edge does there: "mutex.cc: mutex_unlock
// release", "mutex.cc: mutex_lock acquire", "wait.cc: complete wake". A function may make edges of a class at several
// lines; each can be left out alone. The engine's functions learn the place by themselves (their last argument); a
// helper that several primitives share passes the place of its caller on.
// Depends on the standard library alone.
#pragma once

#include <cstdint>
#include <map>
#include <set>
#include <source_location>
#include <string>

namespace hotweave {

using Where = std::source_location;

struct EdgeExperiment {
  std::map<std::string, uint32_t> drop;   // the classes to leave out; each at this line alone, or (0) at all
  std::map<std::string, std::set<uint32_t>> seen;   // out: class and lines of all edges made or left out
  bool Drops(const char* what, const Where& where);
};

}  // namespace hotweave
