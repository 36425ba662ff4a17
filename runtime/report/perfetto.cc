// SPDX-License-Identifier: GPL-2.0-only OR MIT
// See perfetto.h. The format: "Trace Event Format", Google, 2016, and Perfetto's documentation of what it imports.
#include "report/perfetto.h"

#include <algorithm>
#include <charconv>
#include <set>
#include <tuple>
#include <vector>

#include <hotweave/version.h>
#include <nlohmann/json.hpp>

#include "report/events.h"
#include "report/story.h"
#include "report/timeline.h"

namespace hotweave {
namespace {

using Json = nlohmann::ordered_json;

constexpr int kTaskProcess = 1, kCpuProcess = 2;

std::string Line(const Json& json) { return json.dump(-1, ' ', false, Json::error_handler_t::replace); }

const char* CategoryOf(Op op) {
  switch (ClassOf(op)) {
    case OpClass::Access: return "access";
    case OpClass::Lock: return "lock";
    case OpClass::Unlock: return "unlock";
    case OpClass::Wait: return "wait";
    case OpClass::Wake: return "wake";
    case OpClass::Task: return "task";
    case OpClass::Memory: return "memory";
    case OpClass::Context: return "context";
    case OpClass::Engine: break;
  }
  return "engine";
}

class Export {
 public:
  Export(const Trace& trace, const Finding& finding, const ReportContext& context, SymbolSource& symbols)
      : trace_(trace),
        finding_(finding),
        context_(context),
        symbols_(symbols),
        teller_(trace, finding, context.all, symbols),
        timeline_(TimelineOf(trace)) {}

  std::string Render() {
    Names();
    TaskSpans();
    Operations();
    CpuSpans();
    Locks();
    Sites();
    Counter();
    Arrows();
    return Document();
  }

 private:
  using State = TaskSpan::State;
  struct Emitted {
    uint32_t ts;
    size_t order;   // enclosing slices before those in them, slices before the ends of flows
    Json json;
  };

  static int Thread(uint32_t task) { return static_cast<int>(task) + 1; }   // 0 is the idle task of Perfetto

  Json& Emit(const char* phase, const std::string& name, const std::string& category, int process, int thread, uint32_t ts) {
    Json json;
    json["ph"] = phase;
    json["name"] = name;
    json["cat"] = category;
    json["pid"] = process;
    json["tid"] = thread;
    json["ts"] = ts;
    events_.push_back({ts, events_.size(), std::move(json)});
    return events_.back().json;
  }

  void Metadata(const char* what, int process, int thread, const char* key, Json value) {
    Json json;
    json["ph"] = "M";
    json["name"] = what;
    json["pid"] = process;
    json["tid"] = thread;
    json["args"][key] = std::move(value);
    metadata_.push_back(std::move(json));
  }

  std::string Spec() const { return context_.profile.empty() ? context_.target : context_.target + "@" + context_.profile; }

  void Names() {
    Metadata("process_name", kTaskProcess, 0, "name", "hotweave " + Spec());
    Metadata("process_sort_index", kTaskProcess, 0, "sort_index", 0);
    std::set<uint32_t> seen;   // the clock is among the tasks, and does nothing
    for (const TaskSpan& s : timeline_.tasks) seen.insert(s.task);
    for (uint32_t t : seen) {
      Metadata("thread_name", kTaskProcess, Thread(t), "name", trace_.tasks[t].name);
      Metadata("thread_sort_index", kTaskProcess, Thread(t), "sort_index", t);
    }
    std::set<uint16_t> cpus;
    for (const Event& e : trace_.events) cpus.insert(e.cpu);
    Metadata("process_name", kCpuProcess, 0, "name", "model CPUs");
    Metadata("process_sort_index", kCpuProcess, 0, "sort_index", 1);
    for (uint16_t cpu : cpus) {
      Metadata("thread_name", kCpuProcess, cpu + 1, "name", "CPU " + std::to_string(cpu));
      Metadata("thread_sort_index", kCpuProcess, cpu + 1, "sort_index", cpu);
    }
  }

