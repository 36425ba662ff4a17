// SPDX-License-Identifier: GPL-2.0-only OR MIT
// Each row of targets/history changes what is found: flips.def has for every row a target and a kernel where
// taking that one row out changes the answer, or says why it changes none yet. A new row without a line fails.
#include <gtest/gtest.h>

#include <algorithm>

#include "search_helper.h"

namespace hotweave {
namespace {

constexpr uint64_t kWalks = 2000;      // of a search that should be silent
constexpr uint64_t kMostWalks = 20'000;   // until something is found
constexpr uint64_t kSilentRowWalks = 3;

struct Flip {
  const char* commit;
  const char* base;
  const char* with;
  const char* without;
  const char* why;
};

const Flip kFlips[] = {
#define FLIP(commit, base, with, without, why) {#commit, base, with, without, why},
#define SILENT_ROW(commit, why)
#include "flips.def"
#undef FLIP
#undef SILENT_ROW
};

struct SilentRow {
  const char* commit;
  const char* why;
};

// Rows that change no finding yet. (The first one stands for an empty list.)
const SilentRow kSilentRows[] = {
    {"", ""},
#define FLIP(commit, base, with, without, why)
#define SILENT_ROW(commit, why) {#commit, why},
#include "flips.def"
#undef FLIP
#undef SILENT_ROW
};

std::string Without(const char* base, const char* commit) { return std::string(base) + "-" + commit; }

void ExpectFirst(const std::string& spec, const std::string& start, const char* why, uint64_t walks = kWalks) {
  const Bounds bounds = start.empty() ? Bounds{walks, walks, {}} : Bounds{1, kMostWalks, {start.substr(0, start.find(':'))}};
  const Search s = SearchTarget(spec, true, bounds, LockdepRules::Auto);
  if (start.empty()) {
    EXPECT_TRUE(s.found.empty()) << spec << ": " << Show(s.Fingerprints()) << " (" << why << ")";
    return;
  }
  ASSERT_FALSE(s.found.empty()) << spec << ": silent (" << why << ")";
  EXPECT_TRUE(s.found[0].fingerprint.starts_with(start)) << spec << ": " << s.found[0].fingerprint << " (" << why << ")";
}

class Flips : public testing::TestWithParam<Flip> {};

TEST_P(Flips, TakingTheRowOutChangesWhatIsFound) {
  const Flip& f = GetParam();
  ASSERT_NE(std::string_view(f.with), std::string_view(f.without)) << f.commit;
  ExpectFirst(f.base, f.with, f.why);
  ExpectFirst(Without(f.base, f.commit), f.without, f.why);
}

std::string NameOfFlip(const testing::TestParamInfo<Flip>& info) {
  std::string name = std::string(info.param.commit) + "_" + info.param.base;
  std::replace_if(name.begin(), name.end(), [](char c) { return !isalnum(static_cast<unsigned char>(c)); }, '_');
  return name + "_" + std::to_string(info.index);
}

INSTANTIATE_TEST_SUITE_P(Rows, Flips, testing::ValuesIn(kFlips), NameOfFlip);

TEST(FlipTable, RowsThatChangeNothingYetAreSilent) {
  const hotweave_history* h = History();
  ASSERT_TRUE(h);
  const std::string newest = NewestProfile()->name;
  for (const SilentRow& row : kSilentRows) {
    if (!*row.commit) continue;
    for (const hotweave_target* t : Targets()) {
      ExpectFirst(std::string(t->name) + "@" + newest + "-" + row.commit, "", row.why, kSilentRowWalks);
    }
  }
}

TEST(FlipTable, EveryRowHasALine) {
  const hotweave_history* h = History();
  ASSERT_TRUE(h);
  for (unsigned i = 0; i < h->nr_rows; ++i) {
    if (!*h->rows[i].first_release) continue;   // an alteration: mutants_test.cc
    const std::string_view commit = h->rows[i].commit;
    const auto flips = std::count_if(std::begin(kFlips), std::end(kFlips), [&](const Flip& f) { return commit == f.commit; });
    const auto silent = std::count_if(std::begin(kSilentRows), std::end(kSilentRows),
                                      [&](const SilentRow& r) { return commit == r.commit; });
    EXPECT_TRUE((flips > 0) != (silent > 0)) << commit << " must stand in flips.def, either as FLIP or once as SILENT_ROW";
  }
}

// A kernel is the sum of its rows: v4.20 without the rows of its series is v4.19.
TEST(FlipTable, RowsMakeTheKernel) {
  const Search now = SearchTarget("online_vs_probe@v4.20-d15e59260f62-8df1d0e4a265-381eab4a6ee8-5666848774ef-dee6da22efac",
                                  false, {kWalks, kWalks, {}});
  const Search then = SearchTarget("online_vs_probe@v4.19", false, {kWalks, kWalks, {}});
  ASSERT_EQ(now.found.size(), then.found.size());
  for (size_t i = 0; i < now.found.size(); ++i) {
    EXPECT_EQ(now.found[i].fingerprint, then.found[i].fingerprint);
    EXPECT_EQ(now.found[i].first, then.found[i].first);
    EXPECT_EQ(now.found[i].count, then.found[i].count);
  }
  EXPECT_EQ(now.contended, then.contended);
}

}  // namespace
}  // namespace hotweave
