// SPDX-License-Identifier: GPL-2.0-only OR MIT
// The source lines around the places of a report, each line once. Internal to report/.
#pragma once

#include <cstdint>
#include <map>
#include <set>
#include <string>
#include <vector>

#include "report/symbol_source.h"

namespace hotweave {

class SourceWindows {
 public:
  static constexpr uint32_t kAround = 3;   // lines before and after the one that is wanted

  struct Window {
    uint32_t first = 0;   // line of the beginning
    std::string text;     // lines, separated by '\n'; a tab at the beginning of one is eight blanks
  };
  struct File {
    std::string name;
    std::vector<Window> windows;   // ascending, apart from each other
  };

  SourceWindows() = default;
  explicit SourceWindows(SymbolSource& symbols) : symbols_(&symbols) {}

  void Want(const std::string& file, uint32_t line);
  bool empty() const { return lines_.empty(); }
  std::vector<File> Files() const;

 private:
  SymbolSource* symbols_ = nullptr;
  std::map<std::string, std::set<uint32_t>> lines_;   // of files whose text is at hand
};

}  // namespace hotweave
