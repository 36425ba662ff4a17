// SPDX-License-Identifier: GPL-2.0-only OR MIT
// Every edge of happens-before that a primitive makes has a row of the table that fails without it: the rows are run
// again with one class of edges left out (core/edges.h), or with those of one line of it, for each in turn. And
// every line of the sources that makes an edge is reached by a row.
#include <map>
#include <string_view>

#include "../support/search.h"
#include "core/edges.h"
#include "edge_sites.h"

namespace hotweave {
namespace {

constexpr uint64_t kWalks = 100;

// Edges whose order another class makes as well: a row notices when both are left out, and not when one of them is.
const std::map<std::string, std::string> kCovered = {
    {"cpu.cc: PowerOn release",
     "cpu.cc: PowerOn wake"},
    {"cpu.cc: PowerOn wake",
     "cpu.cc: PowerOn release"},
    {"cpu.cc: StartSecondary acquire",
     "cpu.cc: PowerOn wake"},
    {"grace.cc: End wake",
     "grace.cc: ReaderLeft release"},
    {"grace.cc: StartGracePeriod release @ engine.Release(g.clock);",
     "grace.cc: End join clock"},
    {"kthread.cc: kthread_park acquire",
     "kthread.cc: kthread_parkme wake"},
    {"kthread.cc: kthread_parkme acquire",
     "kthread.cc: kthread_unpark wake"},
    {"kthread.cc: kthread_parkme release",
     "kthread.cc: kthread_parkme wake"},
    {"kthread.cc: kthread_parkme wake",
     "kthread.cc: kthread_park acquire"},
    {"kthread.cc: kthread_unpark release @ TryToWake(t, TASK_PARKED);",
     "kthread.cc: kthread_parkme acquire"},
    {"kthread.cc: kthread_unpark release @ engine.ReleaseJoin(t.park_clock);",
     "kthread.cc: kthread_unpark wake"},
    {"kthread.cc: kthread_unpark wake",
     "kthread.cc: kthread_parkme acquire"},
    {"lifecycle.cc: StartTask wake",
     "lifecycle.cc: NewTask create"},
    {"rwsem.cc: GrantReaders wake",
     "rwsem.cc: Read acquire"},
    {"sections.cc: RunSoftirqs wake",
     "lifecycle.cc: RunFiber acquire of softirqs"},
    {"smp.cc: kick_all_cpus_sync acquiring fence",
     "smp.cc: RunOne release"},
    {"smp.cc: kick_all_cpus_sync releasing fence",
     "smp.cc: RunOne release"},
    {"softirq.cc: RunTasklet acquire",
     "softirq.cc: DoSoftirq acquire"},
    {"softirq.cc: Schedule release",
     "softirq.cc: DoSoftirq acquire"},
    {"softirq.cc: tasklet_enable release",
     "softirq.cc: DoSoftirq acquire"},
    {"stop_machine.cc: Ack acquire",
     "stop_machine.cc: MultiCpuStop acquire"},
    {"stop_machine.cc: Ack release @ engine.Release(m.clock);",
     "stop_machine.cc: Ack wake"},
    {"stop_machine.cc: Ack wake",
     "stop_machine.cc: MultiCpuStop acquire"},
    {"stop_machine.cc: MultiCpuStop acquire",
     "stop_machine.cc: Ack acquire"},
    {"stop_machine.cc: Queue wake",
     "stop_machine.cc: Queue release"},
    {"swait.cc: finish_swait acquire @ engine.Acquire(Current().wake_clock);",
     "sched.cc: Sleep acquire"},
    {"wait.cc: wait_woken acquiring fence",
     "sched.cc: set_current_state acquiring fence"},
    {"wait.cc: wait_woken releasing fence",
     "sched.cc: set_current_state releasing fence"},
    {"workqueue_flush.cc: Finished wake",
     "workqueue_flush.cc: Finished release"},
};

// Edges whose absence no row can show, each with the reason.
const std::map<std::string, std::string> kRedundant = {
    {"bit_spinlock.cc: hotweave_bit_spin_wake wake",
     "who is woken takes the order from the word"},
    {"completion.cc: Complete release @ while (SwaitWakeFirst(&x->wait) && all) {",
     "a waiter that has not slept yet takes the lock of the completion"},
    {"completion.cc: Complete wake",
     "who is woken takes the order from the lock of the completion"},
    {"completion.cc: WaitFor release @ lock.emplace(x->wait.lock, Where::current());",
     "the lock is given up twice in a wait: what precedes its wait comes before nothing but complete()'s lock"},
    {"cpuhp.cc: CompleteAp wake",
     "who is woken takes the order from what completed"},
    {"cpuhp.cc: KickApAgain wake",
     "the thread takes the order from the release"},
    {"engine.cc: ArmTimer release",
     "who arms a timer publishes into it besides"},
    {"expiry.cc: RunCallback wake",
     "who is woken takes the order from the timer"},
    {"freezer.cc: __refrigerator acquiring fence",
     "what it and its thawer publish has the order"},
    {"freezer.cc: __refrigerator releasing fence",
     "the same"},
    {"freezer.cc: __thaw_task release @ TryToWake(t, TASK_FROZEN);",
     "the line before it publishes the same"},
    {"freezer.cc: __thaw_task release @ engine.ReleaseJoin(t.wake_clock);",
     "who is asleep is woken, and who is not, by the line after it"},
    {"irq.cc: WakeThread wake",
     "the thread takes the order from the line"},
    {"irq.cc: WakeWaiters wake",
     "who is woken takes the order from the line"},
    {"irq.cc: free_irq acquire",
     "the wait for the line's handlers before has the order"},
    {"irq.cc: free_irq wake",
     "a thread that is told to end makes no access any more"},
    {"lifecycle.cc: ExitCurrent wake",
     "who is woken takes the order from the task that has exited"},
    {"mutex.cc: mutex_unlock wake",
     "who is woken takes the order from the lock"},
    {"percpu_rwsem.cc: ReaderLeft wake",
     "who is woken takes the order from the lock"},
    {"percpu_rwsem.cc: WakeQueue wake",
     "the same"},
    {"rcu.cc: rcu_read_unlock_bh release",
     "the end of the section with bottom halves off has the order"},
    {"rcu_callbacks.cc: InvokeNext wake",
     "who is woken takes the order from the callbacks"},
    {"rcu_sync.cc: WakeAll wake",
     "who is woken takes the order from the rcu_sync"},
    {"rt_mutex.cc: rt_mutex_unlock wake",
     "who is woken takes the order from the lock"},
    {"rwlock.cc: WakeWaiters wake @ if ((t.irq || t.bh_off) && &t != first && t.wait.op == Op::ReadLock && Waiting(t, lock)) engine.Unblock(t);",
     "who is woken takes the order from the lock"},
    {"rwlock.cc: WakeWaiters wake @ if (first && Waiting(*first, lock) && (first->shared_waiter || !lock->lock.readers)) engine.Unblock(*first);",
     "who is woken takes the order from the lock"},
    {"rwsem.cc: RwsemWake wake",
     "the same"},
    {"rwsem.cc: downgrade_write acquire",
     "its own release"},
    {"semaphore.cc: up release @ TryToWake(*first, TASK_NORMAL);",
     "who is not asleep yet takes the order from the semaphore"},
    {"semaphore.cc: up wake",
     "who is woken takes the order from the semaphore"},
    {"seqlock.cc: hotweave_seqcount_writer wake",
     "the reader reads the count, and the barriers have the order"},
    {"smp.cc: WakeCaller wake",
     "who is woken takes the order from the call"},
    {"softirq.cc: WakeWaiters wake",
     "who is woken takes the order from the tasklet"},
    {"spinlock.cc: Drop wake",
     "who is woken takes the order from the lock"},
    {"stop_machine.cc: Signal release",
     "the wake-up has the order, unless the work was done before the wait"},
    {"stop_machine.cc: Signal wake",
     "who is woken takes the order from the work"},
    {"stop_machine.cc: WaitFor acquire",
     "the wake-up has the order, unless the work was done before the wait"},
    {"swait.cc: finish_swait acquire @ const QueueLock lock(q->lock);",
     "preparing has taken the lock before, and set the state: a full barrier"},
    {"workqueue_flush.cc: CancelSync wake",
     "who is woken takes the order from the flush"},
    {"workqueue_pool.cc: EndOrder release @ if (pwq.max_active == 1) engine.ReleaseJoin(pwq.clock);",
     "no row has two workers run works of one ordered workqueue that the pool does not order"},
    {"workqueue_pool.cc: EndOrder release @ if (w.pool->cpu >= 0) engine.ReleaseJoin(w.pool->clock);",
     "the rows' works run in one worker, or wake the next: either has the order"},
    {"workqueue_pool.cc: StartOrder acquire @ if (w.current_pwq->max_active == 1) engine.Acquire(w.current_pwq->clock);",
     "the same"},
    {"workqueue_pool.cc: StartOrder acquire @ if (w.pool->cpu >= 0 && !AnotherInTheMiddle(w)) engine.Acquire(w.pool->clock);",
     "the same"},
    {"workqueue_pool.cc: WakeWorker wake",
     "a worker forgets what woke it: the work has the order"},
    {"ww_mutex.cc: Wound wake",
     "the wounded one looks, and takes no order from that"},
    {"ww_mutex.cc: ww_mutex_unlock wake",
     "who is woken takes the order from the lock"},
};

// Lines that no row reaches, each with the reason.
const std::map<std::string, std::string> kUnreached = {
    {"cpuhp.cc: if (t.wait.op == Op::KthreadPark && t.wait.object == hot.task && !t.runnable) engine.Unblock(t);",
     "cpuhp/N parks idle: what it did was published when its callbacks completed"},
    {"rcu_callbacks.cc: engine.ContextEnter(kExcludesSoftirqs);",
     "the softirq of RCU sleeps between callbacks, and the rows end with the first batch"},
    {"rcu_callbacks.cc: if (&t != hot.task && !t.runnable && t.idle) engine.Unblock(t);", "the same: who wakes it"},
    {"workqueue_alloc.cc: engine.Unblock(t);", "the end of a rescuer, which runs nothing after it"},
    {"workqueue_pool.cc: if (!t.runnable && t.idle) engine.Unblock(t);",
     "a rescuer that sleeps: the works that it runs have the order"},
    {"ww_mutex.cc: if (other->acquired && Younger(other, ctx)) TryToWake(waiter, TASK_NORMAL);",
     "wait/die among two waiters: takes three tasks; the woken one gives up and takes no order from that"},
};

std::vector<std::string> Rows(bool silent) {
  std::vector<std::string> out;
  for (const hotweave_target* t : Targets()) {
    if (!std::string_view(t->name).starts_with("row_")) continue;
    const auto expectations = ExpectationsOf(t->name);
    if (expectations.size() == 1 && !*expectations[0]->kinds == silent) out.push_back(t->name);
  }
  return out;
}

using Edge = std::pair<std::string, uint32_t>;   // class and line

// The edges that a row makes.
std::set<Edge> EdgesOf(const std::string& row) {
  EdgeExperiment all;
  const RunOptions options = OptionsFor(row, {.edges = &all});
  for (int64_t walk = -1; walk < static_cast<int64_t>(kWalks); ++walk) RunWalk(options, walk);
  std::set<Edge> out;
  for (const auto& [name, lines] : all.seen) {
    for (const uint32_t line : lines) out.emplace(name, line);
  }
  return out;
}

using Missing = std::map<std::string, uint32_t>;   // as EdgeExperiment::drop

bool RacesWithout(const std::string& row, const Missing& missing) {
  EdgeExperiment without;
  without.drop = missing;
  const RunOptions options = OptionsFor(row, {.edges = &without});
  for (int64_t walk = -1; walk < static_cast<int64_t>(kWalks); ++walk) {
    const RunResult r = RunWalk(options, walk);
    if (r.finding && r.finding->kind == Kind::DataRace) return true;
  }
  return false;
}

// The first row that notices that these edges are missing; "" none.
std::string Noticed(const std::vector<std::string>& rows, const Missing& missing) {
  const auto row = std::find_if(rows.begin(), rows.end(), [&](const auto& r) { return RacesWithout(r, missing); });
  return row == rows.end() ? "" : row->substr(4);
}

// The first row that notices that an edge and a class are missing, though not that the class alone is; "" none.
std::string Covers(const std::vector<std::string>& rows, const Edge& edge, const std::string& by) {
  for (const std::string& row : rows) {
    Missing both{edge};
    both[by] = 0;
    if (RacesWithout(row, both) && !RacesWithout(row, {{by, 0}})) return row.substr(4);
  }
  return "";
}

EdgeSite SiteOf(const Edge& edge) { return {edge.first.substr(0, edge.first.find(':')), edge.second}; }

class Edges : public testing::Test {
 protected:
  static void SetUpTestSuite() {
    sites = EdgeSites(std::filesystem::path(HOTWEAVE_SOURCE_DIR) / "runtime");
    for (const bool silent : {true, false}) {
      for (const std::string& row : Rows(silent)) {
        for (const Edge& edge : EdgesOf(row)) {
          reached.insert(SiteOf(edge));
          if (silent) rows_of[edge].push_back(row);
        }
      }
    }
    for (const auto& [edge, rows] : rows_of) lines_of[edge.first].push_back(edge.second);
  }

