// SPDX-License-Identifier: GPL-2.0-only OR MIT
// Source lines and what ported files say about themselves.
#include "report/source.h"

#include <gtest/gtest.h>

#include "report/symbolizer.h"

namespace hotweave {
namespace {

using Lines = std::vector<std::string>;

TEST(SourceTree, ReadsThisFileFromTheFolderOfTheBuild) {
  const Lines& lines = SourceTree::Get().Lines("tests/unit/source_test.cc");
  ASSERT_GT(lines.size(), 5u);
  EXPECT_EQ(lines[1], "// Source lines and what ported files say about themselves.");
  EXPECT_EQ(&Symbolizer::Get().SourceLines("tests/unit/source_test.cc"), &lines) << "one answer for both";
}

TEST(SourceTree, TabsAreBlanks) {
  for (const std::string& line : SourceTree::Get().Lines("targets/mm/page_alloc_pcp.cc"))
    ASSERT_EQ(line.find('\t'), line.npos) << line;
}

TEST(SourceTree, WhatIsMissingOrOutsideHasNoLines) {
  EXPECT_TRUE(SourceTree::Get().Lines("tests/unit/no_such_file.cc").empty());
  EXPECT_TRUE(SourceTree::Get().Lines("").empty());
  EXPECT_TRUE(SourceTree::Get().Lines("/proc/self/status").empty());
  EXPECT_TRUE(SourceTree::Get().Lines("tests/../tests/unit/source_test.cc").empty());
  EXPECT_TRUE(SourceTree("").Lines("tests/unit/source_test.cc").empty());
  EXPECT_TRUE(SourceTree("/nowhere").Lines("tests/unit/source_test.cc").empty());
}

TEST(ModelNotes, AreParagraphsOfComments) {
  const std::vector<ModelNote> notes = ModelNotes({
      "// SPDX-License-Identifier: GPL-2.0-only",
      "/*",
      " * The port of something.",
      " *",
      " * Model: two objects to a slab, one page",
      " * to a slab.",
      " * Model: no memcg.",
      " *",
      " * Not a note.",
      " */",
      "#include <linux/slab.h>",
      "",
      "/* Model: poison is not written. */",
      "static int model;",
      "        // Model: waits",
      "        // for nothing",
      "        call(\"Model: not a comment\");",
  });
  ASSERT_EQ(notes.size(), 4u);
  EXPECT_EQ(notes[0].text, "two objects to a slab, one page to a slab.");
  EXPECT_EQ(notes[0].line, 5u);
  EXPECT_TRUE(notes[0].at_top);
  EXPECT_EQ(notes[1].text, "no memcg.");
  EXPECT_EQ(notes[2].text, "poison is not written.");
  EXPECT_FALSE(notes[2].at_top);
  EXPECT_EQ(notes[3].text, "waits for nothing");
}

TEST(ModelNotes, AreFoundInThePorts) {
  const std::vector<ModelNote> notes = ModelNotes(SourceTree::Get().Lines("targets/mm/page_alloc_pcp.cc"));
  ASSERT_GE(notes.size(), 2u);
  EXPECT_TRUE(notes[0].at_top);
  EXPECT_NE(notes[0].text.find("high is 2, batch 1."), std::string::npos) << notes[0].text;
}

}  // namespace
}  // namespace hotweave
