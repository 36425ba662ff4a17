// SPDX-License-Identifier: GPL-2.0-only OR MIT
// Where the runtime's sources make edges of happens-before: each call of a function of the engine, or of a helper that
// passes its caller's place on, that ends in such an edge. Read from the sources, so that a call that no row of the
// table reaches is noticed as well. Depends on the standard library alone.
#pragma once

#include <cctype>
#include <filesystem>
#include <fstream>
#include <map>
#include <regex>
#include <string>
#include <utility>

namespace hotweave {

// File without folder, and line.
using EdgeSite = std::pair<std::string, uint32_t>;

inline std::string WithoutBlanksAround(const std::string& line) {
  const size_t begin = line.find_first_not_of(' ');
  return begin == std::string::npos ? "" : line.substr(begin, line.find_last_not_of(' ') + 1 - begin);
}

// The code of such a line without comments; "" if it makes no edge. A definition, and a call that passes `where` on,
// are none: the place is their caller's.
inline std::string EdgeCode(std::string line) {
  static const std::regex kCalls(
      R"re((\b(engine|e)\.|[^.:\w])(Acquire|AcquireFor|AcquireAtFence|Release|ReleaseJoin|ReleaseFenced|OrderBefore|JoinClock|Unblock|Fence|ContextChanged|ContextEnter|ContextLeave)\()re"
      R"re(|\b(Acquired|Released|TryToWake|SwaitWakeFirst|Changed|Drops)\(|\bQueueLock lock\(|\bWhere::current\(\))re");
  static const std::regex kNone(R"re(\bwhere_?\b|^ *(virtual |inline )?(void|bool) [:\w]+\([^)]*(,|\) \{|\) override \{\}|\);|\) = 0;)?$|\bTryToWake\(\) |^#|^ *\*)re");
  if (const size_t comment = line.find("//"); comment != std::string::npos) line.resize(comment);
  line = " " + line;
  return std::regex_search(line, kCalls) && !std::regex_search(line, kNone) ? WithoutBlanksAround(line) : "";
}

// All of them, with their code.
inline std::map<EdgeSite, std::string> EdgeSites(const std::filesystem::path& runtime) {
  std::map<EdgeSite, std::string> out;
  for (const char* folder : {"core", "kernel", "memory"}) {
    for (const auto& entry : std::filesystem::directory_iterator(runtime / folder)) {
      const std::string name = entry.path().filename();
      if (!name.ends_with(".cc") && !name.ends_with(".h")) continue;
      std::ifstream in(entry.path());
      std::string line;
      for (uint32_t n = 1; std::getline(in, line); ++n) {
        if (const std::string code = EdgeCode(line); !code.empty()) out[{name, n}] = code;
      }
    }
  }
  return out;
}

}  // namespace hotweave
