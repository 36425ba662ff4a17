// SPDX-License-Identifier: GPL-2.0-only OR MIT
// `hotweave explore`: exit statuses, what is said of bounds, what is found.
#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include "program_helper.h"

namespace hotweave {
namespace {

TEST(Explore, CompletesAndSaysSo) {
  const auto r = Hotweave({"explore", "online_vs_probe@v5.1", "--preemptions", "0", "--json", "-q"});
  EXPECT_EQ(r.status, 0) << r.err;
  const auto json = r.Json();
  EXPECT_EQ(json["complete"], true);
  EXPECT_EQ(json["bound"], 0);
  EXPECT_EQ(json["verdict"], "pass");
  EXPECT_GT(json["executions"], 3);
}

TEST(Explore, FindsARaceAndWritesIt) {
  const Scratch folder;
  const auto r = Hotweave({"explore", "online_vs_probe@v4.19", "--preemptions", "1", "-q", "--artifacts", folder.path()});
  EXPECT_EQ(r.status, 1) << r.err;
  EXPECT_NE(r.out.find("ASSERTION FAILED: data-race"), std::string::npos);
  EXPECT_NE(r.out.find("replayed 10/10"), std::string::npos);
  EXPECT_NE(r.out.find("preemption bound 0: complete"), std::string::npos);
}

TEST(Explore, SaysWhichBoundWasCompleted) {
  const auto r = Hotweave({"explore", "online_vs_probe@v5.1", "--preemptions", "2", "--runs", "600", "-q"});
  EXPECT_EQ(r.status, 3) << r.err;
  EXPECT_NE(r.out.find("preemption bound 0: complete, 3 executions"), std::string::npos) << "that somebody refuses is a departure, too: " << r.out;
  EXPECT_NE(r.out.find("preemption bound 1: not complete"), std::string::npos);
  EXPECT_NE(r.out.find("complete up to preemption bound 0"), std::string::npos);
}

TEST(Explore, RefusesNonsense) {
  EXPECT_EQ(Hotweave({"explore", "online_vs_probe@v5.1", "--preemptions", "-1"}).status, 2);
  EXPECT_EQ(Hotweave({"explore", "online_vs_prob"}).status, 2);
}

}  // namespace
}  // namespace hotweave
