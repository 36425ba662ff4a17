// SPDX-License-Identifier: GPL-2.0-only OR MIT
// How many executions small programs take, and in what they end, with the reasons. small_target.cc has the programs: the first
// task, `init`, runs its part after it has woken the others, which are born, do their parts, and exit.
#include <fmt/format.h>
#include <gtest/gtest.h>

#include "explore_helper.h"

namespace hotweave {
namespace {

constexpr uint64_t kEnough = 20'000;

std::set<std::string> Names(const Ends& ends) {
  std::set<std::string> names;
  for (const auto& [name, n] : ends) names.insert(name);
  return names;
}

// ---- Up to the order of independent steps ------------------------------------------------------------------

// Executions to the end of a search without a bound; those that were given up are not counted.
uint64_t Traces(const std::string& target) {
  const Explored e = ExploreAll(target, {});
  EXPECT_TRUE(e.result.bounds.back().complete) << target;
  return e.result.bounds.back().executions - e.result.bounds.back().cut;
}

// Steps of different tasks on different variables may change places, so all schedules are one.
TEST(Counts, WritersOfTheirOwn) {
  EXPECT_EQ(Traces("own_2"), 1u);
  EXPECT_EQ(Traces("own_3"), 1u);
}

// The order of n writes to one variable matters: n!.
TEST(Counts, WritersOfOneVariable) {
  EXPECT_EQ(Traces("same_2"), 2u);
  EXPECT_EQ(Traces("same_3"), 6u);
}

// Reads do not depend on each other; each of two reads comes before the write or behind it: 2 * 2.
TEST(Counts, Readers) {
  EXPECT_EQ(Traces("readers_3"), 1u);
  EXPECT_EQ(Traces("writer_reader_reader"), 4u);
}

// Two tasks, each writes and then reads the other's variable: each read before the other's write or behind it, but not both
// before (that is a cycle of w1 r1 w2 r2): 3.
TEST(Counts, StoreBuffer) { EXPECT_EQ(Traces("store_buffer"), 3u); }

// Two tasks, each reads and then writes one variable: r1 w1 r2 w2. Of the six orders of the four accesses, r1 r2 w1 w2 and
// r2 r1 w1 w2 are one, and so are r1 r2 w2 w1 and r2 r1 w2 w1: 4. In two of them no update is lost, and those pass; the others
// end in the same finding.
TEST(Counts, LostUpdate) {
  const Explored e = ExploreAll("lost_update", {});
  EXPECT_EQ(e.result.bounds.back().executions - e.result.bounds.back().cut, 4u);
  ASSERT_EQ(e.result.findings.size(), 1u);
  EXPECT_EQ(e.result.findings[0].count, 2u);
}

// Each of two tasks draws one of three values: 3 * 3.
TEST(Counts, Choices) { EXPECT_EQ(Traces("choices_2"), 9u); }

// What is found does not depend on how one looks for it: a deadlock of two mutexes takes one preemption.
// Without a bound: either task takes both mutexes before the other has any. Then the other asks for its first one, which is
// the holder's second, before that is given up, and waits, or behind; and so for its second one: 2 * 2 * 2. Else each has its
// first; both wait, in either order: 1.
TEST(Counts, Deadlock) {
  EXPECT_EQ(ExploreAll("abba_2", {.bound = 0}).result.findings.size(), 0u);
  const Explored one = ExploreAll("abba_2", {.bound = 1});
  ASSERT_EQ(one.result.findings.size(), 1u);
  EXPECT_EQ(one.result.findings[0].fingerprint.substr(0, 8), "deadlock");
  EXPECT_EQ(one.result.findings[0].bound, 1u);
  EXPECT_EQ(Traces("abba_2"), 9u);
  EXPECT_EQ(ExploreAll("abba_2", {}).ends, (Ends{{"0", 8}, {"deadlock:mutex,other", 1}}));
}

// Two critical sections of a mutex: in either order the second task asks for the mutex after the first one has given it up,
// or before (and waits): 2 * 2.
TEST(Counts, Mutex) { EXPECT_EQ(Traces("locked_2"), 4u); }

// The one completes before the other waits, or while it waits.
TEST(Counts, Completion) { EXPECT_EQ(Traces("completion_2"), 2u); }

// ---- Every schedule ----------------------------------------------------------------------------------------

// Executions of the enumeration at bounds 0, 1, 2 and without one. In the derivations steps of init are small letters, those of
// the others capitals; S: birth, X: exit; z counts what a schedule costs.
struct Row {
  const char* target;
  uint64_t bounds[3], all;
};
constexpr Row kRows[] = {
    // a among S B X: first (free), last (one preemption), or in one of two gaps (two): 1 + z + 2 z^2.
    {"own_2", {1, 2, 4}, 4},
    {"same_2", {1, 2, 4}, 4},
    // w a, S B X and T C Y, where w (the wake-up of the third task) comes before T: behind w, a among T C Y in 4 ways; these
    // five among S B X in C(8, 3) = 56 ways. Without preemptions init ends first, and then either of the others runs.
    {"own_3", {2, 11, 44}, 224},
    // r w among S R W X: C(6, 2) = 15. None: 1. One preemption of init, before r or w: 2. Then one of the other task at one
    // of three places: 2 * 3. Two of init: 3. And two of the other: 3.
    {"lost_update", {1, 3, 9}, 15},
    // w r p (the read's value is stored) among S W R P X: C(8, 3) = 56. None: 1. One of init, before w, r or p: 3. Then one of
    // the other task at one of four places: 3 * 4.
    {"store_buffer", {1, 4, 16}, 56},
    // l r w u among S L R W U X. Apart: S before init has unlocked, the rest behind, 5; or X among l r w u, 5. L asked while init
    // holds (in one of three gaps, S before it): 2 + 3 + 4. l asked while the other holds (three gaps), and then X among what
    // init does when it goes on (4 steps): 3 * 5. 5 + 5 + 9 + 15. One preemption: of init, before any of its steps. Two: init
    // before l, the other at one of five places; or init before r, w or u, the other before L: 5 + 3.
    {"locked_2", {1, 5, 13}, 34},
    // a b c d (lock mutex, other; unlock other, mutex) and S A B C D X (lock other, mutex; ...). Each has its first: a among
    // S A in 3 ways, then either one waits first: 6 deadlocks. init has both first: A behind c and before d: 4 for S, 2 for B;
    // A behind d: 5 for S; A asked while init has `other`: 3 for S, then 3: 8 + 5 + 9. The other has both first: a behind C
    // and before D, X among the rest: 4 + 4, behind D: 5; a asked before C: 8 + 5. 6 + 22 + 26. One preemption: of init,
    // before any of its steps. Two: init before a, the other at one of five places; init before b or d, the other before A or B;
    // init before c, the other before A, or init again before d: 5 + 2 + 2 + 2.
    {"abba_2", {1, 5, 16}, 54},
    // t r (t: waits) among S W C X. t behind C: 3 (X among t r, or before). t before C: 3 places, then X among two steps: 9.
    // One preemption: of init before t, or of the other before X. Two: then of the other at one of three places; or of init before r.
    {"completion_2", {1, 3, 7}, 12},
    // As own_2, for each of 3 * 3 values.
    {"choices_2", {9, 18, 36}, 36},
    // init looks (r); while it sees 0 it spins, and the other task takes a step at least. Let P be the costs when init stands
    // before r, N when it spins, Q when the other is asked before a step while init stands before r; the number: steps of S W X taken.
    // P2 = 1 + z, Q2 = 1 + z, N2 = 1 + z P2, P1 = N2 + z Q2, N1 = N2 + z P1, Q1 = Q2 + z N2, P0 = N1 + z Q1
    // = 1 + 3z + 5z^2 + 3z^3 + z^4.
    {"spin_2", {1, 4, 9}, 13},
    // The one task arms the timer, then takes three steps: read, write down, exit. The clock may fire the timer before any of
    // them or behind all; and then the handler, which holds the CPU to its end, begins there or at a later one of these four
    // places: 4 + 3 + 2 + 1. Each costs 1 unless it comes behind all: 1 + 3 z + 6 z^2.
    {"timer_2", {1, 4, 10}, 10},
};

TEST(Counts, Enumeration) {
  for (const Row& r : kRows) {
    for (int bound = 0; bound <= 2; ++bound) {
      EXPECT_EQ(Cover(r.target, By::Enumeration, bound, false, kEnough).executions, r.bounds[bound]) << r.target << " bound " << bound;
    }
    EXPECT_EQ(Cover(r.target, By::Enumeration, -1, false, kEnough).executions, r.all) << r.target;
  }
}

// How many of them end how. lost_update: both of init before R (S in three places), or behind W (X in three): 6 of 15.
// timer_2: the task sees the timer's value if clock and handler come at once: 1 of 10.
TEST(Counts, EndsOfTheEnumeration) {
  EXPECT_EQ(Cover("lost_update", By::Enumeration, -1, false, kEnough).ends, (Ends{{"20000", 6}, {"invariant:x_is_2", 9}}));
  EXPECT_EQ(Cover("abba_2", By::Enumeration, -1, false, kEnough).ends, (Ends{{"0", 48}, {"deadlock:mutex,other", 6}}));
  EXPECT_EQ(Cover("timer_2", By::Enumeration, -1, false, kEnough).ends, (Ends{{"10010", 9}, {"10020", 1}}));
}

// ---- Sets of final states ----------------------------------------------------------------------------------

// What programs can end in, by reasoning; by enumeration; with the reduction, rehearsed or not, at bounds; without one.
void EndsIn(const char* target, const std::set<std::string>& all) {
  EXPECT_EQ(Names(Cover(target, By::Enumeration, -1, false, kEnough).ends), all) << target;
  EXPECT_EQ(Names(Cover(target, By::Learning, -1, false, kEnough).ends), all) << target;
  for (int bound = 0; bound <= 4; ++bound) {
    const Covered full = Cover(target, By::Enumeration, bound, false, kEnough);
    for (By by : {By::Learning, By::Rehearsed}) {
      const Covered reduced = Cover(target, by, bound, false, kEnough);
      EXPECT_TRUE(full.complete && reduced.complete) << target << " bound " << bound;
      EXPECT_EQ(Difference(reduced, full), "") << target << " bound " << bound;
    }
  }
}

TEST(Sets, WhoWroteLast) { EndsIn("same_3", {"10000", "20000", "30000"}); }
TEST(Sets, WhoSawTheWrite) { EndsIn("writer_reader_reader", {"10011", "10012", "10021", "10022"}); }
// Not 11: one of two writes is the first, and the other task's read follows it.
TEST(Sets, NotBothSeeNothing) { EndsIn("store_buffer", {"11120", "11210", "11220"}); }
TEST(Sets, LostOrNot) { EndsIn("lost_update", {"20000", "invariant:x_is_2"}); }
TEST(Sets, DeadlockOrNot) { EndsIn("abba_2", {"0", "deadlock:mutex,other"}); }
TEST(Sets, ValuesDrawn) { EndsIn("choices_2", {"0", "10", "20", "100", "110", "120", "200", "210", "220"}); }
TEST(Sets, SpinWait) { EndsIn("spin_2", {"1000"}); }
TEST(Sets, TimerFiredOrNot) { EndsIn("timer_2", {"10010", "10020"}); }

}  // namespace
}  // namespace hotweave
