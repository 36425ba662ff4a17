// SPDX-License-Identifier: GPL-2.0-only OR MIT
// See families_helper.h.
#include "families_helper.h"

#include <fmt/format.h>

#include <algorithm>
#include <sstream>

#include "strategy/random.h"

namespace hotweave {
namespace {

constexpr const char* kNames[] = {
#define EX_OP(kind, ...) #kind,
#include "ops.def"
#undef EX_OP
};

std::vector<explore_kind> AllKinds() {
  std::vector<explore_kind> all;
  for (int i = 0; i < EX_KINDS; ++i) all.push_back(static_cast<explore_kind>(i));
  // What ends the program's time, or takes many steps, is left to its own family; and some are for kept programs alone.
  for (explore_kind slow : {EX_CPU_DOWN, EX_CPU_UP, EX_SPIN_UNTIL, EX_STOP_MACHINE}) std::erase(all, slow);
  for (explore_kind kept : {EX_CHOOSE_SPIN, EX_CHOOSE_OFF, EX_RWSEM_SHARED, EX_IF_COUNTED, EX_SLEEP_ATOMIC}) std::erase(all, kept);
  return all;
}

std::vector<explore_kind> WithMemory(std::vector<explore_kind> kinds) {
  kinds.insert(kinds.end(), {EX_WRITE, EX_READ, EX_INC, EX_DOUBLE});
  return kinds;
}

const std::vector<Family>& Table() {
  static const std::vector<Family> table = {
      {"soup", "anything that two features do together", 2, 3, 3, Cpus::Mixed, WithMemory(AllKinds()),
       {EX_WRITE, EX_READ, EX_INC, EX_MARKED, EX_ATOMIC, EX_DOUBLE, EX_MUTEX_EFFECT, EX_WAKE, EX_ASSERT}, {EX_NOTHING, EX_NOTHING, EX_NOT_THREE}},
      {"memory", "an access that is not a touch, initials of a race that are wrong, sleeping tasks that are never woken", 2, 4, 2, Cpus::Any,
       {EX_WRITE, EX_READ, EX_INC, EX_DOUBLE, EX_MARKED, EX_ATOMIC}, {EX_WRITE, EX_READ, EX_DOUBLE, EX_MARKED, EX_ATOMIC}, {EX_NOTHING}},
      {"crowd", "which CPU a task gets depends on who has run before: no place of the CPU at a switch", 3, 4, 2, Cpus::Any,
       {EX_CPU, EX_PERCPU_INC, EX_PERCPU_DOUBLE, EX_PREEMPT_EMPTY, EX_PREEMPT_CPU, EX_READ},
       {EX_CPU, EX_PERCPU_INC, EX_PERCPU_NOTE, EX_PREEMPT_INC, EX_PREEMPT_CPU, EX_MIGRATE_CPU}, {EX_NOTHING}},
      {"bound", "tasks of one CPU: who holds it keeps the others out", 2, 3, 2, Cpus::Same,
       {EX_PREEMPT_INC, EX_PREEMPT_EMPTY, EX_PREEMPT_LOOK, EX_SPIN_EFFECT, EX_READ, EX_PERCPU_DOUBLE},
       {EX_PREEMPT_INC, EX_PREEMPT_LOOK, EX_SPIN_EFFECT, EX_BH_EFFECT, EX_IRQ_EFFECT, EX_DOUBLE, EX_WRITE, EX_PERCPU_NOTE}, {EX_NOTHING}},
      {"moving", "a task whose CPU is held goes to another one, or cannot run at all", 2, 4, 2, Cpus::Mixed,
       {EX_CPU, EX_PREEMPT_CPU, EX_SET_CPU, EX_MIGRATE_CPU, EX_PERCPU_DOUBLE},
       {EX_CPU, EX_PREEMPT_CPU, EX_RAW_CPU, EX_PERCPU_DOUBLE, EX_PERCPU_NOTE, EX_MUTEX_EMPTY, EX_SPIN_TWICE}, {EX_NOTHING}},
      {"sections", "an interrupt is kept out by a section, and runs at its end: changes of the context", 2, 3, 2, Cpus::Mixed,
       {EX_RAISE, EX_CALL_WAIT, EX_CALL_ASYNC, EX_TASKLET},
       {EX_IRQ_EFFECT, EX_BH_EFFECT, EX_SPIN_IRQ, EX_SPIN_BH, EX_READ, EX_DOUBLE, EX_PREEMPT_LOOK}, {EX_NOTHING}},
      {"locks", "the order of two critical sections, failed attempts, readers together", 2, 3, 2, Cpus::Any,
       {EX_MUTEX_EFFECT, EX_SPIN_EFFECT, EX_RWLOCK_WRITE, EX_RWSEM_WRITE, EX_RAW_EFFECT, EX_BOTH_MUTEXES},
       {EX_MUTEX_EFFECT, EX_MUTEX_TRY, EX_MUTEX_NOTE, EX_SPIN_TRY, EX_SPIN_EFFECT, EX_RWLOCK_READ, EX_RWSEM_READ, EX_RWSEM_TRY, EX_BOTH_MUTEXES}, {EX_NOTHING}},
      {"unknown", "operations of which nothing is known but that they touch what all share", 2, 3, 2, Cpus::Any,
       {EX_RT_MUTEX, EX_DOWN, EX_UP, EX_BIT_LOCK, EX_SEQ_WRITE, EX_SRCU_SYNC},
       {EX_RT_MUTEX, EX_DOWN_TRY, EX_UP, EX_BIT_LOCK, EX_SEQ_LOOK, EX_SRCU_READ, EX_READ, EX_DOUBLE}, {EX_NOTHING}},
      {"exclusion", "what is kept apart by a lock in some places is not in others", 2, 3, 2, Cpus::Any,
       {EX_MUTEX_EFFECT, EX_MUTEX_NOTE, EX_SPIN_EFFECT, EX_MUTEX_INC},
       {EX_MUTEX_NOTE, EX_DOUBLE, EX_READ, EX_MUTEX_EFFECT, EX_WRITE}, {EX_NOTHING, EX_NOT_BOTH}},
      {"sleepers", "a wake-up that comes before, between or after setting the state and sleeping", 2, 3, 2, Cpus::Mixed,
       {EX_WAKE_TASK, EX_WAKE_BARE, EX_SET, EX_WAKE}, {EX_SLEEP, EX_SLEEP_LATE, EX_SLEEP_BARE, EX_WAIT_EVENT, EX_WAKE_BARE, EX_SET}, {EX_NOTHING}},
      {"events", "completions, waits with a limit, wait queues", 2, 3, 2, Cpus::Any,
       {EX_COMPLETE, EX_COMPLETE_ALL, EX_WAKE, EX_WRITE}, {EX_WAIT, EX_TRY_WAIT, EX_WAIT_TIMEOUT, EX_WAIT_EVENT, EX_READ}, {EX_NOTHING}},
      {"threads", "beginning, end, stopping and parking of threads", 1, 2, 2, Cpus::Any,
       {EX_SPAWN, EX_SPAWN_JOIN, EX_DAEMON_STOP, EX_DAEMON_LOOK, EX_DAEMON_PARK}, {EX_READ, EX_DOUBLE, EX_SPAWN, EX_SPAWN_JOIN, EX_PREEMPT_CPU}, {EX_NOTHING}},
      {"grace", "grace periods look at the context of all tasks", 2, 3, 2, Cpus::Mixed,
       {EX_RCU_SYNC, EX_RCU_SYNC_BARE, EX_RCU_FREE, EX_RCU_CALL, EX_RCU_BARRIER},
       {EX_RCU_READ, EX_RCU_USE, EX_RCU_USE_SCHED, EX_PREEMPT_LOOK, EX_PREEMPT_INC, EX_DOUBLE, EX_RCU_CALL}, {EX_NOTHING}},
      {"works", "works of one queue, of several, on chosen CPUs: lists, workers, who waits", 1, 2, 2, Cpus::Any,
       {EX_QUEUE, EX_QUEUE_ON, EX_FLUSH, EX_CANCEL}, {EX_QUEUE, EX_QUEUE_ON, EX_FLUSH, EX_CANCEL, EX_PENDING, EX_FLUSH_QUEUE, EX_DOUBLE, EX_READ, EX_MUTEX_EMPTY}, {EX_NOTHING}},
      {"delayed", "delayed works: their timers and their queues", 1, 2, 2, Cpus::Any,
       {EX_DELAYED, EX_MOD_DELAYED}, {EX_DELAYED, EX_MOD_DELAYED, EX_CANCEL_DELAYED, EX_READ, EX_DOUBLE, EX_QUEUE}, {EX_NOTHING}},
      {"timers", "a timer may fire wherever tasks can run, and its handler races with them", 1, 2, 2, Cpus::Any,
       {EX_MOD_TIMER, EX_NAP, EX_JIFFIES, EX_HRTIMER}, {EX_HRTIMER_CANCEL, EX_MOD_TIMER, EX_DEL_TIMER, EX_DEL_TIMER_SYNC, EX_TIMER_PENDING, EX_JIFFIES, EX_READ, EX_DOUBLE, EX_IRQ_EFFECT}, {EX_NOTHING}},
      {"clock", "the clock moves: sleeps with a limit against what ends them", 2, 3, 2, Cpus::Any,
       {EX_NAP, EX_WAIT_TIMEOUT, EX_MOD_TIMER}, {EX_JIFFIES, EX_COMPLETE, EX_WAKE_BARE, EX_DOUBLE, EX_READ, EX_MSLEEP}, {EX_NOTHING}},
      {"heap", "where memory comes from, and what is still in it when it is freed", 2, 3, 2, Cpus::Any,
       {EX_ALLOC_WHERE, EX_FREE_SHARED, EX_FREE_OBJECT, EX_ALLOC},
       {EX_ALLOC_WHERE, EX_USE_SHARED, EX_FREE_SHARED, EX_ARM_OBJECT, EX_DISARM_OBJECT, EX_QUEUE_OBJECT, EX_ALLOC}, {EX_NOTHING}},
      {"loops", "spinning: who runs next, and what a look at a flag sees", 2, 3, 2, Cpus::Mixed,
       {EX_SPIN_UNTIL, EX_SPIN_TWICE, EX_YIELD, EX_RELAX, EX_RESCHED}, {EX_SET, EX_WRITE, EX_DOUBLE, EX_YIELD, EX_SPIN_TWICE, EX_PREEMPT_INC, EX_SPIN_EFFECT}, {EX_NOTHING}},
      {"machine", "all CPUs stop at once, readers on one CPU are counted, CPUs come and go", 1, 2, 1, Cpus::Any,
       {EX_STOP_MACHINE, EX_PERCPU_WRITE, EX_CPU_DOWN, EX_CPU_UP}, {EX_READ, EX_DOUBLE, EX_PREEMPT_LOOK, EX_PERCPU_READ, EX_CPUS_READ, EX_CPU}, {EX_NOTHING}},
      {"choices", "values drawn are part of what a task is", 2, 3, 2, Cpus::Any,
       {EX_CHOOSE, EX_CHOOSE_STORE, EX_ONE_IN}, {EX_CHOOSE, EX_READ, EX_DOUBLE, EX_CHOOSE_STORE}, {EX_NOTHING}},
      {"checks", "a finding hides what comes after it; an invariant is looked at before each switch", 2, 3, 2, Cpus::Any,
       {EX_ASSERT, EX_ASSERT_BOTH, EX_INC, EX_WRITE}, {EX_INC, EX_SET, EX_DOUBLE, EX_ASSERT, EX_MUTEX_INC}, {EX_NOTHING, EX_NOT_THREE, EX_NOT_BOTH}},
  };
  return table;
}

}  // namespace

std::span<const Family> Families() { return Table(); }

const Family* FindFamily(const std::string& name) {
  for (const Family& f : Table()) {
    if (name == f.name) return &f;
  }
  return nullptr;
}

explore_program ProgramOf(const Family& f, uint64_t seed) {
  Random random(MixSeed(seed, 7));
  auto below = [&](size_t n) { return random.Below(static_cast<uint32_t>(n)); };
  explore_program p = {};
  p.tasks = f.least_tasks + below(f.most_tasks - f.least_tasks + 1);
  p.init = p.tasks == 1 || below(2);
  p.always = f.always[below(f.always.size())];
  for (unsigned t = 0; t < p.tasks; ++t) {
    const std::vector<explore_kind>& kinds = t ? f.others : f.first;
    if (f.cpus == Cpus::Same) p.cpu[t] = 1;
    if (f.cpus == Cpus::Mixed && below(2)) p.cpu[t] = static_cast<unsigned char>(1 + below(2));
    // Many tasks or many operations, not both.
    p.ops[t] = 1 + below(p.tasks > 3 ? 1 : f.most_ops) + (p.tasks == 1);
    for (unsigned i = 0; i < p.ops[t]; ++i) {
      const explore_kind kind = p.tasks == 1 && i ? f.others[below(f.others.size())] : kinds[below(kinds.size())];
      p.op[t][i] = {static_cast<unsigned char>(kind), static_cast<unsigned char>(below(2)), static_cast<unsigned char>(below(2))};
    }
  }
  return p;
}

// [ FIRST(1,b) ][ OTHER(1,b) ] or [ WRITE(0,1) FIRST(1,b) ][ READ(0,0) OTHER(1,b) ], and the same exchanged.
std::optional<explore_program> PairOf(const Family& f, unsigned i) {
  const size_t n = f.first.size() * f.others.size();
  if (i >= 8 * n) return std::nullopt;
  const auto first = static_cast<unsigned char>(f.first[i % f.first.size()]);
  const auto other = static_cast<unsigned char>(f.others[i / f.first.size() % f.others.size()]);
  const bool exchanged = i / n & 1, b = i / n & 2, alone = i / n & 4;
  explore_program p = {};
  p.tasks = 2;
  if (f.cpus == Cpus::Same) p.cpu[0] = p.cpu[1] = 1;
  if (!alone) {
    p.op[0][p.ops[0]++] = {EX_WRITE, 0, 1};
    p.op[1][p.ops[1]++] = {EX_READ, 0, 0};
  }
  p.op[0][p.ops[0]++] = {exchanged ? other : first, 1, b};
  p.op[1][p.ops[1]++] = {exchanged ? first : other, 1, b};
  return p;
}

constexpr const char* kAlways[] = {"", "not three ", "not both "};

std::string Describe(const explore_program& p) {
  std::string out = kAlways[p.always];
  for (unsigned t = 0; t < p.tasks; ++t) {
    out += t == 0 && p.init ? "init[" : p.cpu[t] ? fmt::format("cpu{}[", p.cpu[t] - 1) : "[";
    for (unsigned i = 0; i < p.ops[t]; ++i) out += fmt::format(" {}({},{})", kNames[p.op[t][i].kind], p.op[t][i].a, p.op[t][i].b);
    out += " ]";
  }
  return out;
}

namespace {

// One of "init[", "cpu0[", "[".
bool ParseTask(const std::string& word, explore_program* p) {
  if (p->tasks == EXPLORE_TASKS || word.back() != '[') return false;
  if (word == "init[" && p->tasks == 0) p->init = 1;
  else if (word.size() == 5 && word.starts_with("cpu")) p->cpu[p->tasks] = static_cast<unsigned char>(word[3] - '0' + 1);
  else if (word != "[") return false;
  ++p->tasks;
  return true;
}

// "MOD_TIMER(0,1)".
bool ParseOperation(const std::string& word, explore_program* p) {
  const size_t open = word.find('(');
  if (open == std::string::npos || word.size() != open + 5 || p->tasks == 0) return false;
  const auto kind = std::find(std::begin(kNames), std::end(kNames), word.substr(0, open)) - std::begin(kNames);
  unsigned& n = p->ops[p->tasks - 1];
  if (kind == EX_KINDS || n == EXPLORE_OPS) return false;
  p->op[p->tasks - 1][n++] = {static_cast<unsigned char>(kind), word[open + 1] == '1', word[open + 3] == '1'};
  return true;
}

}  // namespace

bool ParseProgram(const std::string& text, explore_program* p) {
  *p = {};
  std::string rest = text;
  for (int i = EX_NOT_THREE; i <= EX_NOT_BOTH; ++i) {
    if (!rest.starts_with(kAlways[i])) continue;
    p->always = static_cast<explore_always>(i);
    rest.erase(0, std::string(kAlways[i]).size());
  }
  for (size_t i = 0; (i = rest.find(']', i)) != std::string::npos;) rest.replace(i, 1, " ");
  std::istringstream words(rest);
  for (std::string word; words >> word;) {
    if (!ParseTask(word, p) && !ParseOperation(word, p)) return false;
  }
  return p->tasks > 0;
}

bool Without(const explore_program& p, unsigned n, explore_program* smaller) {
  *smaller = p;
  for (unsigned t = 0; t < p.tasks; ++t) {
    for (unsigned i = 0; i < p.ops[t]; ++i) {
      if (n--) continue;
      std::copy(p.op[t] + i + 1, p.op[t] + p.ops[t], smaller->op[t] + i);
      --smaller->ops[t];
      return true;
    }
  }
  for (unsigned t = p.init; t < p.tasks; ++t) {   // without a task that does nothing
    if (p.ops[t] || p.tasks == 1) continue;
    if (n--) continue;
    --smaller->tasks;
    for (unsigned u = t; u < smaller->tasks; ++u) {
      smaller->cpu[u] = p.cpu[u + 1];
      smaller->ops[u] = p.ops[u + 1];
      std::copy(p.op[u + 1], p.op[u + 1] + EXPLORE_OPS, smaller->op[u]);
    }
    return true;
  }
  for (unsigned t = 0; t < p.tasks; ++t) {
    if (!p.cpu[t] || n--) continue;
    smaller->cpu[t] = 0;
    return true;
  }
  return false;
}

}  // namespace hotweave
