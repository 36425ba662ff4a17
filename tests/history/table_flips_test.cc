// SPDX-License-Identifier: GPL-2.0-only OR MIT
// The table of `hotweave history` knows the fixes: a row measured with one of them taken out (or put in, where the
// variant is from before it) has other cells. The lines are in table_flips.def. Depends on fuzz/history_table.h.
#include <gtest/gtest.h>

#include <algorithm>
#include <map>

#include "fuzz/history_table.h"
#include "search_helper.h"

namespace hotweave {
namespace {

constexpr uint64_t kRuns = 60;       // of each target in each configuration: what a fix keeps away comes early
constexpr uint64_t kMost = 600;      // until what the row expects was seen
constexpr uint64_t kConfirm = 100;

struct TableFlip {
  const char* row;
  const char* change;
  const char* columns;
  const char* why;
};

const TableFlip kTableFlips[] = {
#define TABLE_FLIP(row, change, columns, why) {row, change, columns, why},
#include "table_flips.def"
#undef TABLE_FLIP
};

// Cells of one row by column. Whether they agree is asked, not how short an interleaving shows it.
std::map<std::string, HistoryCell> CellsOf(const std::string& row, const std::string& change, const std::vector<std::string>& columns) {
  HistoryOptions o;
  o.runs = kRuns;
  o.most = kMost;
  o.confirm = kConfirm;
  o.only = row;
  o.change = change;
  o.corpus = HOTWEAVE_SOURCE_DIR "/corpus";
  o.programs = false;
  o.columns = {columns.begin(), columns.end()};
  o.shorten = false;
  std::map<std::string, HistoryCell> cells;
  for (const HistoryCell& c : MeasureHistory(o).matrix) {
    if (c.row == row) cells[c.column] = c;
  }
  return cells;
}

std::vector<std::string> ByCommas(const std::string& text) {
  std::vector<std::string> out;
  for (size_t at = 0; at < text.size();) {
    const size_t end = std::min(text.find(',', at), text.size());
    out.push_back(text.substr(at, end - at));
    at = end + 1;
  }
  return out;
}

class TableFlips : public testing::TestWithParam<TableFlip> {};

TEST_P(TableFlips, TheCellsOfTheRowChange) {
  const TableFlip& f = GetParam();
  const std::vector<std::string> columns = ByCommas(f.columns);
  ASSERT_FALSE(columns.empty());
  auto with = CellsOf(f.row, "", columns), without = CellsOf(f.row, f.change, columns);
  ASSERT_EQ(with.size(), columns.size()) << f.row;
  ASSERT_EQ(without.size(), columns.size()) << f.row << f.change;
  for (const std::string& column : columns) {
    ASSERT_TRUE(with.contains(column)) << column;
    const HistoryCell &then = with[column], &now = without[column];
    EXPECT_TRUE(then.ran && then.agrees) << f.row << ", " << column << ": " << then.observed;
    EXPECT_TRUE(now.ran) << now.observed;
    EXPECT_FALSE(now.agrees) << f.row << f.change << ", " << column << ": " << now.observed << " (" << f.why << ")";
  }
}

std::string NameOfTableFlip(const testing::TestParamInfo<TableFlip>& info) {
  std::string name = std::string(info.param.row) + "_" + info.param.change;
  std::replace_if(name.begin(), name.end(), [](char c) { return !isalnum(static_cast<unsigned char>(c)); }, '_');
  return name;
}

INSTANTIATE_TEST_SUITE_P(Rows, TableFlips, testing::ValuesIn(kTableFlips), NameOfTableFlip);

// Every story has its lines.
TEST(TableFlipLines, CoverEachStory) {
  for (const char* story : {"S0-", "S1-", "S2-", "S3-", "S4-"}) {
    EXPECT_TRUE(std::any_of(std::begin(kTableFlips), std::end(kTableFlips),
                            [&](const TableFlip& f) { return std::string_view(f.row).starts_with(story); }))
        << story;
  }
}

}  // namespace
}  // namespace hotweave
