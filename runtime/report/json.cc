// SPDX-License-Identifier: GPL-2.0-only OR MIT
// See json.h.
#include "report/json.h"

#include <nlohmann/json.hpp>

#include "report/events.h"
#include "report/story.h"

namespace hotweave {
namespace {

using Json = nlohmann::ordered_json;

template <typename T>
Json OrNull(const std::optional<T>& value) {
  return value ? Json(*value) : Json(nullptr);
}

std::string Hex16(uint64_t value) {
  char text[17];
  snprintf(text, sizeof(text), "%016llx", static_cast<unsigned long long>(value));
  return text;
}

std::string Dump(const Json& json) {
  return json.dump(-1, ' ', false, Json::error_handler_t::replace) + "\n";
}

Json FramesJson(const Trace& trace, const Site& site, SymbolSource& symbols) {
  Json frames = Json::array();
  if (site.stack >= trace.stacks.size()) return frames;
  for (const Frame& frame : TargetFrames(trace.stacks[site.stack], symbols)) {
    Json json;
    json["function"] = frame.function;
    json["file"] = frame.file.empty() ? Json(nullptr) : Json(frame.file);
    json["line"] = frame.line ? Json(frame.line) : Json(nullptr);
    json["column"] = frame.column ? Json(frame.column) : Json(nullptr);
    frames.push_back(std::move(json));
  }
  return frames;
}

Json SiteJson(const Trace& trace, const Finding& finding, const Site& site, SymbolSource& symbols) {
  Json json;
  json["role"] = site.role;
  json["task"] = site.task < trace.tasks.size() ? Json(trace.tasks[site.task].name) : Json(nullptr);
  const bool known = site.event < trace.events.size();
  json["operation"] = known ? Json(OpName(trace.events[site.event].op)) : Json(nullptr);
  json["step"] = known ? Json(trace.events[site.event].step) : Json(nullptr);
  // As the story has them: "= 64 (was 96)".
  const std::string values = known ? EventTeller(trace, finding, true, symbols).Values(site.event) : "";
  json["values"] = values.empty() ? Json(nullptr) : Json(values.substr(1));
  json["stack"] = FramesJson(trace, site, symbols);
  json["event"] = known ? Json(site.event) : Json(nullptr);
  return json;
}

Json TaskJson(const Trace& trace, uint32_t task) { return task < trace.tasks.size() ? Json(trace.tasks[task].name) : Json(nullptr); }

const char* NameOf(LockReport::Shape shape) {
  switch (shape) {
    case LockReport::Shape::None: return "none";
    case LockReport::Shape::Cycle: return "cycle";
    case LockReport::Shape::Recursion: return "recursion";
    case LockReport::Shape::Usage: return "usage";
    case LockReport::Shape::IrqPath: return "irq-path";
    case LockReport::Shape::Other: return "other";
  }
  return "";
}

Json EndJson(const Trace& trace, const LockEnd& end) {
  Json json;
  json["name"] = end.name;
  json["class"] = end.title;
  json["mode"] = end.read == 0 ? "exclusive" : end.read == 1 ? "shared" : "shared-recursive";
  json["completion"] = end.completion;
  json["task"] = TaskJson(trace, end.task);
  json["event"] = end.event < trace.events.size() ? Json(end.event) : Json(nullptr);
  json["stack"] = end.stack < trace.stacks.size() ? Json(end.stack) : Json(nullptr);
  return json;
}

Json LocksJson(const Trace& trace, const LockReport& report) {
  Json json;
  json["shape"] = NameOf(report.shape);
  json["headline"] = report.headline;
  json["edges"] = Json::array();
  for (const LockEdge& e : report.edges) json["edges"].push_back({{"held", EndJson(trace, e.held)}, {"wanted", EndJson(trace, e.wanted)}});
  return json;
}

const char* NameOf(WaitEdge::Why why) {
  switch (why) {
    case WaitEdge::Why::Event: return "event";
    case WaitEdge::Why::Held: return "held";
    case WaitEdge::Why::Queued: return "queued";
    case WaitEdge::Why::Exit: return "exit";
    case WaitEdge::Why::Needs: return "needs";
    case WaitEdge::Why::Cpu: return "cpu";
    case WaitEdge::Why::Interrupted: return "interrupted";
    case WaitEdge::Why::Disabled: return "disabled";
  }
  return "";
}

Json WaitsJson(const Trace& trace, const std::vector<WaitEdge>& waits) {
  Json list = Json::array();
  for (const WaitEdge& w : waits) {
    Json json;
    json["task"] = TaskJson(trace, w.task);
    json["on"] = TaskJson(trace, w.on);
    json["why"] = NameOf(w.why);
    json["what"] = w.what;
    json["shared"] = w.shared;
    list.push_back(std::move(json));
  }
  return list;
}

Json MemoryJson(const Trace& trace, const Finding& finding, SymbolSource& symbols) {
  if (finding.object >= trace.objects.size()) return nullptr;
  const TraceObject& object = trace.objects[finding.object];
  Json json;
  json["object"] = object.name;
  json["offset"] = finding.offset;
  json["size"] = finding.size;
  json["field"] = symbols.FieldPath(object, finding.offset);
  return json;
}

}  // namespace

void Summary::SetFinding(const Finding& finding) {
  verdict = VerdictKind::Finding;
  kind = KindName(finding.kind);
  fingerprint = finding.fingerprint;
  title = finding.title;
  if (!finding.level.empty()) level = finding.level;
  if (!finding.confirmation.empty()) confirmation = finding.confirmation;
}

std::string SummaryJson(const Summary& s) {
  Json json;
  json["target"] = s.target;
  json["profile"] = OrNull(s.profile);
  json["model"] = s.model;
  json["strategy"] = OrNull(s.strategy);
  json["seed"] = OrNull(s.seed);
  json["verdict"] = VerdictName(s.verdict);
  json["kind"] = OrNull(s.kind);
  json["fingerprint"] = OrNull(s.fingerprint);
  json["title"] = OrNull(s.title);
  json["executions"] = OrNull(s.executions);
  json["distinct_schedules"] = OrNull(s.distinct_schedules);
  json["steps"] = OrNull(s.steps);
  json["preemptions"] = OrNull(s.preemptions);
  json["switches"] = OrNull(s.switches);
  json["tasks"] = OrNull(s.tasks);
  json["contended"] = OrNull(s.contended);
  json["seconds"] = OrNull(s.seconds);
  json["executions_per_second"] = OrNull(s.executions_per_second);
  json["trace_hash"] = s.trace_hash ? Json(Hex16(*s.trace_hash)) : Json(nullptr);
  json["artifact"] = OrNull(s.artifact);
  json["replayed"] = OrNull(s.replayed);
  json["level"] = OrNull(s.level);
  json["confirmation"] = OrNull(s.confirmation);
  json["confirmation_artifact"] = OrNull(s.confirmation_artifact);
  if (s.segments) json["segments"] = *s.segments;
  if (s.stale) json["stale"] = *s.stale;
  if (s.renewed) json["renewed"] = *s.renewed;
  if (s.complete) json["complete"] = *s.complete;
  if (s.bound) json["bound"] = *s.bound;
  return Dump(json);
}

std::string FindingJson(const Trace& trace, const Finding& finding, SymbolSource& symbols) {
  Json json;
  json["kind"] = KindName(finding.kind);
  json["title"] = finding.title;
  json["fingerprint"] = finding.fingerprint;
  json["rule"] = KindRule(finding.kind);
  json["sentence"] = finding.sentence;
  if (!finding.level.empty()) json["level"] = finding.level;
  if (!finding.confirmation.empty()) json["confirmation"] = finding.confirmation;
  if (!finding.confirmation_details.empty()) json["confirmation_details"] = finding.confirmation_details;
  json["details"] = finding.details;
  json["memory"] = MemoryJson(trace, finding, symbols);
  json["sites"] = Json::array();
  for (const Site& site : finding.sites) json["sites"].push_back(SiteJson(trace, finding, site, symbols));
  if (finding.locks.shape != LockReport::Shape::None) json["locks"] = LocksJson(trace, finding.locks);
  if (!finding.waits.empty()) json["waits"] = WaitsJson(trace, finding.waits);
  return Dump(json);
}

}  // namespace hotweave
