// SPDX-License-Identifier: GPL-2.0-only OR MIT
// A report about lock order as a user meets it: its level, what becomes of it, and the schedule of the deadlock. The
// targets are those of ../feasible, as the program lock_order.
#include "program_helper.h"

namespace hotweave {
namespace {

Ended LockOrder(std::vector<std::string> arguments) {
  Launch launch;
  launch.arguments = std::move(arguments);
  launch.program = HOTWEAVE_BINARY_DIR "/lock_order";
  return RunProgram(launch);
}

Ended FuzzJson(const std::string& target, const Scratch& scratch, std::vector<std::string> more = {}) {
  std::vector<std::string> arguments = {"fuzz", target, "--runs", "5000", "--json", "--quiet", "--artifacts", scratch / "found"};
  arguments.insert(arguments.end(), more.begin(), more.end());
  return LockOrder(arguments);
}

TEST(LockOrder, AConfirmedReportLeavesTheScheduleOfTheDeadlock) {
  Scratch scratch;
  const Ended found = FuzzJson("order_abba", scratch);
  ASSERT_EQ(found.status, 1) << found.err;
  const auto json = found.Json();
  EXPECT_EQ(json.at("kind"), "lock-order");
  EXPECT_EQ(json.at("level"), "faithful");
  EXPECT_EQ(json.at("confirmation"), "confirmed");
  const std::string deadlock = json.at("confirmation_artifact");
  EXPECT_NE(Slurp(deadlock).find("lockdep: off"), std::string::npos) << "else lockdep would come first";
  // Both files lead where they say, in a new process, without any option.
  const auto report = LockOrder({"replay", "order_abba", json.at("artifact"), "--json"}).Json();
  EXPECT_EQ(report.at("fingerprint"), json.at("fingerprint"));
  EXPECT_EQ(report.at("confirmation"), "confirmed");
  const Ended again = LockOrder({"replay", "order_abba", deadlock, "--json"});
  EXPECT_EQ(again.status, 1);
  EXPECT_EQ(again.err, "");
  EXPECT_EQ(again.Json().at("fingerprint"), "deadlock:lock_a,lock_b");
  EXPECT_TRUE(again.Json().at("level").is_null());
}

TEST(LockOrder, AGatedReportNamesTheGate) {
  Scratch scratch;
  const auto json = FuzzJson("order_gated", scratch).Json();
  EXPECT_EQ(json.at("confirmation"), "gated by gate");
  EXPECT_TRUE(json.at("confirmation_artifact").is_null());
}

TEST(LockOrder, TheFeasibleLevelSeesWhatLockdepDoesNot) {
  Scratch scratch;
  const auto json = FuzzJson("order_novalidate", scratch).Json();
  EXPECT_EQ(json.at("level"), "feasible");
  EXPECT_EQ(json.at("confirmation"), "confirmed");
}

TEST(LockOrder, HowManyExecutionsIsUpToTheUser) {
  Scratch scratch;
  EXPECT_EQ(FuzzJson("order_one_task", scratch, {"--confirm", "50"}).Json().at("confirmation"), "not reached in 50 executions");
  EXPECT_TRUE(FuzzJson("order_one_task", scratch, {"--confirm", "0"}).Json().at("confirmation").is_null());
}

TEST(LockOrder, LockdepCanBeSwitchedOff) {
  Scratch scratch;
  EXPECT_EQ(FuzzJson("order_gated", scratch, {"--lockdep", "off"}).status, 0);
  const auto json = FuzzJson("order_abba", scratch, {"--lockdep", "off"}).Json();
  EXPECT_EQ(json.at("kind"), "deadlock");
}

}  // namespace
}  // namespace hotweave
