// SPDX-License-Identifier: GPL-2.0-only OR MIT
// A program of its own for determinism_test.cc: `hotweave replay --trace` or `hotweave fuzz` of many targets in one process, one
// after the other, each answer in a file of OUT that is called like the target. (A process for each costs many times as much.)
// Depends on fuzz/cli.h.
#include <fcntl.h>
#include <unistd.h>

#include <algorithm>
#include <cstdio>
#include <stdexcept>
#include <string>
#include <vector>

#include "fuzz/cli.h"

namespace hotweave {
namespace {

constexpr const char* kUsage = "usage: all_targets replay|fuzz forwards|backwards OUT INPUT|ARTIFACTS TARGET[@PROFILE]…";

// What a command prints goes there.
void PrintTo(const std::string& path) {
  std::fflush(stdout);
  const int file = open(path.c_str(), O_WRONLY | O_CREAT | O_EXCL, 0600);
  if (file < 0 || dup2(file, 1) < 0) throw std::runtime_error("cannot write " + path);
  close(file);
}

int Replay(const std::string& spec, const std::string& input) {
  ReplayCommand c;
  c.common.target = spec;
  c.file = input;
  c.trace = true;
  return RunReplay(c);
}

// Few executions of each, of which a report about lock order gets fewer still: there are many targets.
int Fuzz(const std::string& spec, const std::string& artifacts) {
  FuzzCommand c;
  c.common.target = spec;
  c.common.no_race = c.common.json = c.quiet = true;
  c.common.confirm = 10;
  c.runs = 40;
  c.seed = 9;
  c.artifacts = artifacts;
  return RunFuzz(c);
}

int Main(std::vector<std::string> arguments) {
  if (arguments.size() < 5) throw std::runtime_error(kUsage);
  const bool fuzz = arguments[0] == "fuzz", backwards = arguments[1] == "backwards";
  const std::string out = arguments[2] + "/", file = arguments[3];
  arguments.erase(arguments.begin(), arguments.begin() + 4);
  if (backwards) std::reverse(arguments.begin(), arguments.end());
  for (const std::string& spec : arguments) {
    PrintTo(out + spec);
    const int status = fuzz ? Fuzz(spec, file) : Replay(spec, file);
    std::printf("status %d\n", status);
  }
  return std::fflush(stdout);
}

}  // namespace
}  // namespace hotweave

int main(int argc, char** argv) {
  try {
    return hotweave::Main({argv + 1, argv + argc});
  } catch (const std::exception& e) {
    std::fprintf(stderr, "%s\n", e.what());
    return 2;
  }
}
