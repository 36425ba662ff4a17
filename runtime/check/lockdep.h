// SPDX-License-Identifier: GPL-2.0-only OR MIT
// lockdep-faithful: what the kernel's lock validator would print for this execution, and nothing else. A port in
// behaviour of kernel/locking/lockdep.c: the rules of 6.1 (New: recursive readers by strong paths, since 5.10) and those
// of 4.14 (Old: up to 5.9). Whether a reported cycle can deadlock is not asked here: that is the feasible level.
//
// The detector sees lock_acquire() and lock_release() of every lock and every lock map. Locks with one key are one class;
// each task has a stack of held locks; "B taken while A is held" is a dependency A -> B, labelled by how A is held and how
// B is taken. A new dependency is checked against all of the execution: a way back from B to A is a cycle. Classes
// also collect usage: taken in interrupts, held with interrupts on. All state is of one execution, and emptied in O(used).
//
// Files: lockdep_held.cc (held stacks, wait types), lockdep_classes.cc (classes and keys), lockdep_graph.cc (dependencies and
// search), lockdep_usage.cc (interrupts), lockdep_completions.cc (completions as locks, where a profile asks for it),
// lockdep_report.cc (findings), lockdep_queries.cc (assertions, pins).
// Depends on core and <hotweave/run.h> (LockdepRules).
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include <hotweave/run.h>
#include <linux/lockdep.h>

#include "core/engine.h"
#include "core/observer.h"

// A class of locks: one key and subclass. The kernel's name, because a lockdep_map caches pointers to it.
struct lock_class {
  const lock_class_key* key;
  const char* name;
  uint32_t subclass;
  uint32_t index;          // in order of registration
  uint32_t name_version;   // 2: the second class of that name; printed as #2
  uint32_t execution;      // the class exists in this execution only
  uint32_t usage;          // bits of LockUsage
  uint32_t first_after, last_after;     // dependencies this -> other, as indices; 0: none
  uint32_t first_before, last_before;   // other -> this
  uint32_t visited;        // generation of the latest search that came here
  uint8_t wait_outer, wait_inner, lock_type;
  bool gone;               // its key was unregistered
  bool completion;         // of things that are waited for and completed
  struct UsageSite {
    uint32_t task = ~0u, event = ~0u, stack = ~0u;
  } usage_sites[8];        // where each usage was first seen
};

namespace hotweave {

// How a class was used. One bit for each of {hard, soft interrupts} x {taken in them, held with them on} x {write, read}.
// Source: enum lock_usage_bit, kernel/locking/lockdep_internals.h, 6.1.
enum LockUsage : unsigned {
  kUsageRead = 1,      // added to a bit: as a reader
  kUsageEnabled = 2,   // added to a bit: held with interrupts on, not taken in them
  kUsageHard = 0,
  kUsageSoft = 4,
  kUsageBits = 8,
};
inline constexpr uint32_t kUsageIrq = 0xff, kUsageNotRead = 0x55, kUsageIn = 0x33;

inline constexpr uint32_t kMaxLockClasses = 8192;         // MAX_LOCKDEP_KEYS of 6.1
inline constexpr uint32_t kMaxLockDependencies = 1 << 18;
inline constexpr uint32_t kMaxPastLocks = 64;             // MAX_XHLOCKS_NR of 4.14
inline constexpr uint32_t kLockChains = 1 << 16;          // slots of the cache of lock sequences that are known

// Which rules an execution follows. Source: the options of a kernel's .config with the same meaning.
struct LockdepConfig {
  LockdepRules rules = LockdepRules::New;
  bool raw_lock_nesting = false;   // CONFIG_PROVE_RAW_LOCK_NESTING, off in 6.1's default: spinlock_t inside raw_spinlock_t
  bool wait_types = true;          // since 5.7; a mutex inside a spinlock is an invalid wait context
};

// One entry of a task's stack of held locks. Source: struct held_lock, include/linux/lockdep_types.h, 6.1.
struct LockdepHeld {
  lock_class* cls;
  lockdep_map* map;
  const lockdep_map* nest;
  uint64_t previous_chain;   // of everything below
  uint32_t references;       // acquisitions merged into this entry under a nest_lock; 0: one
  uint32_t pins;
  uint32_t event, stack;     // of the acquisition, while tracing; else ~0u
  uint8_t read;              // 0 exclusive, 1 shared, 2 shared and recursive
  uint8_t wait_inner;        // least of this entry and those below
  bool trylock, check, irqs_off;
  uint32_t task;             // who took it
};

// How a dependency came to be, for one label of it. Stacks and events exist while tracing.
struct DependencySite {
  uint32_t from_task = ~0u, to_task = ~0u;   // two, if `from` is a completion
  uint8_t from_read = 0, to_read = 0;
  uint32_t from_event = ~0u, from_stack = ~0u, to_event = ~0u, to_stack = ~0u;
  const lockdep_map* from_map = nullptr;
  const lockdep_map* to_map = nullptr;
};

// Labels of a dependency A -> B: A is held exclusively (E) or shared (S); B is taken recursively (R) or not (N).
// Source: enum dep_*, kernel/locking/lockdep.c, 6.1.
enum DependencyLabel : uint8_t { kSR = 0, kER = 1, kSN = 2, kEN = 3, kLabels = 4 };

struct Dependency {
  uint32_t from, to;                  // class indices
  uint32_t next_after, next_before;   // of from's and of to's list
  uint8_t labels;                     // bit per DependencyLabel
  DependencySite sites[kLabels];
};

class Lockdep {
 public:
  // Forgets everything. Before each execution.
  void Begin(const LockdepConfig& config);

