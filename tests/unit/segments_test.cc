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

}  // namespace
}  // namespace hotweave
