// SPDX-License-Identifier: GPL-2.0-only OR MIT
// Segments of hand-made traces: report/segments.h.
#include "report/segments.h"

#include <gtest/gtest.h>

namespace hotweave {
namespace {

Event By(uint16_t task, Op op = Op::Note, uint32_t other = Event::kNone) {
  Event e;
  e.task = task;
  e.op = op;
  e.other = other;
  return e;
}

Trace OfThree(std::vector<Event> events) {
  Trace t;
  t.tasks = {{"init"}, {"a"}, {"b"}};
  t.events = std::move(events);
  return t;
}

Finding About(std::vector<uint32_t> tasks) {
  Finding f;
  for (uint32_t task : tasks) {
    Site s;
    s.task = task;
    f.sites.push_back(s);
  }
  return f;
}

TEST(Segments, AreRunsOfOneTask) {
  const Trace t = OfThree({By(0, Op::TaskCreate, 1), By(0, Op::TaskCreate, 2), By(1), By(1), By(2), By(1)});
  const Finding f = About({1, 2});
  EXPECT_EQ(DescribeSegments(t, &f), "3 segments: a, b, a");
}

TEST(Segments, OthersDoNotEndOne) {
  const Trace t = OfThree({By(0, Op::TaskCreate, 1), By(0, Op::TaskCreate, 2), By(1), By(0), By(1), By(2)});
  const Finding f = About({1, 2});
  EXPECT_EQ(DescribeSegments(t, &f), "2 segments: a, b");
}

TEST(Segments, BeginWhereThereAreTwo) {
  const Trace t = OfThree({By(0, Op::TaskCreate, 1), By(1), By(0, Op::TaskCreate, 2), By(2), By(1)});
  const Finding f = About({1, 2});
  EXPECT_EQ(DescribeSegments(t, &f), "2 segments: b, a");
}

TEST(Segments, TheFirstTaskIsThereFromTheStart) {
  const Trace t = OfThree({By(0), By(0, Op::TaskCreate, 1), By(1), By(0)});
  const Finding f = About({0, 1});
  EXPECT_EQ(DescribeSegments(t, &f), "3 segments: init, a, init");
}

Event On(uint16_t task, Op op, uint32_t offset) {
  Event e = By(task, op);
  e.object = 0;
  e.offset = offset;
  e.size = 8;
  return e;
}

// a and b take turns; b fails. `by_a` is what a does in between.
std::string SegmentsOfFailure(const std::vector<Event>& by_a) {
  std::vector<Event> events = {By(0, Op::TaskCreate, 1), By(0, Op::TaskCreate, 2), On(1, Op::Write, 0), On(2, Op::Read, 0)};
  events.insert(events.end(), by_a.begin(), by_a.end());
  events.push_back(On(2, Op::Read, 8));
  Trace t = OfThree(events);
  t.objects.resize(1);
  Finding f = About({2});
  f.sites[0].event = static_cast<uint32_t>(events.size()) - 1;
  return DescribeSegments(t, &f);
}

TEST(SegmentsOfAFailingTask, CountRunsThatOthersCouldNotice) {
  const std::string all = "4 segments: a, b, a, b";
  EXPECT_EQ(SegmentsOfFailure({On(1, Op::Write, 8)}), all);
  EXPECT_EQ(SegmentsOfFailure({On(1, Op::Store, 0)}), all);         // after the last look, but it is the same memory
  EXPECT_EQ(SegmentsOfFailure({On(1, Op::MutexUnlock, 8)}), all);
  EXPECT_EQ(SegmentsOfFailure({By(1), By(1, Op::Woken, 2)}), all);
  EXPECT_EQ(SegmentsOfFailure({By(1, Op::TaskCreate, 3)}), all);
}

TEST(SegmentsOfAFailingTask, DoNotCountRunsThatNobodyCouldNotice) {
  const std::string without = "2 segments: a, b";
  EXPECT_EQ(SegmentsOfFailure({By(1)}), without);
  EXPECT_EQ(SegmentsOfFailure({On(1, Op::Write, 16)}), without);    // nobody else's memory
  EXPECT_EQ(SegmentsOfFailure({On(1, Op::Read, 8)}), without);      // that nobody changes
  EXPECT_EQ(SegmentsOfFailure({By(1, Op::TaskExit), By(1, Op::Woken, 0)}), without);   // who joins it
}

// All that two tasks do to the end is told: what comes of a race is seen after it.
TEST(Segments, OfTwoTasksCountToTheEnd) {
  Trace t = OfThree({By(0, Op::TaskCreate, 1), By(0, Op::TaskCreate, 2), On(1, Op::Read, 0), On(2, Op::Write, 0), By(1)});
  t.objects.resize(1);
  Finding f = About({1, 2});
  f.sites[0].event = 2;
  f.sites[1].event = 3;
  EXPECT_EQ(DescribeSegments(t, &f), "3 segments: a, b, a");
}

}  // namespace
}  // namespace hotweave
