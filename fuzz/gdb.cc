// SPDX-License-Identifier: GPL-2.0-only OR MIT
// See gdb.h.
#include "gdb.h"

#include <fmt/format.h>
#include <unistd.h>

#include <cerrno>
#include <climits>
#include <cstring>
#include <filesystem>
#include <stdexcept>
#include <string>
#include <vector>

#include "core/debugger.h"
#include "core/trace.h"
#include "show.h"

extern "C" const char* const hotweave_source_root __attribute__((weak));

namespace hotweave {
namespace {

constexpr const char* kScript = "hotweave_gdb.py";

// The program itself: what starts it may be a script.
std::string ThisProgram() {
  char path[PATH_MAX];
  const ssize_t n = readlink("/proc/self/exe", path, sizeof(path));
  if (n <= 0) throw std::runtime_error("cannot find this program under /proc/self/exe");
  return std::string(path, static_cast<size_t>(n));
}

// Beside the program, where builds put it, or where an installation has it.
std::string FindScript(const std::string& program) {
  const auto folder = std::filesystem::path(program).parent_path();
  for (const auto& place : {folder / kScript, folder.parent_path() / "share/hotweave" / kScript}) {
    if (std::filesystem::exists(place)) return place.string();
  }
  throw std::runtime_error(fmt::format("no {} beside {} or in ../share/hotweave: build or install hotweave again", kScript, program));
}

std::string Quoted(const std::string& word) {
  const char* plain = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_-+./@=:,";
  if (!word.empty() && word.find_first_not_of(plain) == word.npos) return word;
  std::string out = "'";
  for (char c : word) out += c == '\'' ? std::string("'\\''") : std::string(1, c);
  return out + "'";
}

std::vector<std::string> GdbCommand(const ReplayCommand& c, const Resolved& resolved) {
  const std::string program = ThisProgram();
  std::vector<std::string> words = {"gdb", "-q", "-x", FindScript(program)};
  const std::string root = &hotweave_source_root ? hotweave_source_root : "";
  if (!root.empty() && std::filesystem::exists(root)) words.insert(words.end(), {"-d", root});
  words.insert(words.end(), {"-ex", "hotweave start", "--args", program, "replay", SpecOf(resolved), c.file});
  if (c.common.no_race) words.push_back("--no-race");
  if (c.common.lockdep != "auto") words.insert(words.end(), {"--lockdep", c.common.lockdep});
  if (c.common.raw_lock_nesting) words.push_back("--raw-lock-nesting");
  if (c.common.max_steps != CommonOptions().max_steps) words.insert(words.end(), {"--max-steps", std::to_string(c.common.max_steps)});
  words.push_back("--gdb=inferior");
  return words;
}

[[noreturn]] void Become(const std::vector<std::string>& words) {
  std::vector<char*> argv;
  for (const std::string& w : words) argv.push_back(const_cast<char*>(w.c_str()));
  argv.push_back(nullptr);
  execvp(argv[0], argv.data());
  throw std::runtime_error(fmt::format("cannot start gdb: {} (Debian: apt-get install gdb)", strerror(errno)));
}

// The program in gdb: once to count its preemptions, once more to stop at the last of them.
int BeInferior(const Resolved& resolved, const Stored& stored, const RunOptions& options) {
  Trace trace;
  const RunResult first = RunInput(options, stored.input, &trace);
  debugger = {.armed = true, .preemption = first.preemptions};
  const RunResult result = RunInput(options, stored.input, &trace);
  debugger = {};
  const bool bound = result.verdict == VerdictKind::OutOfBudget;
  fmt::print("{}: {}\n", SpecOf(resolved), result.finding ? result.finding->fingerprint : bound ? result.budget_reason : "passes");
  return result.finding ? kExitFinding : bound ? kExitBound : kExitPass;
}

}  // namespace

int RunGdb(const ReplayCommand& c, const Resolved& resolved, const Stored& stored, const RunOptions& options) {
  if (c.gdb == "inferior") return BeInferior(resolved, stored, options);
  if (c.gdb != "auto" && c.gdb != "print" && c.gdb != "run") {
    throw std::runtime_error(fmt::format("unknown --gdb={}: print, run, or nothing after --gdb", c.gdb));
  }
  const std::vector<std::string> words = GdbCommand(c, resolved);
  if (c.gdb != "run") {
    std::string line;
    for (const std::string& w : words) line += (line.empty() ? "" : " ") + Quoted(w);
    fmt::print("{}\n", line);
    fflush(stdout);
  }
  if (c.gdb == "run" || (c.gdb == "auto" && isatty(0) && isatty(1))) Become(words);
  return kExitPass;
}

}  // namespace hotweave