  static std::string CodeOf(const EdgeSite& site) { return site.first + ": " + sites[site]; }

  static inline std::map<EdgeSite, std::string> sites;
  static inline std::set<EdgeSite> reached;
  static inline std::map<Edge, std::vector<std::string>> rows_of;         // silent ones
  static inline std::map<std::string, std::vector<uint32_t>> lines_of;   // by class
};

TEST_F(Edges, EachHasARowThatFailsWithoutIt) {
  EXPECT_GE(lines_of.size(), 40u);
  std::string table;
  std::set<std::string> used;
  size_t shown = 0;
  for (const auto& [edge, rows] : rows_of) {
    const auto& [name, line] = edge;
    // A class of one line goes by its name, an edge of many by its code besides.
    std::string called = name;
    if (lines_of[name].size() > 1) called += " @ " + sites[SiteOf(edge)];
    const std::string row = Noticed(rows, {edge});
    const bool redundant = kRedundant.contains(called);
    const auto cover = kCovered.find(called);
    if (redundant || cover != kCovered.end()) used.insert(called);
    if (!row.empty()) {
      EXPECT_TRUE(!redundant && cover == kCovered.end()) << called << ": " << row << " notices";
      table += called + ": " + row + "\n";
      ++shown;
    } else if (cover != kCovered.end()) {
      const std::string both = Covers(rows, edge, cover->second);
      EXPECT_FALSE(both.empty()) << called << ": no row fails without both it and " << cover->second;
      table += called + ", " + cover->second + ": " + both + "\n";
    } else {
      EXPECT_TRUE(redundant) << called << " (line " << line << "): left out, and none of " << rows.size()
                             << " rows notices, as " << rows.front();
    }
  }
  RecordProperty("edges", table);
  for (const auto* list : {&kCovered, &kRedundant}) {
    for (const auto& [edge, reason] : *list) EXPECT_TRUE(used.contains(edge)) << edge << ": no row makes it";
  }
  const size_t silent = Rows(true).size();
  std::printf("%zu rows, %zu of them silent; %zu edges in %zu classes: %zu shown by a row, %zu with another, %zu "
              "redundant; %zu lines make edges, %zu of them unreached\n",
              silent + Rows(false).size(), silent, rows_of.size(), lines_of.size(), shown, kCovered.size(),
              kRedundant.size(), sites.size(), kUnreached.size());
}

TEST_F(Edges, EachLineIsReachedByARow) {
  std::set<std::string> unreached;
  EXPECT_GE(sites.size(), 100u);
  for (const auto& [site, code] : sites) {
    if (reached.contains(site)) continue;
    unreached.insert(CodeOf(site));
    EXPECT_TRUE(kUnreached.contains(CodeOf(site))) << CodeOf(site) << " (line " << site.second << "): no row comes here";
  }
  for (const auto& [code, reason] : kUnreached) EXPECT_TRUE(unreached.contains(code)) << code << ": a row comes here";
  for (const EdgeSite& site : reached) {
    EXPECT_TRUE(sites.contains(site)) << site.first << ":" << site.second << " makes edges, and edge_sites.h does not know";
  }
}

}  // namespace
}  // namespace hotweave
