// SPDX-License-Identifier: GPL-2.0-only OR MIT
// See html_sources.h.
#include "report/html_sources.h"

#include <algorithm>

namespace hotweave {
namespace {

// Eight blanks at the beginning are a tab: the page is smaller by that.
std::string Indented(const std::string& line) {
  const size_t blanks = std::min(line.find_first_not_of(' '), line.size());
  return std::string(blanks / 8, '\t') + line.substr(blanks / 8 * 8);
}

}  // namespace

void SourceWindows::Want(const std::string& file, uint32_t line) {
  if (file.empty() || line == 0) return;
  const size_t length = symbols_->SourceLines(file).size();
  if (line > length) return;
  const uint32_t last = static_cast<uint32_t>(std::min<size_t>(length, line + kAround));
  for (uint32_t i = line > kAround ? line - kAround : 1; i <= last; i++) lines_[file].insert(i);
}

std::vector<SourceWindows::File> SourceWindows::Files() const {
  std::vector<File> files;
  for (const auto& [name, wanted] : lines_) {
    const std::vector<std::string>& lines = symbols_->SourceLines(name);
    File file{name, {}};
    uint32_t before = 0;
    for (const uint32_t line : wanted) {
      if (file.windows.empty() || line != before + 1)
        file.windows.push_back({line, ""});
      else
        file.windows.back().text += '\n';
      file.windows.back().text += Indented(lines[line - 1]);
      before = line;
    }
    files.push_back(std::move(file));
  }
  return files;
}

}  // namespace hotweave
