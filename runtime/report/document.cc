// SPDX-License-Identifier: GPL-2.0-only OR MIT
// See document.h.
#include "report/document.h"

#include <cinttypes>
#include <vector>

#include <hotweave/version.h>
#include <nlohmann/json.hpp>

#include "report/events.h"
#include "report/graphs.h"
#include "report/json.h"
#include "report/segments.h"
#include "report/story.h"
#include "report/timeline.h"

namespace hotweave {
namespace {

using Json = nlohmann::ordered_json;

std::string Line(const Json& json) { return json.dump(-1, ' ', false, Json::error_handler_t::replace); }

std::string Hex16(uint64_t value) {
  char text[17];
  snprintf(text, sizeof(text), "%016" PRIx64, value);
  return text;
}

Json TextOrNull(const std::string& text) { return text.empty() ? Json(nullptr) : Json(text); }
Json IndexOrNull(uint32_t index) { return index == Event::kNone ? Json(nullptr) : Json(index); }

const char* NameOf(TraceObject::Kind kind) {
  switch (kind) {
    case TraceObject::Kind::Global: return "global";
    case TraceObject::Kind::Heap: return "heap";
    case TraceObject::Kind::Stack: return "stack";
    case TraceObject::Kind::None: break;
  }
  return "none";
}

const char* NameOf(TaskSpan::State state) {
  switch (state) {
    case TaskSpan::State::Running: return "running";
    case TaskSpan::State::Blocked: return "blocked";
    case TaskSpan::State::Preempted: return "preempted";
    case TaskSpan::State::Ready: return "ready";
  }
  return "";
}

const char* NameOf(Arrow::Kind kind) {
  switch (kind) {
    case Arrow::Kind::Create: return "create";
    case Arrow::Kind::Wake: return "wake";
    case Arrow::Kind::Preempt: return "preempt";
    case Arrow::Kind::Switch: return "switch";
  }
  return "";
}

class Document {
 public:
  Document(const Trace& trace, const Finding& finding, const ReportContext& context, SymbolSource& symbols)
      : trace_(trace), finding_(finding), context_(context), symbols_(symbols), teller_(trace, finding, true, symbols) {}

  std::string Render() {
    Head();
    Add("finding", Json::parse(FindingJson(trace_, finding_, symbols_)));
    Add("explanation", context_.explanation);
    Add("schedule", TextOrNull(context_.schedule));
    List("segments", Segments());
    List("tasks", Tasks());
    List("objects", Objects());
    List("stacks", Stacks());
    List("events", Events());
    List("path", Path());
    Spans();
    List("lock_order", LockOrder());
    return "{" + out_ + "\n}\n";
  }

 private:
  void Key(const char* key) { out_ += std::string(out_.empty() ? "\n" : ",\n") + "\"" + key + "\": "; }

  void Add(const char* key, const Json& value) {
    Key(key);
    out_ += Line(value);
  }

  void List(const char* key, const std::vector<Json>& list) {
    Key(key);
    out_ += "[";
    for (size_t i = 0; i < list.size(); ++i) out_ += (i ? ",\n" : "\n") + Line(list[i]);
    out_ += list.empty() ? "]" : "\n]";
  }

  void Head() {
    Add("format", "hotweave-report");
    Add("version", kReportVersion);
    Add("tool", {{"name", "hotweave"}, {"version", HOTWEAVE_VERSION}});
    Add("target", context_.target);
    Add("profile", TextOrNull(context_.profile));
    Add("strategy", TextOrNull(context_.strategy));
    Add("replayed", TextOrNull(context_.replayed));
    Add("artifacts", context_.artifacts);
    Add("trace_hash", Hex16(trace_.hash));
  }

  Json Held(const HeldLock& h) const {
    return {{"lock", LockName(trace_, h.name, h.object, h.offset, symbols_)}, {"mode", TextOrNull(h.mode)}, {"event", EventOrNull(h.event)}};
  }

  Json EventOrNull(uint32_t event) const { return event < trace_.events.size() ? Json(event) : Json(nullptr); }

  std::vector<Json> Segments() const {
    std::vector<Json> list;
    for (const Segment& s : SegmentsOf(trace_, &finding_)) list.push_back({{"task", s.task}, {"first", s.first}, {"last", s.last}});
    return list;
  }

  std::vector<Json> Tasks() const {
    std::vector<Json> list;
    for (uint32_t t = 0; t < trace_.tasks.size(); ++t) {
      const TraceTask& task = trace_.tasks[t];
      Json held = Json::array();
      if (t < trace_.held_at_end.size()) {
        for (const HeldLock& h : trace_.held_at_end[t]) held.push_back(Held(h));
      }
      list.push_back({{"name", task.name}, {"parent", task.parent}, {"interrupt", task.irq}, {"held_at_end", held}});
    }
    return list;
  }

