// SPDX-License-Identifier: GPL-2.0-only OR MIT
// Writes traces and schedules. See tracer.h.
#include "core/tracer.h"

#include <algorithm>
#include <cstring>

#include "core/engine.h"
#include "core/keys.h"
#include "core/layout.h"
#include "core/objects.h"

namespace hotweave {
namespace {

uint64_t Mix(uint64_t h, uint64_t v) {
  h ^= v + 0x9e3779b97f4a7c15ull + (h << 6) + (h >> 2);
  h *= 0xff51afd7ed558ccdull;
  return h ^ (h >> 32);
}

uint64_t ReadValue(const void* p, size_t size) {
  uint64_t v = 0;
  std::memcpy(&v, p, size);
  return v;
}

// "symbol+0x28": how a schedule names the granule of an access, or the object of another operation.
std::string ObjectToken(const TraceObject& o, uint32_t offset) {
  if (o.kind == TraceObject::Kind::None) return "";
  offset &= ~7u;
  if (offset == 0) return o.name;
  static constexpr char kDigits[] = "0123456789abcdef";
  std::string hex;
  for (uint32_t v = offset; v; v >>= 4) hex.insert(hex.begin(), kDigits[v & 15]);
  return o.name + "+0x" + hex;
}

}  // namespace

void Tracer::Begin() {
  trace_->Clear();
  schedule_->choices.clear();
  schedule_->records.clear();
  schedule_->steps.clear();
  schedule_->too_late = 0;
  task_keys_.clear();
  stacks_.clear();
  objects_.clear();
  counts_.clear();
  pending_store_ = Event::kNone;
}

void Tracer::AddTask(const Task& task) {
  TraceTask t;
  t.name = task.name;
  t.parent = task.parent;
  t.irq = task.irq;
  trace_->tasks.push_back(std::move(t));
  task_keys_.push_back(task.key);
}

uint32_t Tracer::Count(const Task& task, Op, const void*, uint16_t key) {
  return ++counts_[{task.index, key}];
}

uint32_t Tracer::Intern(const std::vector<uint64_t>& stack) {
  auto [it, fresh] = stacks_.try_emplace(stack, static_cast<uint32_t>(trace_->stacks.size()));
  if (fresh) trace_->stacks.push_back(stack);
  return it->second;
}

uint32_t Tracer::InternObject(const void* address, uint32_t* offset) {
  TraceObject o = ResolveObject(reinterpret_cast<uintptr_t>(address), offset);
  if (o.kind == TraceObject::Kind::None) return Event::kNone;
  auto [it, fresh] = objects_.try_emplace(o.name, static_cast<uint32_t>(trace_->objects.size()));
  if (fresh) trace_->objects.push_back(std::move(o));
  return it->second;
}

void Tracer::FinishStore() {
  if (pending_store_ == Event::kNone) return;
  Event& e = trace_->events[pending_store_];
  e.new_value = ReadValue(pending_address_, e.size);
  pending_store_ = Event::kNone;
}

void Tracer::Seal(Event* e) {
  const uint64_t op = kOpHashes[static_cast<size_t>(e->op)];
  // By name: the order of event.def must not matter.
  const uint64_t arg = e->op == Op::Blocked ? kOpHashes[static_cast<size_t>(e->arg)] : e->arg;
  uint64_t place = 0;
  if (e->object != Event::kNone) {
    const TraceObject& o = trace_->objects[e->object];
    place = uint64_t{ObjectKey(o.name, e->offset)} << 32 | (o.kind == TraceObject::Kind::Stack ? 0 : e->offset);
  }
  uint64_t h = Mix(trace_->hash, op | uint64_t{e->task} << 32 | uint64_t{e->cpu} << 48);
  if (e->object != Event::kNone) h = Mix(h, place);
  h = Mix(h, uint64_t{e->other} << 32 | uint64_t{e->size} << 24 | e->nth);
  e->hash = trace_->hash = Mix(h, arg);
  trace_->events.push_back(*e);
  if (schedule_->steps.size() == kMaxSteps) return;
  const uint64_t other = e->other < task_keys_.size() ? task_keys_[e->other] : Event::kNone;
  uint64_t own = Mix(Mix(op | uint64_t{task_keys_[e->task]} << 32 | uint64_t{e->cpu} << 48, place), other << 32 | e->size);
  own = Mix(own, arg);
  schedule_->steps += kStepAlphabet[(own ^ own >> 29) % kStepAlphabet.size()];
}

uint32_t Tracer::Append(const Task& task, Op op, const void* object, uint32_t nth, const char* text, uint64_t arg,
                        const Task* other) {
  FinishStore();
  Event e;
  e.step = static_cast<uint32_t>(engine.Steps());
  e.op = op;
  e.task = task.index;
  e.cpu = task.cpu;
  if (object) e.object = InternObject(object, &e.offset);
  e.stack = Intern(engine.StackOf(task));
  if (other) e.other = other->index;
  e.nth = nth;
  e.text = text;
  e.arg = arg;
  Seal(&e);
  return LastEvent();
}

uint32_t Tracer::Access(const Task& task, Op op, const void* address, size_t size, uint32_t nth) {
  FinishStore();
  Event e;
  e.step = static_cast<uint32_t>(engine.Steps());
  e.op = op;
  e.size = static_cast<uint32_t>(std::min<size_t>(size, UINT32_MAX));
  e.forgiven = hot.race_off != 0;
  e.task = task.index;
  e.cpu = task.cpu;
  e.object = InternObject(address, &e.offset);
  e.stack = Intern(engine.StackOf(task));
  e.nth = nth;
  const bool readable = size <= 8 && engine.arena.StateOf(reinterpret_cast<uintptr_t>(address), size) == kAddressable;
  if (readable && e.object != Event::kNone) {
    e.has_values = true;
    e.old_value = e.new_value = ReadValue(address, size);
    e.scratch = op == Op::Write && GetLayout().RegionOf(reinterpret_cast<uintptr_t>(address)) == Region::Stack;
  }
  Seal(&e);
  if (e.has_values && (op == Op::Write || op == Op::Store || op == Op::Rmw)) {
    pending_store_ = LastEvent();
    pending_address_ = address;
  }
  return LastEvent();
}

void Tracer::Departure(const Task& task, Op op, const void* object, uint16_t key, uint32_t nth, const Task& to) {
  if (nth > kMaxNth) {
    ++schedule_->too_late;
    return;
  }
  NamedRecord r;
  uint32_t offset = 0;
  const TraceObject o = object ? ResolveObject(reinterpret_cast<uintptr_t>(object), &offset) : TraceObject{};
  r.record.key = key;
  r.record.task = task.key;
  r.record.nth = static_cast<uint16_t>(nth);
  r.record.to = to.key;
  r.task = task.name;
  r.op = OpName(op);
  r.object = ObjectToken(o, offset);
  r.to = to.name;
  r.hash = trace_->hash;
  schedule_->records.push_back(std::move(r));
}

void Tracer::Choice(const Task& task, uint32_t nth, uint32_t value) {
  Append(task, Op::Choose, nullptr, 0, nullptr, value);
  if (value == 0) return;
  if (nth > UINT16_MAX || value > UINT16_MAX) {
    ++schedule_->too_late;
    return;
  }
  NamedChoice c;
  c.choice = {task.key, static_cast<uint16_t>(nth), static_cast<uint16_t>(value)};
  c.task = task.name;
  schedule_->choices.push_back(std::move(c));
}

namespace {

// Does the shadow file an access of this operation so? (A plain one may have been declared to be marked.)
bool IsAccessOf(Op op, bool write, bool plain, bool assertion) {
  if (assertion || op == Op::AssertExclusive) return assertion && op == Op::AssertExclusive;
  if (op == Op::Rmw) return !plain;
  const bool stores = op == Op::Write || op == Op::Store;
  return stores == write && (!plain || op == Op::Write || op == Op::Read);
}

}  // namespace

uint32_t Tracer::LastAccess(uint32_t task, uintptr_t address, size_t size, bool write, bool plain,
                            bool assertion) const {
  uint32_t offset;
  const TraceObject o = ResolveObject(address, &offset);
  for (uint32_t i = static_cast<uint32_t>(trace_->events.size()); i-- > 0;) {
    const Event& e = trace_->events[i];
    if (e.task != task || ClassOf(e.op) != OpClass::Access || e.object == Event::kNone || e.forgiven) continue;
    if (!IsAccessOf(e.op, write, plain, assertion) || trace_->objects[e.object].name != o.name) continue;
    if (offset < e.offset + std::max<uint32_t>(e.size, 1) && e.offset < offset + size) return i;
  }
  return Event::kNone;
}

void Tracer::End() {
  FinishStore();
  trace_->held_at_end.resize(engine.task_count);
  for (uint32_t t = 0; t < engine.task_count; ++t) {
    const Task& task = engine.tasks[t];
    for (uint32_t i = 0; i < task.held_count; ++i) {
      HeldLock h;
      h.object = InternObject(task.held[i].lock, &h.offset);
      h.name = task.held[i].map ? task.held[i].map->name : nullptr;
      h.mode = task.held[i].mode == LockMode::Shared ? "read" : "";
      h.event = task.held[i].event;
      trace_->held_at_end[t].push_back(h);
    }
  }
}

}  // namespace hotweave
