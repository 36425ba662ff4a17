// SPDX-License-Identifier: GPL-2.0-only OR MIT
// Targets, profiles and how they are spelled. The table is in run_target.cc.
#include <hotweave/run.h>

#include <gtest/gtest.h>

namespace hotweave {
namespace {

std::string Rows(const std::string& spec) {
  const hotweave_target* target;
  Profile profile;
  std::string error;
  if (!ParseTarget(spec, &target, &profile, &error)) return error;
  std::string out = profile.name + ":";
  for (size_t i = 0; i < 4; ++i) out += profile.rows[i] ? '1' : '0';
  return out;
}

TEST(Registry, TargetsAreSorted) {
  const auto targets = Targets();
  ASSERT_GE(targets.size(), 3u);
  for (size_t i = 1; i < targets.size(); ++i) EXPECT_LT(std::string(targets[i - 1]->name), targets[i]->name);
  EXPECT_EQ(FindTarget("run_order")->name, std::string("run_order"));
  EXPECT_EQ(FindTarget("run_orde"), nullptr);
}

TEST(Registry, Profiles) {
  EXPECT_EQ(Rows("run_rows"), "v4.2:1100") << "the newest unless told otherwise";
  EXPECT_EQ(Rows("run_rows@v4.0"), "v4.0:0000");
  EXPECT_EQ(Rows("run_rows@v4.1"), "v4.1:1000");
  EXPECT_EQ(Rows("run_rows@v4.2-aaaaaaaaaaaa"), "v4.2-aaaaaaaaaaaa:0100");
  EXPECT_EQ(Rows("run_rows@v4.2-aaaaaaa-bbbbbbbb"), "v4.2-aaaaaaa-bbbbbbbb:0000");
}

TEST(Registry, ErrorsNameWhatIsNear) {
  EXPECT_EQ(Rows("run_ordr"),
            "unknown target \"run_ordr\" (did you mean run_order, run_rows, run_two_words?)");
  EXPECT_NE(Rows("run_rows@v4.9").find("unknown profile \"v4.9\" (did you mean v4.0"), std::string::npos);
  EXPECT_NE(Rows("run_rows@v4.2-ccccccc").find("unknown commit \"ccccccc\""), std::string::npos);
  EXPECT_NE(Rows("run_rows@v4.2-aaaa").find("unknown commit \"aaaa\""), std::string::npos) << "too short";
}

TEST(Registry, Expectations) {
  const auto e = ExpectationsOf("run_rows");
  ASSERT_EQ(e.size(), 2u);
  EXPECT_TRUE(ExpectationsOf("run_order").empty());
}

}  // namespace
}  // namespace hotweave