  std::vector<Json> Objects() const {
    std::vector<Json> list;
    for (const TraceObject& o : trace_.objects) list.push_back({{"name", o.name}, {"kind", NameOf(o.kind)}, {"size", o.size}});
    return list;
  }

  std::vector<Json> Stacks() const {
    std::vector<Json> list;
    for (const Stack& stack : trace_.stacks) {
      Json frames = Json::array();
      for (const Frame& f : TargetFrames(stack, symbols_)) {
        frames.push_back({{"function", f.function},
                          {"file", TextOrNull(f.file)},
                          {"line", f.line ? Json(f.line) : Json(nullptr)},
                          {"column", f.column ? Json(f.column) : Json(nullptr)},
                          {"inlined", f.inlined}});
      }
      list.push_back(std::move(frames));
    }
    return list;
  }

  Json EventJson(uint32_t i) const {
    const Event& e = trace_.events[i];
    const bool switches = e.op == Op::Preempt || e.op == Op::Switch;
    Json json;
    json["step"] = e.step;
    json["task"] = e.task;
    json["cpu"] = e.cpu;
    json["operation"] = OpName(e.op);
    json["text"] = switches ? teller_.Transition(i, e.other, "->") : teller_.What(i);
    json["object"] = IndexOrNull(e.object);
    if (e.object < trace_.objects.size()) {
      json["offset"] = e.offset;
      json["field"] = symbols_.FieldPath(trace_.objects[e.object], e.offset);
    }
    if (e.size) json["size"] = e.size;
    if (e.has_values) {
      json["was"] = TextOrNull(teller_.OldValue(i));
      json["value"] = TextOrNull(teller_.NewValue(i));
    }
    if (e.other != Event::kNone) json["other"] = e.other;
    if (e.op == Op::Choose) json["chosen"] = e.arg;
    if (e.op == Op::Blocked) json["waits_in"] = OpName(static_cast<Op>(e.arg));
    if (e.nth) json["nth"] = e.nth;
    if (e.preempted || e.op == Op::Preempt || (e.op == Op::Choose && e.arg)) json["decision"] = true;
    if (e.forgiven) json["forgiven"] = true;
    json["stack"] = IndexOrNull(e.stack);
    json["hash"] = Hex16(e.hash);
    return json;
  }

  std::vector<Json> Events() const {
    std::vector<Json> list;
    for (uint32_t i = 0; i < trace_.events.size(); ++i) list.push_back(EventJson(i));
    return list;
  }

  std::vector<Json> Path() const {
    std::vector<Json> list;
    for (uint32_t event : EventsOfStory(trace_, finding_, symbols_)) list.push_back(event);
    return list;
  }

  void Spans() {
    const Timeline timeline = TimelineOf(trace_);
    std::vector<Json> spans, locks, arrows;
    for (const TaskSpan& s : timeline.tasks) {
      Json json{{"task", s.task}, {"state", NameOf(s.state)}, {"begin", s.begin}, {"end", s.end}};
      json["cpu"] = s.state == TaskSpan::State::Running ? Json(s.cpu) : Json(nullptr);
      json["cause"] = IndexOrNull(s.cause);
      spans.push_back(std::move(json));
    }
    for (const LockSpan& l : timeline.locks) {
      Json json = Held(l.lock);
      json.update({{"task", l.task}, {"begin", l.begin}, {"end", l.end}});
      locks.push_back(std::move(json));
    }
    for (const Arrow& a : timeline.arrows) arrows.push_back({{"kind", NameOf(a.kind)}, {"from", a.from}, {"to", a.to}});
    List("task_spans", spans);
    List("lock_spans", locks);
    List("arrows", arrows);
  }

  std::vector<Json> LockOrder() const {
    std::vector<Json> list;
    for (const LockOrderEdge& e : LockOrderOf(trace_, finding_, symbols_)) {
      Json instances = Json::array();
      for (const LockOrderEdge::Instance& i : e.instances) {
        instances.push_back({{"task", IndexOrNull(i.task)}, {"place", TextOrNull(i.place)}, {"held_place", TextOrNull(i.held_place)}});
      }
      list.push_back({{"held", e.held}, {"wanted", e.wanted}, {"in_cycle", e.in_cycle}, {"instances", instances}});
    }
    return list;
  }

  const Trace& trace_;
  const Finding& finding_;
  const ReportContext& context_;
  SymbolSource& symbols_;
  EventTeller teller_;
  std::string out_;
};

}  // namespace

std::string JsonReport(const Trace& trace, const Finding& finding, const ReportContext& context, SymbolSource& symbols) {
  return Document(trace, finding, context, symbols).Render();
}

}  // namespace hotweave