  // What the task that has this Blocked event waits for.
  std::string AwaitedAt(uint32_t event) const {
    const Event& e = trace_.events[event];
    const std::string what = teller_.What(event);
    return what == "waits" ? "waits in " + std::string(OpName(static_cast<Op>(e.arg))) : what;
  }

  std::string NameOf(const TaskSpan& s) const {
    switch (s.state) {
      case State::Running: return "runs on CPU " + std::to_string(s.cpu);
      case State::Blocked: return AwaitedAt(s.cause);
      case State::Preempted: return trace_.events[s.cause].op == Op::Preempt ? "preempted" : "could run";
      case State::Ready: return trace_.events[s.cause].op == Op::TaskCreate ? "created" : "could run";
    }
    return "";
  }

  static const char* CategoryOf(State state) {
    switch (state) {
      case State::Running: return "running";
      case State::Blocked: return "blocked";
      case State::Preempted: return "preempted";
      case State::Ready: return "ready";
    }
    return "";
  }

  void TaskSpans() {
    for (const TaskSpan& s : timeline_.tasks) {
      Json& json = Emit("X", NameOf(s), CategoryOf(s.state), kTaskProcess, Thread(s.task), s.begin);
      json["dur"] = s.end - s.begin;
      if (s.state == State::Blocked) Describe(s.cause, &json);
    }
  }

  void CpuSpans() {
    for (const TaskSpan& s : timeline_.tasks) {
      if (s.state != State::Running) continue;
      Emit("X", trace_.tasks[s.task].name, "cpu", kCpuProcess, s.cpu + 1, s.begin)["dur"] = s.end - s.begin;
    }
  }

  std::string Calls(const Event& e) const {
    if (e.stack >= trace_.stacks.size()) return "";
    std::string out;
    for (const Frame& f : TargetFrames(trace_.stacks[e.stack], symbols_)) out += (out.empty() ? "" : " < ") + f.function;
    return out;
  }

  void Describe(uint32_t event, Json* json) {
    const Event& e = trace_.events[event];
    Json args;
    args["event"] = event;
    args["step"] = e.step;
    args["operation"] = OpName(e.op);
    if (e.object < trace_.objects.size()) args["object"] = symbols_.FieldPath(trace_.objects[e.object], e.offset);
    if (const std::string where = teller_.Where(event); !where.empty()) args["place"] = where;
    if (const std::string calls = Calls(e); !calls.empty()) args["calls"] = calls;
    (*json)["args"] = std::move(args);
  }

  // Does the task run when this event of it happens? (A timer ends the sleep of one that does not.)
  bool InSpan(const TaskSpan* s, uint32_t event) const { return s && s->begin <= event && event < s->end; }

  void Operations() {
    std::vector<const TaskSpan*> running(trace_.tasks.size());
    size_t next = 0;
    for (uint32_t i = 0; i < trace_.events.size(); ++i) {
      for (; next < timeline_.tasks.size() && timeline_.tasks[next].begin <= i; ++next) {
        const TaskSpan& s = timeline_.tasks[next];
        if (s.state == State::Running) running[s.task] = &s;
      }
      const Event& e = trace_.events[i];
      if (!InSpan(running[e.task], i)) continue;
      const bool switches = e.op == Op::Preempt || e.op == Op::Switch;
      const std::string what = switches ? teller_.Transition(i, e.other, "->") : teller_.What(i);
      Json& json = Emit("X", what, hotweave::CategoryOf(e.op), kTaskProcess, Thread(e.task), i);
      json["dur"] = 1;
      Describe(i, &json);
      sliced_.insert(i);
    }
  }

  // Locks are not released in the order in which they were taken: asynchronous slices, one track per lock and task.
  void Locks() {
    uint32_t id = 0;
    for (const LockSpan& l : timeline_.locks) {
      const std::string mode = *l.lock.mode ? " (" + std::string(l.lock.mode) + ")" : "";
      const std::string name = LockName(trace_, l.lock.name, l.lock.object, l.lock.offset, symbols_) + mode + " held by " +
                               trace_.tasks[l.task].name;
      ++id;
      Json& begin = Emit("b", name, "held", kTaskProcess, Thread(l.task), l.begin);
      begin["id"] = id;
      Describe(l.lock.event, &begin);
      Emit("e", name, "held", kTaskProcess, Thread(l.task), std::max(l.end, l.begin + 1))["id"] = id;
    }
  }

