// SPDX-License-Identifier: GPL-2.0-only OR MIT
// Campaigns of random strategies, in this process or in several. See campaign.h.
#include "campaign.h"

#include <fmt/format.h>
#include <signal.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <atomic>
#include <cstring>
#include <new>

#include "core/internal.h"
#include "core/trace.h"
#include "distinct.h"
#include "progress.h"

namespace hotweave {
namespace {

constexpr uint64_t kBatch = 256;         // executions between two looks at the clock
constexpr size_t kMaxOrders = 256;       // kept per job
constexpr size_t kMaxPassedBy = 64;      // likewise

std::atomic<bool> stop_requested{false};
void OnStop(int) { stop_requested = true; }

struct SharedOrder {
  char object[160], first[16], then[16];
  uint64_t address, count;
};

struct SharedFinding {
  char fingerprint[192];
  uint64_t count, first;
};

// What a worker tells while it runs; lives in shared memory when there are several.
struct Worker {
  std::atomic<uint64_t> executions{0}, steps{0}, preemptions{0}, switches{0}, contended{0}, out_of_budget{0};
  std::atomic<uint64_t> failing{~uint64_t{0}};
  std::atomic<uint32_t> max_tasks{0};
  uint64_t last_steps = 0;
  char budget_reason[64] = {};
  DistinctCounter distinct;
  size_t order_count = 0;
  SharedOrder orders[kMaxOrders];
  size_t passed_by_count = 0;
  SharedFinding passed_by[kMaxPassedBy];
};

struct Shared {
  std::atomic<bool> stop{false};
  Worker workers[1];   // as many as there are jobs
};

template <size_t N>
void CopyString(char (&to)[N], const std::string& from) {
  std::strncpy(to, from.c_str(), N - 1);
  to[N - 1] = 0;
}

void SaveOrders(Worker* w) {
  for (const OrderSeen& o : OrdersSeen()) {
    if (w->order_count == kMaxOrders) break;
    SharedOrder& s = w->orders[w->order_count++];
    CopyString(s.object, o.object);
    CopyString(s.first, o.first);
    CopyString(s.then, o.then);
    s.address = o.address;
    s.count = o.count;
  }
}

void PassBy(const Finding& f, uint64_t index, Worker* w) {
  const std::string fingerprint = f.fingerprint.substr(0, sizeof(SharedFinding::fingerprint) - 1);
  SharedFinding* const end = w->passed_by + w->passed_by_count;
  SharedFinding* known = std::find_if(w->passed_by, end, [&](const SharedFinding& s) { return s.fingerprint == fingerprint; });
  if (known == end) {
    if (w->passed_by_count == kMaxPassedBy) return;
    ++w->passed_by_count;
    CopyString(known->fingerprint, fingerprint);
    known->count = 0;
    known->first = index;
  }
  ++known->count;
}

bool Account(const CampaignOptions& o, const RunResult& r, uint64_t index, Worker* w) {
  w->steps += r.steps;
  w->preemptions += r.preemptions;
  w->switches += r.switches;
  w->contended += r.contended;
  w->distinct.Add(r.schedule_hash);
  if (r.tasks > w->max_tasks) w->max_tasks = r.tasks;
  ++w->executions;
  w->last_steps = r.steps;
  if (r.verdict == VerdictKind::OutOfBudget && ++w->out_of_budget == 1) CopyString(w->budget_reason, r.budget_reason);
  if (r.verdict != VerdictKind::Finding) return false;
  if (!r.finding->fingerprint.starts_with(o.until)) {
    PassBy(*r.finding, index, w);
    return false;
  }
  w->failing = index;
  return true;
}

// Whether a broken invariant is a lost update is known when the execution is traced: only then can it be the one that
// is looked for.
RunResult RunNth(const CampaignOptions& o, const Learned& learned, uint64_t i) {
  RunResult r = RunExecution(o.run, *NthOfCampaign(o, learned, i));
  if (o.until.empty() || !r.finding || r.finding->kind != Kind::Invariant) return r;
  Trace trace;
  r.finding = RunExecution(o.run, *NthOfCampaign(o, learned, i), &trace).finding;
  return r;
}

// Executions job, job + jobs, job + 2 jobs … until a finding, a limit or a stop.
template <typename Tick>
void Work(const CampaignOptions& o, unsigned job, Worker* w, const std::atomic<bool>& stop, Tick tick) {
  const Learned learned = LearnFor(o);
  ForgetOrdersSeen();
  uint64_t batch = 0;
  for (uint64_t i = job; o.runs == 0 || i < o.runs; i += o.jobs) {
    if (Account(o, RunNth(o, learned, i), i, w)) break;
    if (++batch % kBatch == 0 && (stop || StopRequested() || !tick())) break;
  }
  SaveOrders(w);
}

void Merge(const Worker& w, CampaignResult* r, DistinctCounter* distinct, bool latest) {
  r->executions += w.executions;
  r->steps += w.steps;
  r->preemptions += w.preemptions;
  r->switches += w.switches;
  r->contended += w.contended;
  r->out_of_budget += w.out_of_budget;
  if (r->budget_reason.empty()) r->budget_reason = w.budget_reason;
  r->max_tasks = std::max<uint32_t>(r->max_tasks, w.max_tasks);
  distinct->Merge(w.distinct);
  if (w.failing != ~uint64_t{0} && (!r->failing || w.failing < *r->failing)) r->failing = w.failing.load();
  if (latest || r->failing == w.failing) r->last_steps = w.last_steps;
  for (size_t i = 0; i < w.passed_by_count; ++i) {
    const SharedFinding& s = w.passed_by[i];
    auto it = std::find_if(r->passed_by.begin(), r->passed_by.end(), [&](const FindingCount& f) { return f.fingerprint == s.fingerprint; });
    if (it == r->passed_by.end()) it = r->passed_by.insert(it, {s.fingerprint, 0, s.first});
    it->count += s.count;
    it->first = std::min(it->first, s.first);
  }
  for (size_t i = 0; i < w.order_count; ++i) {
    const SharedOrder& s = w.orders[i];
    auto same = [&](const OrderCount& c) { return c.object == s.object && c.first == s.first && c.then == s.then; };
    auto it = std::find_if(r->orders.begin(), r->orders.end(), same);
    if (it == r->orders.end()) {
      r->orders.push_back({s.object, s.first, s.then, s.address, s.count});
    } else {
      it->count += s.count;
    }
  }
}

Shared* MapShared(unsigned jobs) {
  const size_t size = sizeof(Shared) + (jobs - 1) * sizeof(Worker);
  void* p = mmap(nullptr, size, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
  HW_CHECK(p != MAP_FAILED);
  auto* shared = new (p) Shared;
  for (unsigned j = 1; j < jobs; ++j) new (&shared->workers[j]) Worker;
  return shared;
}

uint64_t Total(const Shared& s, unsigned jobs) {
  uint64_t n = 0;
  for (unsigned j = 0; j < jobs; ++j) n += s.workers[j].executions;
  return n;
}

// Executions that were passed by for --until are not the end of the search.
ProgressState StateOf(const CampaignOptions& o, const Shared& s) {
  ProgressState p;
  p.done = Total(s, o.jobs);
  p.of = o.runs;
  p.seconds = o.seconds;
  size_t others = 0;
  for (unsigned j = 0; j < o.jobs; ++j) others = std::max(others, s.workers[j].passed_by_count);
  if (others) p.note = fmt::format("{} other finding{}", others, others == 1 ? "" : "s");
  return p;
}

bool AnyFailing(const Shared& s, unsigned jobs) {
  for (unsigned j = 0; j < jobs; ++j) {
    if (s.workers[j].failing != ~uint64_t{0}) return true;
  }
  return false;
}

// Waits for the children; stops all of them at the first finding, at the time limit or on request.
void Supervise(const CampaignOptions& o, Shared* s, std::vector<pid_t> children, ProgressLine* progress) {
  while (!children.empty()) {
    int status;
    const pid_t pid = waitpid(-1, &status, WNOHANG);
    if (pid > 0) {
      std::erase(children, pid);
      if (!WIFEXITED(status) || WEXITSTATUS(status) != 0) {
        for (pid_t c : children) kill(c, SIGKILL);
        if (WIFEXITED(status)) _exit(WEXITSTATUS(status));   // it has said why
        InternalError("a job of the campaign died");
      }
      continue;
    }
    if (AnyFailing(*s, o.jobs) || StopRequested() || (o.seconds > 0 && progress->elapsed() >= o.seconds)) s->stop = true;
    if (progress->Due()) progress->Say(StateOf(o, *s));
    usleep(2000);
  }
}

}  // namespace

bool StopRequested() {
  static const bool installed = [] {
    struct sigaction action = {};
    action.sa_handler = OnStop;
    action.sa_flags = SA_RESETHAND;   // a second one kills
    sigaction(SIGINT, &action, nullptr);
    sigaction(SIGTERM, &action, nullptr);
    return true;
  }();
  return installed && stop_requested;
}

Learned LearnFor(const CampaignOptions& o) {
  if (!Learns(o.strategy)) return {};
  Counting counting;
  RunExecution(o.run, counting);
  return counting.learned();
}

std::unique_ptr<Strategy> NthOfCampaign(const CampaignOptions& o, const Learned& learned, uint64_t i) {
  return MakeStrategy(o.strategy, learned, o.seed, i);
}

CampaignResult RunRandomCampaign(const CampaignOptions& o) {
  ProgressLine progress(o.title, o.progress);
  Shared* shared = MapShared(o.jobs);
  StopRequested();
  if (o.jobs == 1) {
    Worker* w = &shared->workers[0];
    Work(o, 0, w, shared->stop, [&] {
      if (progress.Due()) progress.Say(StateOf(o, *shared));
      return o.seconds <= 0 || progress.elapsed() < o.seconds;
    });
  } else {
    std::vector<pid_t> children;
    for (unsigned j = 0; j < o.jobs; ++j) {
      const pid_t pid = fork();
      HW_CHECK(pid >= 0);
      if (pid == 0) {
        Work(o, j, &shared->workers[j], shared->stop, [] { return true; });
        _exit(0);
      }
      children.push_back(pid);
    }
    Supervise(o, shared, std::move(children), &progress);
  }
  progress.Done();
  CampaignResult r;
  DistinctCounter distinct;
  for (unsigned j = 0; j < o.jobs; ++j) Merge(shared->workers[j], &r, &distinct, j == 0);
  r.distinct_schedules = std::min(distinct.Estimate(), r.executions);
  r.interrupted = StopRequested();
  r.seconds = progress.elapsed();
  std::sort(r.orders.begin(), r.orders.end(), [](const OrderCount& a, const OrderCount& b) {
    if (a.count != b.count) return a.count > b.count;
    return std::tie(a.object, a.first, a.then) < std::tie(b.object, b.first, b.then);
  });
  std::sort(r.passed_by.begin(), r.passed_by.end(), [](const FindingCount& a, const FindingCount& b) {
    return std::tie(b.count, a.fingerprint) < std::tie(a.count, b.fingerprint);
  });
  munmap(shared, sizeof(Shared) + (o.jobs - 1) * sizeof(Worker));
  return r;
}

}  // namespace hotweave
