// SPDX-License-Identifier: GPL-2.0-only OR MIT
// The source text beside a step of a report: lines of the files that debug information names, and what a ported
// file says about itself. Files are read from the folder that the program was built from, as they are now; where
// that is gone there are no lines, and whoever shows them says so. The folder itself is never part of a result.
// Depends on the standard library alone.
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <vector>

namespace hotweave {

class SourceTree {
 public:
  // Names are relative to `root`; an empty root has no files.
  explicit SourceTree(std::string root) : root_(std::move(root)) {}

  // The tree that this program's targets were compiled in (hotweave_link_targets() in cmake/ tells); without files
  // in programs that were linked otherwise.
  static SourceTree& Get();

  // The lines of a file ("targets/mm/ksm.cc", Frame::file), tabs made blanks; empty if it cannot be read, is
  // outside of the tree or longer than kMaxSourceBytes. Read once.
  const std::vector<std::string>& Lines(const std::string& file);

 private:
  std::string root_;
  std::map<std::string, std::vector<std::string>> files_;
};

inline constexpr size_t kMaxSourceBytes = 1 << 20;   // of one file

// What a ported file says it leaves out or simplifies: the paragraphs of comments that begin with "Model:".
struct ModelNote {
  uint32_t line = 0;   // where it begins, from 1
  std::string text;    // without "Model:" and comment marks, on one line
  bool at_top = false;   // in the comment that opens the file: about all of it
};
std::vector<ModelNote> ModelNotes(const std::vector<std::string>& lines);

}  // namespace hotweave