  void Sites() {
    for (const Site& s : finding_.sites) {
      if (s.task >= trace_.tasks.size()) continue;
      const bool known = s.event < trace_.events.size();
      const uint32_t at = known ? s.event : static_cast<uint32_t>(trace_.events.size());
      const std::string name = std::string(KindName(finding_.kind)) + ": " + s.role;
      Json& json = Emit("i", name, "finding", kTaskProcess, Thread(s.task), at);
      json["s"] = "t";
      if (known) Describe(s.event, &json);
    }
  }

  // The memory in dispute, whenever it changes, where it is a number.
  void Counter() {
    if (finding_.object >= trace_.objects.size() || finding_.size == 0) return;
    const std::string name = symbols_.ShortField(trace_.objects[finding_.object], finding_.offset);
    bool first = true;
    for (uint32_t i = 0; i < trace_.events.size(); ++i) {
      const Event& e = trace_.events[i];
      if (e.object != finding_.object || e.offset != finding_.offset || !e.has_values) continue;
      if (first) Count(name, 0, teller_.OldValue(i));
      if (first || e.new_value != e.old_value) Count(name, i, teller_.NewValue(i));
      first = false;
    }
  }

  void Count(const std::string& name, uint32_t ts, const std::string& text) {
    int64_t value = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
    if (text.empty() || error != std::errc() || end != text.data() + text.size()) return;
    Emit("C", name, "memory", kTaskProcess, 0, ts)["args"]["value"] = value;
  }

  static const char* NameOf(Arrow::Kind kind) {
    switch (kind) {
      case Arrow::Kind::Create: return "creates";
      case Arrow::Kind::Wake: return "wakes";
      case Arrow::Kind::Preempt: return "preempted for";
      case Arrow::Kind::Switch: return "goes on";
    }
    return "";
  }

  // A flow binds to the slices around its two ends: both ends need one.
  void Arrows() {
    uint32_t id = 0;
    for (const Arrow& a : timeline_.arrows) {
      if (!sliced_.contains(a.from) || !sliced_.contains(a.to)) continue;
      ++id;
      Emit("s", NameOf(a.kind), "flow", kTaskProcess, Thread(trace_.events[a.from].task), a.from)["id"] = id;
      Json& end = Emit("f", NameOf(a.kind), "flow", kTaskProcess, Thread(trace_.events[a.to].task), a.to);
      end["id"] = id;
      end["bp"] = "e";
    }
  }

  std::string Document() {
    std::sort(events_.begin(), events_.end(),
              [](const Emitted& a, const Emitted& b) { return std::tie(a.ts, a.order) < std::tie(b.ts, b.order); });
    Json other;
    other["producer"] = "hotweave " HOTWEAVE_VERSION;
    other["clock"] = "ts is the number of the event in the trace, one microsecond each";
    other["target"] = context_.target;
    other["profile"] = context_.profile;
    if (finding_.kind != Kind::kCount) other["kind"] = KindName(finding_.kind);
    other["fingerprint"] = finding_.fingerprint;
    other["sentence"] = finding_.sentence;
    other["events"] = trace_.events.size();
    std::string out = "{\"displayTimeUnit\": \"ns\",\n\"otherData\": " + Line(other) + ",\n\"traceEvents\": [\n";
    for (size_t i = 0; i < metadata_.size(); ++i) out += (i ? ",\n" : "") + Line(metadata_[i]);
    for (const Emitted& e : events_) out += ",\n" + Line(e.json);
    return out + "\n]}\n";
  }

  const Trace& trace_;
  const Finding& finding_;
  const ReportContext& context_;
  SymbolSource& symbols_;
  EventTeller teller_;
  Timeline timeline_;
  std::vector<Json> metadata_;
  std::vector<Emitted> events_;
  std::set<uint32_t> sliced_;   // events that have a slice
};

}  // namespace

std::string PerfettoReport(const Trace& trace, const Finding& finding, const ReportContext& context, SymbolSource& symbols) {
  return Export(trace, finding, context, symbols).Render();
}

}  // namespace hotweave