  // The moments. All act on the current task.
  void Acquire(lockdep_map& map, const LockAcquire& how);
  void Release(lockdep_map& map);
  void IrqState(bool softirq, bool on);
  void TaskExit(const char* moment);          // it must hold nothing: "ends", "returns to user space"
  void InitMap(lockdep_map& map, unsigned subclass);   // lockdep_init_map_type() has filled it
  void InitLock(const void* begin, size_t size);       // memory of a lock is initialised: none in it may be held
  void RegisterKey(lock_class_key* key);
  void UnregisterKey(lock_class_key* key);
  void SetClass(lockdep_map& map, const char* name, lock_class_key* key, unsigned subclass);
  void Downgrade(lockdep_map& map);
  // The current task waits for a completion, no longer does, or is about to complete it (lockdep_completions.cc).
  void WaitBegins(lockdep_map& map);
  void WaitEnds(const lockdep_map& map);
  void Completes(const lockdep_map& map);
  void ForgetPast() { Here().past_count = 0; }   // of the current task; crossrelease_hist_end(), 4.14
  void Off();   // lockdep_off(): the current task's locks are not seen until On()
  void On();
  bool IsOff(const Task& task) const;

  // Questions. read: -1 any, 0 exclusive, 1 shared. 1: held, 0: not, -1: unknown (lockdep is off here).
  int IsHeld(const lockdep_map& map, int read);
  // Pins: a pinned lock must not be released. The cookie is what Unpin() takes off again.
  unsigned Pin(lockdep_map& map);
  void Repin(lockdep_map& map, unsigned cookie);
  void Unpin(lockdep_map& map, unsigned cookie);
  // A held lock in [begin, begin + size) of any task, or nullptr.
  const lockdep_map* AnyHeldLockIn(const void* begin, size_t size, const Task** owner = nullptr) const;

  // For reports and the feasible level: held stacks, classes and dependencies of this execution.
  uint32_t Depth(const Task& task) const;
  const LockdepHeld& Held(const Task& task, uint32_t i) const { return tasks_[task.index].held[i]; }
  const std::vector<Dependency>& dependencies() const { return dependencies_; }   // index 0 is unused
  const lock_class& Class(uint32_t index) const { return classes_[index]; }
  uint32_t class_count() const { return class_count_; }
  // "&mm->mmap_lock#2/1" as the kernel prints it; without `instance`, "&mm->mmap_lock/1".
  static std::string NameOf(const lock_class& cls, bool instance = true);
  // "(&mm->mmap_lock#2/1){+.+.}-{3:3}".
  std::string FullNameOf(const lock_class& cls) const;
  // Found nothing yet and not switched off for the current task.
  bool Active() const;

 private:
  // A lock that a task took while somebody waited for a completion, and how many such waits had begun by then.
  struct PastLock {
    LockdepHeld held;
    uint32_t generation;
  };
  // A completion that is waited for: how its first waiter asked for it, and the number of that wait.
  struct Awaited {
    const lockdep_map* map;
    uint32_t waiters, generation;
    LockdepHeld held;
  };
  struct TaskState {
    uint32_t execution = 0;
    uint32_t depth = 0;
    uint32_t off = 0;        // depth of lockdep_off()
    uint32_t pins_made = 0;
    uint64_t chain = 0;      // key of the sequence of held locks
    uint32_t past_count = 0; // locks ever remembered in `past`, which is a ring
    LockdepHeld held[kMaxHeldLocks];
    PastLock past[kMaxPastLocks];
  };
  struct ChainSlot {
    uint64_t key;
    uint32_t execution;
  };
  struct ClassSlot {
    uint32_t execution;
    uint32_t cls;
  };
  // One place that a search has come to.
  struct Node {
    lock_class* cls;
    uint32_t parent;       // index into nodes_; of the root: itself
    uint32_t dependency;   // through which it came; of the root: 0
    bool only_recursive;   // the way here ends with -(*R)-> : no -(S*)-> may follow
  };
  static constexpr uint32_t kNoNode = ~0u;

  TaskState& Here();
  const TaskState* StateOf(const Task& task) const;

  // Classes.
  lock_class* ClassOf(lockdep_map& map, unsigned subclass);
  lock_class* Lookup(const lock_class_key* key, unsigned subclass, bool* fresh);
  lock_class* Register(lockdep_map& map, unsigned subclass);
  void AssignKey(lockdep_map& map);
  bool IsDynamicKey(const lock_class_key* key) const;
  uint8_t WaitType(uint8_t type) const;

