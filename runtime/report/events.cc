// SPDX-License-Identifier: GPL-2.0-only OR MIT
// See events.h. Numbers that may be addresses are left out: a report must not depend on where things lie.
#include "report/events.h"

#include <algorithm>

#include "report/story.h"

namespace hotweave {
namespace {

constexpr uint64_t kSmallestErrno = ~0ull - 4094;  // -4095
constexpr uint64_t kLargestPlainNumber = 1ull << 32;

int64_t SignExtend(uint64_t value, unsigned size) {
  const unsigned shift = size >= 8 ? 0 : 64 - 8 * size;
  return static_cast<int64_t>(value << shift) >> shift;
}

bool Overlap(const Event& a, const Event& b) {
  return a.object == b.object && a.offset < b.offset + b.size && b.offset < a.offset + a.size;
}

// The members of a primitive are nobody's business: "bank_wait.lock.rlock.lock.magic" is "bank_wait".
std::string WholeField(std::string path) {
  for (const std::string_view own : {".magic", ".hotweave_lock", ".rlock.lock", ".lock"})
    if (path.ends_with(own)) path.resize(path.size() - own.size());
  return path;
}

bool SamePlace(const Event& a, const Event& b) {
  return a.object == b.object && a.offset == b.offset && a.size == b.size;
}

}  // namespace

bool IsLoad(Op op) { return op == Op::Read || op == Op::Load || op == Op::AssertExclusive; }
std::vector<uint32_t> DecisionsOf(const Trace& trace) {
  std::vector<uint32_t> out;
  for (uint32_t i = 0; i < trace.events.size(); i++) {
    const Event& e = trace.events[i];
    if (e.op == Op::Choose ? e.arg != 0 : e.preempted) out.push_back(i);
  }
  return out;
}

bool IsStore(Op op) { return op == Op::Write || op == Op::Store || op == Op::Rmw; }

EventTeller::EventTeller(const Trace& trace, const Finding& finding, bool full_paths, SymbolSource& symbols)
    : trace_(trace),
      finding_(finding),
      full_paths_(full_paths),
      symbols_(symbols),
      read_before_(trace.events.size(), Event::kNone),
      decisions_(DecisionsOf(trace)) {
  // Per task and object the accesses since its last store there; what a store may have been computed from.
  std::map<std::pair<uint32_t, uint32_t>, std::vector<uint32_t>> loads;
  for (uint32_t i = 0; i < trace.events.size(); i++) {
    const Event& e = trace.events[i];
    if (e.object == Event::kNone || !e.has_values) continue;
    std::vector<uint32_t>& mine = loads[{e.task, e.object}];
    auto same = [&](uint32_t k) { return SamePlace(trace.events[k], e); };
    if (IsLoad(e.op)) {
      std::erase_if(mine, same);
      mine.push_back(i);
    } else if (IsStore(e.op)) {
      const auto load = std::find_if(mine.begin(), mine.end(), same);
      if (load != mine.end()) read_before_[i] = *load;
      std::erase_if(mine, [&](uint32_t k) { return Overlap(trace.events[k], e); });
    }
  }
}

const std::string& EventTeller::TaskName(uint32_t task) const {
  static const std::string unknown = "?";
  return task < trace_.tasks.size() ? trace_.tasks[task].name : unknown;
}

std::string EventTeller::ObjectName(const Event& e) const {
  if (e.text && *e.text) return e.text;
  if (e.object >= trace_.objects.size()) return "";
  const TraceObject& object = trace_.objects[e.object];
  // A lock or queue without a name of its own goes by the variable that it is (in).
  if (ClassOf(e.op) != OpClass::Access) return WholeField(symbols_.FieldPath(object, e.offset));
  return full_paths_ ? symbols_.FieldPath(object, e.offset) : symbols_.ShortField(object, e.offset);
}

bool EventTeller::IsSite(uint32_t event) const {
  return std::any_of(finding_.sites.begin(), finding_.sites.end(),
                     [&](const Site& s) { return s.event == event; });
}

bool EventTeller::InObject(uint64_t value) const {
  return std::any_of(trace_.objects.begin(), trace_.objects.end(),
                     [&](const TraceObject& o) { return o.base && value - o.base < o.size; });
}

std::string EventTeller::Pointer(uint64_t value) const {
  if (value == 0) return "NULL";
  for (const TraceObject& o : trace_.objects)
    if (o.base && value - o.base < o.size)
      return "&" + (value == o.base ? o.name : symbols_.FieldPath(o, static_cast<uint32_t>(value - o.base)));
  return "";
}

// False if nothing can be said without printing what may be an address.
bool EventTeller::Value(const Event& e, uint64_t value, std::string* text) const {
  const ValueKind kind = e.object < trace_.objects.size()
                             ? symbols_.KindOfField(trace_.objects[e.object], e.offset)
                             : ValueKind::Unknown;
  if (kind == ValueKind::Pointer && e.size == 8) {
    *text = Pointer(value);
    return !text->empty();
  }
  const bool small_negative = SignExtend(value, e.size) < 0 && SignExtend(value, e.size) >= -4095;
  if (e.size == 8 && !small_negative &&
      (symbols_.InImage(value) || InObject(value) ||
       (value >= kLargestPlainNumber && value < kSmallestErrno)))
    return false;
  const bool is_signed =
      kind == ValueKind::Signed || (kind == ValueKind::Unknown && small_negative && e.size >= 4);
  *text = is_signed ? std::to_string(SignExtend(value, e.size)) : std::to_string(value);
  return true;
}

// What this task had read at the same place, if another task has changed it since.
std::string EventTeller::ReadBefore(uint32_t event) const {
  const uint32_t load = read_before_[event];
  const Event& e = trace_.events[event];
  std::string text;
  if (load == Event::kNone || trace_.events[load].new_value == e.old_value ||
      !Value(e, trace_.events[load].new_value, &text))
    return "";
  const bool derived = finding_.kind == Kind::LostUpdate && IsSite(load) && IsSite(event);
  return (derived ? "; computed from " : "; had read ") + text;
}

std::string EventTeller::Values(uint32_t event) const {
  const Event& e = trace_.events[event];
  std::string now, before;
  if (!e.has_values || !Value(e, e.new_value, &now)) return "";
  if (IsLoad(e.op)) return " = " + now;
  if (e.scratch || !Value(e, e.old_value, &before)) return " = " + now;
  return " = " + now + " (was " + before + ReadBefore(event) + ")";
}

std::string EventTeller::OldValue(uint32_t event) const {
  const Event& e = trace_.events[event];
  std::string text;
  return e.has_values && !e.scratch && Value(e, e.old_value, &text) ? text : "";
}

std::string EventTeller::NewValue(uint32_t event) const {
  const Event& e = trace_.events[event];
  std::string text;
  return e.has_values && Value(e, e.new_value, &text) ? text : "";
}

std::string EventTeller::Access(uint32_t event) const {
  const Event& e = trace_.events[event];
  if (e.op == Op::Fence) return "fence";
  std::string verb = e.op == Op::Rmw ? "atomic update" : IsLoad(e.op) ? "load" : "store";
  if (e.op == Op::Load || e.op == Op::Store) verb = "marked " + verb;
  return verb + " " + ObjectName(e) + Values(event);
}

std::string EventTeller::What(uint32_t event) const {
  const Event& e = trace_.events[event];
  const std::string object = ObjectName(e);
  const std::string with_object = object.empty() ? "" : " " + object;
  switch (e.op) {
    case Op::Blocked:
      return object.empty() ? "waits" : "waits for" + with_object;
    case Op::Woken:
      return "wakes " + TaskName(e.other);
    case Op::TaskCreate:
      return "creates " + TaskName(e.other);
    case Op::Join:
      return "joins " + (e.other == Event::kNone ? "a task" : TaskName(e.other));
    case Op::Choose:
      return "choice " + std::to_string(e.arg) + Decision(event);
    case Op::Note:
      return object;
    case Op::Timer:
      return "timer expires";
    default:
      break;
  }
  if (ClassOf(e.op) == OpClass::Access) return Access(event);
  return std::string(OpName(e.op)) + with_object;
}

std::string EventTeller::Where(uint32_t event) const {
  return PlaceOfStack(trace_, trace_.events[event].stack, symbols_);
}

// " (decision 2)"; empty if it was the default.
std::string EventTeller::Decision(uint32_t event) const {
  const auto found = std::lower_bound(decisions_.begin(), decisions_.end(), event);
  if (found == decisions_.end() || *found != event) return "";
  return " (decision " + std::to_string(found - decisions_.begin() + 1) + ")";
}

uint32_t EventTeller::LastOf(uint32_t task, uint32_t before) const {
  while (before-- > 0)
    if (trace_.events[before].task == task) return before;
  return Event::kNone;
}

std::string EventTeller::Transition(uint32_t event, uint32_t next, const char* arrow) const {
  const Event& e = trace_.events[event];
  const std::string& from = TaskName(e.task);
  if (e.op == Op::Preempt)
    return "preempted: " + from + " " + arrow + " " + TaskName(next) + Decision(event);
  const std::string runs = "; " + TaskName(next) + " runs" + Decision(event);
  if (e.op == Op::TaskExit) return from + " exits" + runs;
  const uint32_t cause = LastOf(e.task, event);
  if (cause == Event::kNone || trace_.events[cause].op != Op::Blocked) return from + " stops" + runs;
  const std::string object = ObjectName(trace_.events[cause]);
  return from + (object.empty() ? " waits" : " blocks on " + object) + runs;
}

}  // namespace hotweave
