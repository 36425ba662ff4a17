// SPDX-License-Identifier: GPL-2.0-only OR MIT
// See debugger.h.
#include "core/debugger.h"

#include <string>
#include <string_view>

#include "core/failure.h"
#include "core/objects.h"
#include "core/task.h"
#include "core/trace.h"

// The compiler may neither leave them out nor take their arguments for unused.
extern "C" [[gnu::noinline]] void hotweave_stop_preemption(const char* task, const char* operation, const char* next) {
  asm volatile("" : : "r"(task), "r"(operation), "r"(next) : "memory");
}

extern "C" [[gnu::noinline]] void hotweave_stop_finding(const char* task, const char* kind, const char* sentence) {
  asm volatile("" : : "r"(task), "r"(kind), "r"(sentence) : "memory");
}

namespace hotweave {

Debugger debugger;

namespace {

// "node_data+32"; empty if it is nothing that has a name.
std::string NameOf(const void* object) {
  uint32_t offset = 0;
  const TraceObject o = object ? ResolveObject(reinterpret_cast<uintptr_t>(object), &offset) : TraceObject();
  return o.name + (offset && !o.name.empty() ? "+" + std::to_string(offset) : "");
}

}  // namespace

void DebugPreemption(const Task& task, Op op, const void* object, const Task& to) {
  if (++debugger.preemptions != debugger.preemption) return;
  const std::string name = NameOf(object);
  const std::string operation = std::string(OpName(op)) + (name.empty() ? "" : " of " + name);
  hotweave_stop_preemption(task.comm, operation.c_str(), to.comm);
}

void DebugFinding(const Task& task, const Failure& failure) {
  constexpr std::string_view kObject = "{object}";   // reports put a field's name there
  std::string sentence = failure.sentence;
  if (const size_t at = sentence.find(kObject); at != sentence.npos) sentence.replace(at, kObject.size(), NameOf(failure.address));
  hotweave_stop_finding(task.comm, std::string(KindName(failure.kind)).c_str(), sentence.c_str());
}

}  // namespace hotweave
