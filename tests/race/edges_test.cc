// SPDX-License-Identifier: GPL-2.0-only OR MIT
// Every edge of happens-before that a primitive makes has a row of the table that fails without it: the rows are run
// again with one class of edges left out (core/edges.h), for each class in turn.
#include <map>
#include <string_view>

#include "../support/search.h"
#include "core/edges.h"

namespace hotweave {
namespace {

constexpr uint64_t kWalks = 100;

// Classes of edges whose absence no row can show, each with the reason.
const std::map<std::string, std::string> kRedundant = {
    {"engine.cc: ArmTimer release", "who arms a timer publishes into it besides"},
    {"grace.cc: End wake", "who is woken takes the order from the grace period"},
    {"rcu_callbacks.cc: InvokeNext wake", "who is woken takes the order from the callbacks"},
    {"lifecycle.cc: ExitCurrent wake", "who is woken takes the order from the task that has exited"},
    {"lifecycle.cc: StartTask wake", "created and started in one go: the creation is the order"},
    {"mutex.cc: mutex_unlock wake", "who is woken takes the order from the lock"},
    {"grace.cc: End wake", "who is woken takes the order from the grace period"},
    {"percpu_rwsem.cc: ReaderLeft wake", "who is woken takes the order from the lock"},
    {"percpu_rwsem.cc: WakeQueue wake", "the same"},
    {"rcu_callbacks.cc: InvokeNext wake", "who is woken takes the order from the callbacks"},
    {"rcu.cc: rcu_read_unlock_bh release", "the end of the section with bottom halves off has the order"},
    {"rcu_sync.cc: WakeAll wake", "who is woken takes the order from the rcu_sync"},
    {"rcu_sync.cc: rcu_sync_exit release", "the lock around it has the order"},
    {"rwsem.cc: GrantReaders wake", "who is woken takes the order from the lock"},
    {"rwsem.cc: RwsemWake wake", "the same"},
    {"rwsem.cc: downgrade_write acquire", "its own release"},
    {"seqlock.cc: hotweave_seqcount_writer wake", "the reader reads the count, and the barriers have the order"},
    {"sections.cc: RunSoftirqs wake", "who raised it, and the end of the section, have the order"},
    {"bit_spinlock.cc: hotweave_bit_spin_wake wake", "who is woken takes the order from the word"},
    {"rwlock.cc: WakeWaiters wake", "who is woken takes the order from the lock"},
    {"smp.cc: WakeCaller wake", "who is woken takes the order from the call"},
    {"softirq.cc: WakeWaiters wake", "who is woken takes the order from the tasklet"},
    {"softirq.cc: RunTasklet acquire", "no row schedules a tasklet that waits already: else the softirq has the order"},
    {"softirq.cc: Schedule release", "the same"},
    {"softirq.cc: tasklet_enable release", "raising the softirq again has the order"},
    {"spinlock.cc: Drop wake", "who is woken takes the order from the lock"},
    {"completion.cc: Complete wake", "who is woken takes the order from the lock of the completion"},
    {"cpu.cc: PowerOn release", "the CPU's first thread is woken by the same"},
    {"cpu.cc: PowerOn wake", "the CPU's first thread takes the order from the release"},
    {"cpu.cc: StartSecondary acquire", "the wake-up has the order"},
    {"cpuhp.cc: CompleteAp wake", "who is woken takes the order from what completed"},
    {"cpuhp.cc: KickApAgain wake", "the thread takes the order from the release"},
    {"stop_machine.cc: Ack acquire", "the wake-up of each state has the order"},
    {"stop_machine.cc: Ack wake", "a stopper takes the order from the state"},
    {"stop_machine.cc: MultiCpuStop acquire", "the wake-up of each state has the order"},
    {"stop_machine.cc: Queue wake", "a stopper takes the order from the work"},
    {"stop_machine.cc: Signal release", "the wake-up has the order, unless the work was done before the wait"},
    {"stop_machine.cc: Signal wake", "who is woken takes the order from the work"},
    {"stop_machine.cc: WaitFor acquire", "the wake-up has the order, unless the work was done before the wait"},
    {"workqueue_flush.cc: Finished wake", "who is woken takes the order from its wait"},
    {"workqueue_pool.cc: WakeWorker wake", "a worker forgets what woke it: the work has the order"},
};

std::vector<std::string> SilentRows() {
  std::vector<std::string> out;
  for (const hotweave_target* t : Targets()) {
    if (!std::string_view(t->name).starts_with("row_")) continue;
    const auto expectations = ExpectationsOf(t->name);
    if (expectations.size() == 1 && !*expectations[0]->kinds) out.push_back(t->name);
  }
  return out;
}

// The edges that a row makes.
std::set<std::string> EdgesOf(const std::string& row) {
  EdgeExperiment all;
  const RunOptions options = OptionsFor(row, {.edges = &all});
  for (int64_t walk = -1; walk < static_cast<int64_t>(kWalks); ++walk) RunWalk(options, walk);
  return all.seen;
}

bool RacesWithout(const std::string& row, const std::string& edge) {
  EdgeExperiment without;
  without.drop = edge;
  const RunOptions options = OptionsFor(row, {.edges = &without});
  for (int64_t walk = -1; walk < static_cast<int64_t>(kWalks); ++walk) {
    const RunResult r = RunWalk(options, walk);
    if (r.finding && r.finding->kind == Kind::DataRace) return true;
  }
  return false;
}

TEST(Edges, EachHasARowThatFailsWithoutIt) {
  std::map<std::string, std::vector<std::string>> rows_of;
  for (const std::string& row : SilentRows()) {
    for (const std::string& edge : EdgesOf(row)) rows_of[edge].push_back(row);
  }
  EXPECT_GE(rows_of.size(), 40u);
  std::string table;
  for (const auto& [edge, rows] : rows_of) {
    const auto noticed = std::find_if(rows.begin(), rows.end(), [&](const auto& r) { return RacesWithout(r, edge); });
    const bool redundant = kRedundant.contains(edge);
    if (noticed == rows.end()) {
      EXPECT_TRUE(redundant) << edge << ": left out, and none of " << rows.size() << " rows notices, as "
                             << rows.front();
    } else {
      EXPECT_FALSE(redundant) << edge << ": " << *noticed << " notices";
      table += edge + ": " + noticed->substr(4) + "\n";
    }
  }
  RecordProperty("edges", table);
  for (const auto& [edge, reason] : kRedundant) EXPECT_TRUE(rows_of.contains(edge)) << edge << ": no row makes it";
}

}  // namespace
}  // namespace hotweave