  // Held stacks.
  void AcquireReferences(lockdep_map& map, const LockAcquire& how, uint32_t references, uint32_t pins, bool irqs_off);
  uint32_t Find(const TaskState& t, const lockdep_map& map) const;
  static bool Matches(const LockdepHeld& h, const lockdep_map& map);
  void Reacquire(const LockdepHeld& h);
  void PopTo(TaskState& t, uint32_t depth);
  void CheckWaitContext(const TaskState& t, LockdepHeld& next);
  uint8_t TaskWaitContext() const;
  static bool IrqsOffHere();
  static uint32_t StackHere();    // of the current task, in the trace
  static uint32_t LastEvent();

  // Graph.
  bool KnownChain(uint64_t chain);
  uint64_t Extend(uint64_t chain, const LockdepHeld& next) const;   // the key of a sequence with one more lock
  void Validate(TaskState& t, LockdepHeld& next, uint64_t chain);
  // 0: no same class below; 1: fine; 2: fine, and adds no dependency.
  int CheckSameClass(const TaskState& t, LockdepHeld& next);
  void AddDependencies(const TaskState& t, const LockdepHeld& next);
  void AddDependency(const LockdepHeld& prev, const LockdepHeld& next);
  DependencySite SiteOf(const LockdepHeld& prev, const LockdepHeld& next) const;
  template <typename Match, typename Skip>
  uint32_t Search(bool forward, lock_class* root, bool only_recursive, Match match, Skip skip);
  uint32_t FindWayBack(const LockdepHeld& next, const LockdepHeld& prev);
  void RemoveDependenciesOf(lock_class& cls);
  static uint8_t LabelOf(const LockdepHeld& prev, const LockdepHeld& next);

  // Completions.
  std::vector<Awaited>::iterator FindAwaited(const lockdep_map& map);
  void Remember(TaskState& t, const LockdepHeld& held);

  // Usage in interrupts.
  void MarkUsage(LockdepHeld& next);
  void Mark(LockdepHeld& h, unsigned bit);
  void MarkHeld(unsigned bit);
  void CheckUsageConflicts(LockdepHeld& h, unsigned bit);
  void CheckIrqUsage(const LockdepHeld& prev, const LockdepHeld& next);
  uint32_t SearchUsage(bool forward, const LockdepHeld& from, uint32_t mask);
  uint32_t UsageBefore(const LockdepHeld& prev);   // of the class and all that lead to it

  // Reports. Each ends the execution, unless it is failing already.
  LockEnd EndOf(const lock_class& cls, uint8_t read, uint32_t task, uint32_t event, uint32_t stack) const;
  LockEnd EndOf(const LockdepHeld& h) const;
  LockEdge EdgeOf(const Dependency& d, unsigned label) const;
  LockEdge EdgeOf(const LockdepHeld& prev, const LockdepHeld& next) const;
  // The dependencies that the latest search went through to come to the node, each with the label that counted; in
  // the order of the dependencies (of a backward search: from the node to the root).
  std::vector<LockEdge> PathOf(uint32_t node, bool forward, bool after_recursive) const;
  std::string UsagePlace(const lock_class& c, unsigned bit) const;
  std::vector<std::string> HeldLines() const;
  void ReportCycle(const LockdepHeld& prev, const LockdepHeld& next, uint32_t node);
  void ReportRecursion(const LockdepHeld& prev, const LockdepHeld& next);
  void ReportUsage(const LockdepHeld& h, unsigned bit, unsigned conflicting);
  void ReportInversion(const LockdepHeld& h, unsigned bit, uint32_t node, bool forward);
  void ReportIrqDependency(const LockdepHeld& prev, const LockdepHeld& next, const lock_class& safe, const lock_class& unsafe,
                           std::vector<LockEdge> before, std::vector<LockEdge> after);
  void ReportWaitContext(const LockdepHeld& next, uint8_t context);
  void ReportNestNotHeld(const LockdepHeld& next);
  void ReportImbalance(const lockdep_map& map);
  void ReportMisuse(const char* headline, std::string sentence, const lockdep_map* map);
  void Finish(Failure failure);

  LockdepConfig config_;
  uint32_t execution_ = 0;
  uint32_t class_count_ = 0;
  uint32_t chain_count_ = 0;
  uint32_t generation_ = 0;
  uint32_t usage_seen_ = 0;   // of all classes
  bool silent_ = false;   // after the first report that could not be made
  std::vector<lock_class> classes_ = std::vector<lock_class>(kMaxLockClasses);
  std::vector<ClassSlot> class_slots_ = std::vector<ClassSlot>(kMaxLockClasses * 2);
  std::vector<ChainSlot> chain_slots_ = std::vector<ChainSlot>(kLockChains);
  std::vector<Dependency> dependencies_;
  std::vector<Node> nodes_;
  std::vector<const lock_class_key*> dynamic_keys_;
  std::vector<Awaited> awaited_;
  uint32_t waits_begun_ = 0;
  std::vector<TaskState> tasks_ = std::vector<TaskState>(kMaxTasks);
};

}  // namespace hotweave
