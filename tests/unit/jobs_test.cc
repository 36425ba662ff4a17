// SPDX-License-Identifier: GPL-2.0-only OR MIT
// Work in child processes (fuzz/jobs.h): results by number, and pieces that die.
#include "fuzz/jobs.h"

#include <fmt/format.h>
#include <gtest/gtest.h>
#include <signal.h>
#include <unistd.h>

#include <cstdlib>
#include <set>
#include <stdexcept>

#include "core/internal.h"

namespace hotweave {
namespace {

TEST(Jobs, ResultsAreByNumberWhateverTheOrder) {
  for (const unsigned processes : {1u, 3u, 40u}) {
    std::set<size_t> told;
    const auto results = RunJobs(
        20,
        processes,
        [](size_t i) {
          usleep(static_cast<useconds_t>(20 - i) * 200);
          return fmt::format("piece {}", i);
        },
        [&](size_t i, const JobResult& r) {
          told.insert(i);
          EXPECT_EQ(r.output, fmt::format("piece {}", i));
        });
    ASSERT_EQ(results.size(), 20u);
    EXPECT_EQ(told.size(), 20u);
    for (size_t i = 0; i < 20; ++i) EXPECT_EQ(results[i].output, fmt::format("piece {}", i)) << processes;
  }
}

TEST(Jobs, OneThatDiesTakesNothingWithIt) {
  const auto results = RunJobs(6, 2, [](size_t i) -> std::string {
    switch (i) {
      case 1: InternalError("a fault that is meant");
      case 2: kill(getpid(), SIGKILL);
      case 3: throw std::runtime_error("thrown");
      case 4: fmt::print("said\n"); fmt::print(stderr, "and said\n"); break;
    }
    return "done";
  });
  EXPECT_EQ(results[0].output, "done");
  EXPECT_EQ(results[1].status, 70);
  EXPECT_NE(results[1].errors.find("HOTWEAVE-INTERNAL: a fault that is meant"), std::string::npos) << results[1].errors;
  EXPECT_EQ(results[2].status, 128 + SIGKILL);
  EXPECT_EQ(results[3].status, 2);
  EXPECT_EQ(results[3].errors, "thrown");
  EXPECT_EQ(results[4].status, 0);
  EXPECT_NE(results[4].errors.find("said\n"), std::string::npos);
  EXPECT_NE(results[4].errors.find("and said\n"), std::string::npos);
  EXPECT_EQ(results[5].output, "done");
}

TEST(Jobs, MuchOutputIsWholeAndMuchTalkIsCut) {
  const auto results = RunJobs(1, 1, [](size_t) {
    const std::string line(1000, 'x');
    for (int i = 0; i < 200; ++i) fmt::print(stderr, "{}\n", line);
    return std::string(3'000'000, 'y');
  });
  EXPECT_EQ(results[0].output, std::string(3'000'000, 'y'));
  EXPECT_EQ(results[0].errors.size(), kMaxJobErrors);
}

}  // namespace
}  // namespace hotweave
