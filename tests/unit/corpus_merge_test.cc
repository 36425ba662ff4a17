// SPDX-License-Identifier: GPL-2.0-only OR MIT
// What a corpus gains from others (fuzz/corpus_merge.h), what tells executions apart (fuzz/behaviour.h), names of files.
#include "fuzz/corpus_merge.h"

#include <gtest/gtest.h>

#include "fuzz/behaviour.h"
#include "fuzz/corpus.h"

namespace hotweave {
namespace {

Judged Found(const std::string& name, const std::string& fingerprint, uint64_t order, uint32_t departures, uint32_t switches = 1) {
  Judged j;
  j.file = {name, name, "t", "crashers"};
  j.profile = "v1";
  j.judgement = Judgement::Ok;
  j.observed = fingerprint;
  j.observed_kind = "deadlock";
  j.order = order;
  j.departures = departures;
  j.switches = switches;
  return j;
}

Judged Passed(const std::string& name, std::vector<uint64_t> hand_overs, uint32_t departures) {
  Judged j = Found(name, "pass", 0, departures);
  j.observed_kind.clear();
  j.file.room = "seeds";
  j.hand_overs = std::move(hand_overs);
  return j;
}

TEST(Merge, TakesWhatIsNew) {
  const MergePlan plan = PlanMerge({Found("a", "x", 1, 2)}, {Found("b", "y", 1, 2), Found("c", "x", 2, 2)});
  EXPECT_EQ(plan.added, (std::vector<size_t>{0, 1})) << "another fingerprint; another order of tasks";
  EXPECT_EQ(plan.known, 0u);
}

TEST(Merge, KeepsTheSimplestOfEqualOnes) {
  const MergePlan plan = PlanMerge({}, {Found("a", "x", 1, 3), Found("b", "x", 1, 2, 9), Found("c", "x", 1, 2, 8)});
  EXPECT_EQ(plan.added, (std::vector<size_t>{2}));
  EXPECT_EQ(plan.known, 2u);
}

TEST(Merge, ASimplerOneTakesThePlace) {
  const MergePlan plan = PlanMerge({Found("long", "x", 1, 5)}, {Found("short", "x", 1, 1)});
  ASSERT_EQ(plan.replaced.size(), 1u);
  EXPECT_TRUE(plan.added.empty());
  EXPECT_EQ(PlanMerge({Found("short", "x", 1, 1)}, {Found("long", "x", 1, 5)}).known, 1u);
  EXPECT_EQ(PlanMerge({Found("a", "x", 1, 1)}, {Found("b", "x", 1, 1)}).known, 1u) << "as simple is not simpler";
}

TEST(Merge, AProgramIsNeverReplaced) {
  Judged program = Found("R1.2", "x", 1, 5);
  program.file.room = "programs";
  EXPECT_TRUE(PlanMerge({program}, {Found("short", "x", 1, 1)}).replaced.empty());
}

TEST(Merge, TargetsAndProfilesAreApart) {
  Judged other_profile = Found("b", "x", 1, 1), other_target = Found("c", "x", 1, 1);
  other_profile.profile = "v2";
  other_target.file.target = "u";
  EXPECT_EQ(PlanMerge({Found("a", "x", 1, 1)}, {other_profile, other_target}).added.size(), 2u);
}

TEST(Merge, APassComesInForANewHandOver) {
  const std::vector<Judged> into = {Passed("a", {1, 2, 3}, 1)};
  EXPECT_EQ(PlanMerge(into, {Passed("b", {1, 2}, 1)}).known, 1u);
  EXPECT_EQ(PlanMerge(into, {Passed("b", {3, 4}, 1)}).added.size(), 1u);
  const MergePlan plan = PlanMerge(into, {Passed("wide", {4, 5}, 3), Passed("first", {4}, 1), Passed("second", {5}, 2)});
  EXPECT_EQ(plan.added, (std::vector<size_t>{1, 2})) << "the simplest first: the third then has nothing new";
  EXPECT_EQ(plan.known, 1u);
}

TEST(Merge, WhatHasNoOutcomeIsLeftOut) {
  Judged bad = Found("a", "x", 1, 1);
  for (const Judgement j : {Judgement::Unreadable, Judgement::Internal, Judgement::Limit, Judgement::NotRun}) {
    bad.judgement = j;
    EXPECT_TRUE(PlanMerge({}, {bad}).added.empty()) << JudgementName(j);
  }
}

// ---- Behaviour -----------------------------------------------------------------------------------------

Event At(uint16_t task, Op op, uint32_t object, uint32_t offset = 0) {
  Event e;
  e.task = task;
  e.op = op;
  e.object = object;
  e.offset = offset;
  return e;
}

Trace Of(std::vector<Event> events) {
  Trace t;
  t.tasks = {{"init", 0, false}, {"a", 0, false}, {"b", 0, false}};
  t.objects = {{TraceObject::Kind::Global, "x", 64, 0, 0}, {TraceObject::Kind::Global, "y", 64, 0, 0}};
  t.events = std::move(events);
  return t;
}

TEST(HandOvers, AreBetweenTasksAtOnePlace) {
  EXPECT_TRUE(HandOversOf(Of({At(1, Op::Write, 0), At(1, Op::Read, 0)})).empty()) << "one task";
  EXPECT_TRUE(HandOversOf(Of({At(1, Op::Write, 0), At(2, Op::Read, 1)})).empty()) << "two places";
  EXPECT_TRUE(HandOversOf(Of({At(1, Op::Write, 0), At(2, Op::Read, 0, 8)})).empty()) << "two granules";
  EXPECT_TRUE(HandOversOf(Of({At(1, Op::Read, 0), At(2, Op::Read, 0)})).empty()) << "nobody writes";
  EXPECT_EQ(HandOversOf(Of({At(1, Op::Write, 0), At(2, Op::Read, 0)})).size(), 1u);
  EXPECT_EQ(HandOversOf(Of({At(1, Op::Read, 0), At(2, Op::Write, 0)})).size(), 1u);
  EXPECT_EQ(HandOversOf(Of({At(1, Op::MutexUnlock, 0), At(2, Op::MutexLock, 0)})).size(), 1u);
}

TEST(HandOvers, TellOrdersApartButNotHowOften) {
  const auto there = HandOversOf(Of({At(1, Op::Write, 0), At(2, Op::Write, 0)}));
  const auto back = HandOversOf(Of({At(2, Op::Write, 0), At(1, Op::Write, 0)}));
  EXPECT_NE(there, back);
  const auto both = HandOversOf(Of({At(1, Op::Write, 0), At(2, Op::Write, 0), At(1, Op::Write, 0), At(2, Op::Write, 0)}));
  EXPECT_EQ(both.size(), 2u);
}

TEST(HandOvers, EveryReaderBeforeAWriteCounts) {
  EXPECT_EQ(HandOversOf(Of({At(0, Op::Read, 0), At(1, Op::Read, 0), At(2, Op::Write, 0)})).size(), 2u);
}

TEST(FingerprintSlug, IsAFileName) {
  EXPECT_EQ(FingerprintSlug("deadlock:cpu_hotplug.lock,pcpu_alloc_mutex"), "deadlock-cpu_hotplug.lock-pcpu_alloc_mutex");
  EXPECT_EQ(FingerprintSlug("deadlock:&dev->mutex,(memory_chain).rwsem"), "deadlock-dev-mutex-memory_chain-.rwsem");
  const std::string a = FingerprintSlug("x:" + std::string(200, 'a')), b = FingerprintSlug("x:" + std::string(201, 'a'));
  EXPECT_EQ(a.size(), kMaxSlug);
  EXPECT_NE(a, b) << "long ones stay apart";
}

}  // namespace
}  // namespace hotweave
