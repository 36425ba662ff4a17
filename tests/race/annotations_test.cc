// SPDX-License-Identifier: GPL-2.0-only OR MIT
// docs/annotations.md has one row for each hotweave_missing_annotation() in the tree, and no other.
#include <filesystem>
#include <fstream>
#include <map>
#include <sstream>
#include <string>

#include <gtest/gtest.h>

namespace hotweave {
namespace {

const std::string kMacro = "hotweave_missing_annotation(";

std::string Contents(const std::filesystem::path& path) {
  std::ifstream in(path);
  std::stringstream s;
  s << in.rdbuf();
  return s.str();
}

size_t Count(const std::string& text, const std::string& what) {
  size_t n = 0;
  for (size_t at = 0; (at = text.find(what, at)) != std::string::npos; at += what.size()) ++n;
  return n;
}

TEST(Annotations, TableIsComplete) {
  const std::filesystem::path root = HOTWEAVE_SOURCE_DIR;
  std::map<std::string, size_t> uses;
  for (const char* folder : {"targets", "runtime/include/linux"}) {
    for (const auto& entry : std::filesystem::recursive_directory_iterator(root / folder)) {
      const std::string name = entry.path().lexically_relative(root).string();
      if (!entry.is_regular_file() || name == "runtime/include/linux/compiler.h" || name.ends_with(".md")) continue;
      if (const size_t n = Count(Contents(entry.path()), kMacro)) uses[name] = n;
    }
  }
  const std::string table = Contents(root / "docs/annotations.md");
  size_t all = 0;
  for (const auto& [file, n] : uses) {
    EXPECT_EQ(Count(table, "| `" + file + "` |"), n) << file;
    all += n;
  }
  EXPECT_GT(all, 0u);
  EXPECT_EQ(Count(table, "\n| `"), all) << "rows for uses that are gone";
}

}  // namespace
}  // namespace hotweave
