// SPDX-License-Identifier: GPL-2.0-only OR MIT
// Targets, profiles and how they are spelled. The table is in run_target.cc.
#include <hotweave/run.h>

#include <gtest/gtest.h>

#include <linux/version.h>

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

TEST(Registry, RowsAreTakenOutAndPutIn) {
  EXPECT_EQ(Rows("run_rows@v4.0+bbbbbbb"), "v4.0+bbbbbbb:0100");
  EXPECT_EQ(Rows("run_rows@v4.2+altered"), "v4.2+altered:1110");
  EXPECT_EQ(Rows("run_rows@v4.2-aaaaaaa+altered-altered"), "v4.2-aaaaaaa+altered-altered:0100") << "in order";
  EXPECT_NE(Rows("run_rows@v4.2+").find("nothing after the last +"), std::string::npos);
  EXPECT_NE(Rows("run_rows@v4.2+altere").find("unknown commit \"altere\""), std::string::npos) << "only the whole name";
}

TEST(Registry, ProfilesByReleaseAndDerived) {
  EXPECT_EQ(Rows("run_rows@v4.1.7"), "v4.1.7:1000") << "what was released by then, and no alteration";
  EXPECT_EQ(Rows("run_rows@A-1"), "A-1:0110");
  EXPECT_EQ(Rows("run_rows@A-1-x"), "A-1-x:0100");
  EXPECT_EQ(Rows("run_rows@A-1-x+aaaaaaa"), "A-1-x+aaaaaaa:1100");
  EXPECT_EQ(Rows("run_rows@A-1-altered"), "A-1-altered:0100") << "not a profile of that name";
  EXPECT_STREQ(NewestProfile()->name, "v4.2") << "the newest kernel is not a derived profile";
}

TEST(Registry, VersionsOfProfiles) {
  const hotweave_target* target;
  std::string error;
  for (auto [spec, version] : {std::pair("run_rows@A-1-x", KERNEL_VERSION(4, 9, 0)),
                               std::pair("run_rows@v4.1.7-aaaaaaa", KERNEL_VERSION(4, 1, 7))}) {
    Profile profile;
    ASSERT_TRUE(ParseTarget(spec, &target, &profile, &error)) << error;
    EXPECT_EQ(profile.version, static_cast<uint32_t>(version)) << spec;
  }
}

TEST(Registry, ErrorsNameWhatIsNear) {
  EXPECT_EQ(Rows("run_ordr"),
            "unknown target \"run_ordr\" (did you mean run_order, run_long, run_rows?)");
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
