// SPDX-License-Identifier: GPL-2.0-only OR MIT
// The line of progress: what it says of what is known, and what is left.
#include "fuzz/progress.h"

#include <gtest/gtest.h>

namespace hotweave {
namespace {

TEST(Progress, SaysNothingOfWhatIsNotKnown) {
  EXPECT_EQ(ProgressText("t@v5.1", {.done = 1200}, 4), "t@v5.1: 1200 executions, 300/s");
  EXPECT_EQ(ProgressText("t", {}, 0), "t: 0 executions");
  EXPECT_EQ(ProgressText("regress", {.done = 3, .unit = "files", .note = "1 not as expected"}, 10), "regress: 3 files, 1 not as expected");
}

TEST(Progress, WhatIsLeftIsTheSmallestOfWhatTells) {
  EXPECT_EQ(ProgressText("t", {.done = 1200, .of = 5000}, 4), "t: 1200 of 5000 executions, 300/s, 13 s left");
  EXPECT_EQ(ProgressText("t", {.done = 1200, .seconds = 30}, 4), "t: 1200 executions, 300/s, 26 s left");
  EXPECT_EQ(ProgressText("t", {.done = 1200, .of = 5000, .seconds = 30}, 4), "t: 1200 of 5000 executions, 300/s, 13 s left");
  EXPECT_EQ(ProgressText("t", {.done = 1200, .of = 5000, .seconds = 10}, 4), "t: 1200 of 5000 executions, 300/s, 6 s left");
  EXPECT_EQ(ProgressText("t", {.done = 0, .of = 5000}, 4), "t: 0 of 5000 executions") << "no rate yet";
}

TEST(Progress, AnEstimateIsSaidToBeOne) {
  EXPECT_EQ(ProgressText("t", {.done = 100, .part = 0.25}, 20), "t: 100 executions, 5/s, about 60 s left");
  EXPECT_EQ(ProgressText("t", {.done = 100, .part = 0.25, .part_seconds = 10}, 20), "t: 100 executions, 5/s, about 30 s left");
  EXPECT_EQ(ProgressText("t", {.done = 100, .seconds = 25, .part = 0.25}, 20), "t: 100 executions, 5/s, 5 s left");
  EXPECT_EQ(ProgressText("t", {.done = 100, .part = 1e-30}, 20), "t: 100 executions, 5/s") << "too little is done to tell";
}

TEST(Progress, UnitsOfTimeFollowItsLength) {
  EXPECT_EQ(ProgressText("t", {.done = 10, .seconds = 119}, 1), "t: 10 executions, 10/s, 118 s left");
  EXPECT_EQ(ProgressText("t", {.done = 10, .seconds = 601}, 1), "t: 10 executions, 10/s, 10 min left");
  EXPECT_EQ(ProgressText("t", {.done = 10, .seconds = 10801}, 1), "t: 10 executions, 10/s, 3 h left");
  EXPECT_EQ(ProgressText("t", {.done = 10, .seconds = 5}, 6), "t: 10 executions, 2/s, 0 s left") << "past its limit";
}

}  // namespace
}  // namespace hotweave
