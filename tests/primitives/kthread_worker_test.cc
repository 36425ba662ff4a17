// SPDX-License-Identifier: GPL-2.0-only OR MIT
// Works of one thread against <linux/kthread_worker.h>, and <linux/rcuwait.h>. Targets: kthread_worker_target.cc.
#include "../support/search.h"

namespace hotweave {
namespace {

TEST(KthreadWorker, Orders) {
  ExpectSilent("kthread_work_flush");
  ExpectFound("kthread_work_no_flush", "data-race");
}
TEST(KthreadWorker, Delays) { ExpectSilent("kthread_work_delayed", {.walks = 1000}); }
TEST(KthreadWorker, HasItsCpu) { ExpectSilent("kthread_work_on_cpu"); }

TEST(KthreadWorker, Misuse) {
  ExpectFound("kthread_work_flushes_itself", "hung-task");
  ExpectFound("kthread_work_two_workers", "assertion");
  ExpectFound("kthread_work_left", "use-after-free");
  ExpectFound("kthread_work_freed", "use-after-free");
  ExpectFound("kthread_work_flush_atomic", "sleep-in-atomic");
}

TEST(Rcuwait, Wakes) {
  ExpectSilent("rcuwait_wakes", {.walks = 1000});
  ExpectFound("rcuwait_lost", "hung-task");
}

}  // namespace
}  // namespace hotweave
