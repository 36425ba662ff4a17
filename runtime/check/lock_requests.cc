// SPDX-License-Identifier: GPL-2.0-only OR MIT
// The record of lock requests. See lock_requests.h.
#include "check/lock_requests.h"

#include <linux/lockdep.h>

namespace hotweave {
namespace {

constexpr uint32_t kNone = ~0u;

uint64_t Mix(uint64_t h, uint64_t v) {
  h = (h ^ v) * 0x9e3779b97f4a7c15ull;
  return h ^ (h >> 29);
}

Sharing SharingOf(int read) {
  return read == 0 ? Sharing::Exclusive : read == 1 ? Sharing::Reader : Sharing::RecursiveReader;
}

}  // namespace

void LockRequests::Begin() {
  ++generation_;
  request_count_ = 0;
  held_pool_.clear();
  holdings_.clear();
  maps_used_ = 0;
  segments_ = 0;
  segment_clock_.clear();
  NewSegment(0);
}

LockRequests::Stack& LockRequests::StackOfCurrent() {
  Stack& s = stacks_[hot.task->index];
  if (s.generation != generation_) {
    s.generation = generation_;
    s.count = 0;
  }
  return s;
}

const LockRequest* LockRequests::Add(lockdep_map& map, const LockAcquire& how) {
  Stack& stack = StackOfCurrent();
  if (stack.count == kMaxHeldLocks) return nullptr;   // reported where locks are counted
  const auto* key = map.key ? map.key : reinterpret_cast<const lock_class_key*>(&map);
  const LockUse wanted{&map, SharingOf(how.read), kNone, map.name, key, static_cast<uint8_t>(how.subclass)};
  uint64_t hash = Mix(hot.task->index, segment_of_[hot.task->index]);
  for (uint32_t i = 0; i < stack.count; ++i) {
    hash = Mix(hash, reinterpret_cast<uintptr_t>(stack.held[i].map) << 2 | static_cast<uint64_t>(stack.held[i].sharing));
  }
  hash = Mix(hash, reinterpret_cast<uintptr_t>(&map) << 3 | static_cast<uint64_t>(wanted.sharing) << 1 | how.trylock);
  uint32_t i = static_cast<uint32_t>(hash >> 40) % kCells;
  while (cells_[i].generation == generation_ && cells_[i].hash != hash) i = (i + 1) % kCells;
  const bool fresh = cells_[i].generation != generation_;
  if (fresh) {
    if (request_count_ == kCells / 2) engine.OutOfBudget("too many different lock requests");
    cells_[i] = {hash, generation_, request_count_};
    Store(hash, wanted, how, stack);
  }
  const uint32_t id = cells_[i].request;
  stack.held[stack.count] = wanted;
  stack.held[stack.count++].request = id;
  return fresh ? &requests_[id] : nullptr;
}

void LockRequests::Store(uint64_t hash, const LockUse& wanted, const LockAcquire& how, const Stack& stack) {
  if (request_count_ == requests_.size()) requests_.emplace_back();
  LockRequest& r = requests_[request_count_];
  r.task = hot.task->index;
  r.segment = segment_of_[r.task];
  r.wanted = wanted;
  r.wanted.request = request_count_;
  r.trylock = how.trylock;
  r.backs_off = how.backs_off;
  r.hash = hash;
  r.first_held = static_cast<uint32_t>(held_pool_.size());
  r.held_count = stack.count;
  // Reports are made of traced executions; others need the names alone.
  if (engine.tracing()) {
    r.stack = engine.StackOf(*hot.task);
  } else {
    r.stack.clear();
  }
  for (uint32_t i = 0; i < stack.count; ++i) {
    held_pool_.push_back(stack.held[i]);
    MapCell& cell = CellOf(stack.held[i].map);
    holdings_.push_back({request_count_, i, cell.first});
    cell.first = static_cast<uint32_t>(holdings_.size() - 1);
  }
  ++request_count_;
}

void LockRequests::Release(lockdep_map& map) {
  Stack& stack = StackOfCurrent();
  for (uint32_t i = stack.count; i-- > 0;) {
    if (stack.held[i].map != &map) continue;
    for (--stack.count; i < stack.count; ++i) stack.held[i] = stack.held[i + 1];
    return;
  }
}

LockRequests::MapCell& LockRequests::CellOf(const lockdep_map* map) {
  uint32_t i = static_cast<uint32_t>((reinterpret_cast<uintptr_t>(map) >> 3) * 0x9e3779b1u) % kCells;
  while (maps_[i].generation == generation_ && maps_[i].map != map) i = (i + 1) % kCells;
  if (maps_[i].generation != generation_) {
    if (++maps_used_ > kCells / 2) engine.OutOfBudget("too many locks held in one execution");
    maps_[i] = {map, generation_, kNone};
  }
  return maps_[i];
}

uint32_t LockRequests::FirstHolding(const lockdep_map* map) const {
  uint32_t i = static_cast<uint32_t>((reinterpret_cast<uintptr_t>(map) >> 3) * 0x9e3779b1u) % kCells;
  while (maps_[i].generation == generation_ && maps_[i].map != map) i = (i + 1) % kCells;
  return maps_[i].generation == generation_ ? maps_[i].first : kNone;
}

// ---- Segments ------------------------------------------------------------------------------------------
// A task's life is cut where it creates or joins another. A segment's row says how much of each task's life
// comes before it; its own entry is its number in that life, from 1.

void LockRequests::NewSegment(uint16_t task) {
  if (segments_ == kMaxSegments) engine.OutOfBudget("too many creations and joins of tasks");
  segment_of_[task] = segments_++;
  segment_clock_.resize(size_t{segments_} * kMaxTasks);
  segment_clock_[size_t{segment_of_[task]} * kMaxTasks + task] = 1;
}

void LockRequests::OnTaskCreated(const Task& child) {
  const uint16_t parent = hot.task->index;
  const size_t from = size_t{segment_of_[parent]} * kMaxTasks;
  NewSegment(child.index);
  const size_t to = size_t{segment_of_[child.index]} * kMaxTasks;
  for (size_t i = 0; i < engine.task_count; ++i) {
    if (i != child.index) segment_clock_[to + i] = segment_clock_[from + i];
  }
  // What the parent does from now on is not before the child.
  const size_t before = size_t{segment_of_[parent]} * kMaxTasks;
  NewSegment(parent);
  const size_t now = size_t{segment_of_[parent]} * kMaxTasks;
  for (size_t i = 0; i < engine.task_count; ++i) segment_clock_[now + i] = segment_clock_[before + i];
  ++segment_clock_[now + parent];
}

void LockRequests::OnJoined(const Task& exited) {
  const uint16_t self = hot.task->index;
  const size_t before = size_t{segment_of_[self]} * kMaxTasks;
  const size_t other = size_t{segment_of_[exited.index]} * kMaxTasks;
  NewSegment(self);
  const size_t now = size_t{segment_of_[self]} * kMaxTasks;
  for (size_t i = 0; i < engine.task_count; ++i) {
    const uint16_t a = segment_clock_[before + i], b = segment_clock_[other + i];
    segment_clock_[now + i] = a < b ? b : a;
  }
  ++segment_clock_[now + self];
}

bool LockRequests::Before(const LockRequest& a, const LockRequest& b) const {
  const uint16_t number = segment_clock_[size_t{a.segment} * kMaxTasks + a.task];
  return segment_clock_[size_t{b.segment} * kMaxTasks + a.task] >= number;
}

}  // namespace hotweave
