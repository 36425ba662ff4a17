// SPDX-License-Identifier: GPL-2.0-only OR MIT
// See source.h.
#include "report/source.h"

#include <fstream>
#include <iterator>
#include <string_view>

// Defined by the build in each program with targets.
extern "C" const char* const hotweave_source_root __attribute__((weak));

namespace hotweave {
namespace {

constexpr size_t kTab = 8;
constexpr std::string_view kModel = "Model:";

std::string WithoutTabs(std::string_view line) {
  std::string out;
  for (const char c : line) {
    if (c == '\t')
      out.append(kTab - out.size() % kTab, ' ');
    else if (c != '\r')
      out += c;
  }
  return out;
}

std::vector<std::string> Split(std::string_view text) {
  std::vector<std::string> lines;
  for (size_t at = 0; at < text.size();) {
    const size_t end = std::min(text.find('\n', at), text.size());
    lines.push_back(WithoutTabs(text.substr(at, end - at)));
    at = end + 1;
  }
  return lines;
}

// Beneath the tree, by name.
bool IsInside(const std::string& file) {
  return !file.empty() && file[0] != '/' && ("/" + file + "/").find("/../") == std::string::npos;
}

std::vector<std::string> Read(const std::string& path) {
  std::ifstream in(path, std::ios::binary | std::ios::ate);
  if (!in || in.tellg() < 0 || static_cast<size_t>(in.tellg()) > kMaxSourceBytes) return {};
  in.seekg(0);
  return Split(std::string(std::istreambuf_iterator<char>(in), std::istreambuf_iterator<char>()));
}

// What a line of a comment says: without its marks and the blanks around it. False if it is none.
bool CommentText(std::string_view line, std::string_view* text) {
  const size_t begin = line.find_first_not_of(' ');
  if (begin == line.npos) return false;
  line.remove_prefix(begin);
  const bool is_comment = line.starts_with("/*") || line.starts_with("//") || line.starts_with('*');
  while (!line.empty() && (line[0] == '/' || line[0] == '*' || line[0] == ' ')) line.remove_prefix(1);
  while (line.ends_with(' ') || line.ends_with("*/")) line.remove_suffix(line.ends_with(' ') ? 1 : 2);
  *text = line;
  return is_comment;
}

}  // namespace

SourceTree& SourceTree::Get() {
  static SourceTree tree(&hotweave_source_root ? hotweave_source_root : "");
  return tree;
}

const std::vector<std::string>& SourceTree::Lines(const std::string& file) {
  auto [entry, added] = files_.try_emplace(file);
  if (added && !root_.empty() && IsInside(file)) entry->second = Read(root_ + "/" + file);
  return entry->second;
}

std::vector<ModelNote> ModelNotes(const std::vector<std::string>& lines) {
  std::vector<ModelNote> notes;
  bool open = false, at_top = true;
  for (size_t i = 0; i < lines.size(); i++) {
    std::string_view text;
    const bool comment = CommentText(lines[i], &text);
    if (!comment && !lines[i].empty()) at_top = false;   // code
    const bool ended = i > 0 && lines[i - 1].ends_with("*/");
    if (!comment || text.empty() || ended) open = false;
    if (comment && text.starts_with(kModel)) {
      text.remove_prefix(std::min(text.find_first_not_of(' ', kModel.size()), text.size()));
      notes.push_back({static_cast<uint32_t>(i + 1), std::string(text), at_top});
      open = true;
    } else if (open) {
      (notes.back().text += ' ') += text;
    }
  }
  return notes;
}

}  // namespace hotweave
