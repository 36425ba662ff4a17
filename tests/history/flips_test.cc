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
constexpr uint64_t kSilentRowWalks = 40;

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
} kSilentRows[] = {
    {"fc8dffd379ca", "no scenario takes a CPU down: cpu_hotplug_lock has readers only"},
    {"3f906ba23689", "both forms of the lock exclude the same tasks; what they differ in, readers that nest "
                     "around a waiting writer, no scenario does"},
    {"d15e59260f62", "no scenario removes memory by remove_memory(): memtrace calls __remove_memory()"},
    {"a0b0f58cdd32", "no ported code asks about it yet"},
    {"ef4d43a80758", "no ported code asks about it yet"},
    {"bfc8c90139eb", "no ported code asks about it yet"},
    {"30467e0b3be8", "with 381eab4a6ee8 in, the lock is taken inside again"},
    {"f931ab479dd2", "no ported code asks about it yet"},
    {"55adc1d05dca", "no ported code asks about it yet"},
    {"0ccce3b92421", "no ported code asks about it yet"},
    {"bd233f538d51", "no ported code asks about it yet"},
    {"a459eeb7b852", "no ported code asks about it yet"},
    {"ce612879ddc7", "no ported code asks about it yet"},
    {"a47fed5b5b01", "no ported code asks about it yet"},
    {"167d0f258f3b", "no ported code asks about it yet"},
    {"49dfe2a67797", "no ported code asks about it yet"},
    {"4b81cb2ff69c", "no ported code asks about it yet"},
    {"11cd8638c37f", "no ported code asks about it yet"},
    {"5f4b55e10645", "no ported code asks about it yet"},
    {"5ebe7742fff8", "no ported code asks about it yet"},
    {"9852a7212324", "no ported code asks about it yet"},
    {"cec1680591d6", "no ported code asks about it yet"},
    {"cb92173d1f04", "no ported code asks about it yet"},
    {"59450bbc12be", "no ported code asks about it yet"},
    {"7e1fa93deff4", "no ported code asks about it yet"},
    {"443c2accd1b6", "no ported code asks about it yet"},
    {"5fbc461636c3", "of the drain of pagevecs, which has no bug in it at either side"},
    {"f3a932baa7f6", "of the drain of pagevecs, which has no bug in it at either side"},
    {"8f182270dfec", "of the drain of pagevecs, which has no bug in it at either side"},
    {"599d0c954f91", "of the drain of pagevecs, which has no bug in it at either side"},
    {"eef1a429f234", "of the drain of pagevecs, which has no bug in it at either side"},
    {"b01b21419999", "of the drain of pagevecs, which has no bug in it at either side"},
    {"d25b5bd8a8f4", "of the drain of pagevecs, which has no bug in it at either side"},
    {"d479960e44f2", "of the drain of pagevecs, which has no bug in it at either side"},
    {"completion_tracking", "an alteration, not part of any kernel"},
    {"dc18d706a436", "the same locks are held; only dev->offline differs, a known exception of the invariant"},
    {"848e19ad3c33", "device_hotplug_lock covers blocks, too"},
    {"bc58ebd506c3", "no scenario waits for the balloon yet"},
    {"d3da701d3307", "memtrace gives nothing back in any scenario yet"},
    {"31bc3858ea3e", "no scenario of the newest kernel depends on it"},
    {"9f1eb38e0e11", "with mem_hotplug_lock held, either way of looking is safe"},
    {"001002e73712", "no block has its memmap on itself in any scenario yet"},
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
