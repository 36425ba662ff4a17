// SPDX-License-Identifier: GPL-2.0-only OR MIT
// Happens-before: the vector clocks of tasks and synchronisation objects. See engine.h.
#include <sys/mman.h>

#include <cstring>

#include "core/engine.h"
#include "core/internal.h"

namespace hotweave {

namespace {

// Vector clocks of synchronisation objects: handle h (from 1) is row h. Virtual memory, touched as used.
struct ClockPool {
  uint64_t (*rows)[kMaxTasks];
  uint16_t* lengths;
  ClockPool() {
    auto reserve = [](size_t bytes) {
      void* p = mmap(nullptr, bytes, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
      HW_CHECK(p != MAP_FAILED);
      return p;
    };
    rows = static_cast<uint64_t(*)[kMaxTasks]>(reserve(sizeof(uint64_t[kMaxTasks]) * (kMaxSyncClocks + 1)));
    lengths = static_cast<uint16_t*>(reserve(sizeof(uint16_t) * (kMaxSyncClocks + 1)));
  }
};
ClockPool pool;

inline void Join(uint64_t* into, const uint64_t* from, uint32_t n) {
#pragma clang loop vectorize(disable) unroll(disable)
  for (uint32_t i = 0; i < n; ++i) into[i] = into[i] < from[i] ? from[i] : into[i];
}

// Few tasks are the rule: whole blocks of four beat a call of memcpy. Rows are multiples of four long.
static_assert(kMaxTasks % 4 == 0);
inline void Copy(uint64_t* to, const uint64_t* from, uint32_t n) {
#pragma clang loop vectorize(disable) unroll(disable)
  for (uint32_t i = 0; i < n; i += 4) __builtin_memcpy_inline(to + i, from + i, 32);
}

}  // namespace

void Engine::Advance(Task& t) {
  ++t.clock[t.index];
  hot.epoch += uint64_t{1} << kSlotClockShift;
}

void Engine::AcquireRow(uint32_t handle, const Where& where, const char* what) {
  if (Drops(what, where)) return;
  Join(hot.task->clock, pool.rows[handle], pool.lengths[handle]);
}

void Engine::Release(uint32_t& handle, Where where) {
  if (Drops("release", where)) {
    if (handle) pool.lengths[handle] = 0;
    return;
  }
  if (!handle) {
    if (clocks_used_ >= kMaxSyncClocks) OutOfBudget("too many synchronisation objects");
    handle = ++clocks_used_;
  }
  Task& self = Current();
  Copy(pool.rows[handle], self.clock, task_count);
  pool.lengths[handle] = static_cast<uint16_t>(task_count);
  Advance(self);
}

void Engine::ReleaseJoin(uint32_t& handle, Where where, const char* what) {
  if (Drops(what, where)) return;
  if (!handle) {
    if (clocks_used_ >= kMaxSyncClocks) OutOfBudget("too many synchronisation objects");
    pool.lengths[handle = ++clocks_used_] = 0;
  }
  uint64_t* row = pool.rows[handle];
  for (uint32_t i = pool.lengths[handle]; i < task_count; ++i) row[i] = clock_base_;
  Join(row, hot.task->clock, task_count);
  pool.lengths[handle] = static_cast<uint16_t>(task_count);
  Advance(Current());
}

void Engine::OrderBefore(Task& later, Where where) {
  if (&later == hot.task || Drops("wake", where)) return;
  Join(later.clock, hot.task->clock, task_count);
  Advance(Current());
}

void Engine::JoinClock(uint32_t& into, uint32_t from, Where where) {
  if (!from || Drops("join clock", where)) return;
  if (!into) {
    if (clocks_used_ >= kMaxSyncClocks) OutOfBudget("too many synchronisation objects");
    pool.lengths[into = ++clocks_used_] = 0;
  }
  const uint16_t length = pool.lengths[from];
  uint64_t* row = pool.rows[into];
  for (uint32_t i = pool.lengths[into]; i < length; ++i) row[i] = clock_base_;
  if (pool.lengths[into] < length) pool.lengths[into] = length;
  Join(row, pool.rows[from], length);
}

void Engine::AcquireFor(Task& task, uint32_t handle, Where where) {
  if (handle && !Drops("acquire for", where)) Join(task.clock, pool.rows[handle], pool.lengths[handle]);
}

void Engine::AcquireAtFence(uint32_t handle, Where where) {
  if (Drops("acquire at fence", where)) return;
  Task& self = Current();
  if (!self.has_seen_relaxed) {
    self.has_seen_relaxed = true;
    for (uint32_t i = 0; i < kMaxTasks; ++i) self.seen_relaxed[i] = clock_base_;
  }
  Join(self.seen_relaxed, pool.rows[handle], pool.lengths[handle]);
}

void Engine::ReleaseFenced(uint32_t& handle, bool rmw, Where where) {
  Task& self = Current();
  if (!self.has_fenced || Drops("release of fence", where)) {
    if (handle && !rmw) pool.lengths[handle] = 0;   // a relaxed store publishes nothing
    return;
  }
  if (!handle) {
    if (clocks_used_ >= kMaxSyncClocks) OutOfBudget("too many synchronisation objects");
    pool.lengths[handle = ++clocks_used_] = 0;
  }
  uint64_t* row = pool.rows[handle];
  for (uint32_t i = rmw ? pool.lengths[handle] : 0; i < task_count; ++i) row[i] = clock_base_;
  Join(row, self.fenced, task_count);
  pool.lengths[handle] = static_cast<uint16_t>(task_count);
}

void Engine::Fence(bool acquire, bool release, Where where) {
  Task& self = Current();
  acquire = acquire && !Drops("acquiring fence", where);
  release = release && !Drops("releasing fence", where);
  if (acquire && self.has_seen_relaxed) Join(self.clock, self.seen_relaxed, task_count);
  if (!release) return;
  std::memcpy(self.fenced, self.clock, sizeof(uint64_t) * task_count);
  for (uint32_t i = task_count; i < kMaxTasks; ++i) self.fenced[i] = clock_base_;
  self.has_fenced = true;
  Advance(self);
}

}  // namespace hotweave
