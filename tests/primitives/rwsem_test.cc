// SPDX-License-Identifier: GPL-2.0-only OR MIT
// rw_semaphore, percpu_rw_semaphore and lockdep_assert_held. The targets are in rwsem_target.cc.
#include "../support/search.h"

namespace hotweave {
namespace {

// The real thing, not the order that leads there.
const Effort kDeadlocksOnly{.lockdep = LockdepRules::Off};

TEST(Rwsem, WritersExclude) {
  ExpectSilentThoughContended("rwsem_excludes");
  ExpectFound("rwsem_write_under_read", "data-race", "data-race:write_as_reader,write_as_reader");
}

TEST(Rwsem, ReadersAreInsideTogether) {
  ExpectSilent("rwsem_readers_together");
  ExpectFound("rwsem_readers_count_racily", "data-race");
}

TEST(Rwsem, RecursiveReadBehindAWriterDeadlocks) {
  const Hit hit = ExpectFound("rwsem_recursive_read_writer", "deadlock", "deadlock:sem,sem", kDeadlocksOnly);
  EXPECT_GE(hit.walk, 0);
  ExpectSilent("rwsem_recursive_read_alone", kDeadlocksOnly);
  ExpectSilentThoughContended("rwsem_read_writer");
}

TEST(Rwsem, OneTaskOnBothSides) {
  ExpectFoundAtOnce("rwsem_upgrade", "recursive-lock", "recursive-lock:sem");
  ExpectFoundAtOnce("rwsem_write_then_read", "recursive-lock", "recursive-lock:sem");
}

TEST(Rwsem, Downgrade) {
  ExpectSilentThoughContended("rwsem_downgrade");
  ExpectFound("rwsem_downgrade_writes", "data-race", "data-race:downgrader_writes,read_both");
}

TEST(Rwsem, Misuse) {
  ExpectFoundAtOnce("rwsem_up_read_unheld", "lock-misuse", "lock-misuse:sem");
  ExpectFoundAtOnce("rwsem_up_write_as_reader", "lock-misuse", "lock-misuse:sem");
  ExpectFoundAtOnce("rwsem_leak", "lock-leak", "lock-leak:sem");
}

TEST(Rwsem, Trylock) { ExpectSilentThoughContended("rwsem_trylock"); }
TEST(Rwsem, NobodyOvertakesAQueuedWriter) { ExpectSilentThoughContended("rwsem_fair"); }

TEST(PercpuRwsem, WritersExclude) {
  ExpectSilentThoughContended("percpu_excludes");
  ExpectSilentThoughContended("percpu_many");
  ExpectFound("percpu_write_under_read", "data-race",
              "data-race:percpu_write_as_reader,percpu_write_as_reader");
}

TEST(PercpuRwsem, RecursiveReadNeedsThatNoWriterWaits) {
  ExpectSilent("percpu_recursive_read_alone", kDeadlocksOnly);
  const Hit hit = ExpectFound("percpu_recursive_read_writer", "deadlock", "deadlock:percpu,percpu", kDeadlocksOnly);
  EXPECT_GE(hit.walk, 0);
  ExpectSilentThoughContended("percpu_trylock_recursive_writer");
}

TEST(AssertHeld, EitherMode) {
  ExpectSilent("percpu_asserted");
  ExpectFoundAtOnce("percpu_not_held", "missing-lock");
}

TEST(AssertHeld, OneModeIsNotTheOther) {
  ExpectFoundAtOnce("percpu_write_asserted_read", "missing-lock");
  ExpectFoundAtOnce("rwsem_read_asserted_write", "missing-lock");
}

TEST(AssertHeld, ByThisTask) { ExpectFoundAtOnce("rwsem_held_by_other", "missing-lock", "missing-lock:sem"); }

}  // namespace
}  // namespace hotweave
