// SPDX-License-Identifier: GPL-2.0-only OR MIT
// The allocators: what they promise, faults by choice, misuse of freeing, leaks. The targets are in heap_target.cc.
#include "../support/search.h"

namespace hotweave {
namespace {

constexpr Effort kAlone{.alone = true};

TEST(Allocators, Promise) {
  for (const char* t : {"heap_family", "heap_pages", "cache_good", "cache_typesafe"}) ExpectSilent(t, kAlone);
}

TEST(AllocationFaults, ByChoiceAlone) {
  ExpectSilent("faults_not_asked_for", kAlone);
  ExpectSilent("faults_always", kAlone);
  ExpectSilent("faults_of_one_task");
  const Hit hit = ExpectFound("faults_by_choice", "assertion");
  EXPECT_GE(hit.walk, 0) << "the sequential execution has no faults";
}

TEST(BadFree, WrongInterface) {
  for (const char* t : {"free_vmalloc_by_kfree", "free_kmalloc_by_vfree", "free_page_by_kfree", "free_wrong_order",
                        "free_wrong_cache", "free_kmalloc_to_cache"}) {
    const Hit hit = ExpectFoundAtOnce(t, "bad-free");
    ASSERT_TRUE(hit.found);
    EXPECT_EQ(hit.result.finding->sites.size(), 2u) << "here, allocated";
  }
}

TEST(BadFree, TwiceHasAllThreePlaces) {
  const Hit hit = ExpectFoundAtOnce("heap_double_free", "use-after-free");
  ASSERT_TRUE(hit.found);
  ASSERT_EQ(hit.result.finding->sites.size(), 3u);
  EXPECT_EQ(hit.result.finding->sites[1].role, "freed");
  EXPECT_EQ(hit.result.finding->sites[2].role, "allocated");
  for (const Site& s : hit.result.finding->sites) EXPECT_LT(s.stack, hit.trace.stacks.size());
  ExpectFoundAtOnce("typesafe_twice", "use-after-free");
}

TEST(Caches, EndOfLife) {
  ExpectFoundAtOnce("cache_busy", "leak", "leak:busy_cache");
  ExpectFoundAtOnce("cache_gone", "use-after-free");
  ExpectFoundAtOnce("typesafe_destroyed", "use-after-free");
}

TEST(Allocators, Bounds) {
  ExpectFoundAtOnce("realloc_stale", "use-after-free");
  ExpectFoundAtOnce("realloc_shrunk", "out-of-bounds");
  ExpectFoundAtOnce("zero_size_access", "null-deref");
  ExpectFoundAtOnce("strdup_unended", "out-of-bounds");
}

TEST(Allocators, Context) {
  ExpectFoundAtOnce("vfree_atomic_context", "sleep-in-atomic");
  ExpectSilent("vfree_atomic_ok", kAlone);
  ExpectFoundAtOnce("kmalloc_under_spinlock", "sleep-in-atomic");
}

TEST(Free, OfSomethingInUse) {
  ExpectFoundAtOnce("free_held_lock", "lock-misuse", "lock-misuse:&i->lock");
  ExpectSilent("free_released_lock", kAlone);
  ExpectFoundAtOnce("free_armed_timer", "use-after-free");
  ExpectSilent("free_deleted_timer", kAlone);
  ExpectFound("free_queued_work", "use-after-free");
  ExpectSilent("free_cancelled_work");
}

TEST(Leaks, AtTheEnd) {
  ExpectFoundAtOnce("leak_one", "leak", "leak:forget");
  ExpectSilent("leak_none", kAlone);
  ExpectFoundAtOnce("leak_cycle", "leak");
  ExpectFoundAtOnce("leak_overwritten", "leak");
}

}  // namespace
}  // namespace hotweave
