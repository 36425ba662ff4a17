// SPDX-License-Identifier: GPL-2.0-only OR MIT
// The table of rows.def: each row by the old and by the new rules, in the sequential execution; findings replay.
#include "../support/search.h"

namespace hotweave {
namespace {

struct Row {
  const char* name;
  const char* program;
  const char* verdicts[2];   // old, new
  bool rt;                   // with CONFIG_PROVE_RAW_LOCK_NESTING
};

constexpr Row kRows[] = {
#define ROW(name, type, mode, program, old, new_) {"lockdep_" #name, program, {old, new_}, false},
#define ROW_RT(name, type, mode, program, old, new_) {"lockdep_" #name, program, {old, new_}, true},
#include "rows.def"
};

class Shapes : public testing::TestWithParam<Row> {};

TEST_P(Shapes, BothRules) {
  const Row& row = GetParam();
  for (int rules = 0; rules < 2; ++rules) {
    RunOptions options = OptionsFor(row.name, {.races = false, .lockdep = rules ? LockdepRules::New : LockdepRules::Old});
    options.raw_lock_nesting = row.rt;
    ASSERT_NE(options.target, nullptr);
    const RunResult quick = RunInput(options, Input{});
    const std::string verdict(quick.finding ? KindName(quick.finding->kind) : VerdictName(quick.verdict));
    EXPECT_EQ(verdict, row.verdicts[rules]) << (rules ? "new: " : "old: ") << row.program << ": " << Show(quick);
    Hit hit;
    hit.result = RunInput(options, Input{}, &hit.trace, &hit.schedule);
    EXPECT_EQ(hit.result.finding.has_value(), quick.finding.has_value());
    if (!quick.finding || !hit.result.finding) continue;
    EXPECT_EQ(hit.result.finding->fingerprint, quick.finding->fingerprint);
    ExpectReplays(options, hit);
    if (quick.finding->level.empty()) continue;   // seen by the lock itself
    EXPECT_EQ(quick.finding->level, "faithful");
    EXPECT_NE(quick.finding->locks.shape, LockReport::Shape::None);
  }
}
INSTANTIATE_TEST_SUITE_P(Rows, Shapes, testing::ValuesIn(kRows),
                         [](const testing::TestParamInfo<Row>& info) { return std::string(info.param.name + 8); });

TEST(Lockdep, TableHasItsRows) {
  std::printf("rows: %zu, checked by both rule sets: %zu verdicts\n", std::size(kRows), 2 * std::size(kRows));
  EXPECT_GE(std::size(kRows), 250u);
}

TEST(Lockdep, TooManyClassesIsAVerdict) {
  const RunResult many = RunInput(OptionsFor("lockdep_too_many_classes", {}), Input{});
  EXPECT_EQ(many.verdict, VerdictKind::OutOfBudget);
  EXPECT_STREQ(many.budget_reason, "too many lock classes");
  EXPECT_EQ(RunInput(OptionsFor("lockdep_many_classes", {}), Input{}).verdict, VerdictKind::Pass);
}

TEST(Lockdep, OffIsSilent) {
  const RunResult r = RunInput(OptionsFor("lockdep_mutex_abba", {.lockdep = LockdepRules::Off}), Input{});
  EXPECT_EQ(r.verdict, VerdictKind::Pass) << Show(r);
}

// The report names each lock at both ends, as the kernel does, and the title holds no numbers.
TEST(Lockdep, ReportShowsTheCycle) {
  const Hit hit = ExpectFound("lockdep_mutex_abbcca", "lock-order", "lock-order:A,B,C", {.walks = 0});
  ASSERT_TRUE(hit.result.finding);
  const LockReport& locks = hit.result.finding->locks;
  EXPECT_EQ(locks.shape, LockReport::Shape::Cycle);
  ASSERT_EQ(locks.edges.size(), 3u);
  EXPECT_EQ(locks.edges[0].held.name, "C");
  for (size_t i = 0; i < 3; ++i) {
    EXPECT_EQ(locks.edges[i].wanted.name, locks.edges[(i + 1) % 3].held.name);
    EXPECT_LT(locks.edges[i].wanted.stack, hit.trace.stacks.size());
    EXPECT_LT(locks.edges[i].held.stack, hit.trace.stacks.size());
  }
}

}  // namespace
}  // namespace hotweave
