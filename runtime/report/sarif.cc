// SPDX-License-Identifier: GPL-2.0-only OR MIT
// See sarif.h. Numbers of sections are those of "Static Analysis Results Interchange Format (SARIF) Version 2.1.0",
// OASIS Standard.
#include "report/sarif.h"

#include <algorithm>
#include <cstring>
#include <vector>

#include <hotweave/version.h>
#include <nlohmann/json.hpp>

#include "report/events.h"
#include "report/held_locks.h"
#include "report/story.h"

namespace hotweave {
namespace {

using Json = nlohmann::ordered_json;

constexpr const char* kSchema = "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json";
constexpr const char* kRoot = "SRCROOT";

// The weakness that a kind is an instance of, where the Common Weakness Enumeration has one; 0: it has none.
int WeaknessOf(Kind kind) {
  switch (kind) {
    case Kind::DataRace:
    case Kind::LostUpdate: return 362;
    case Kind::Deadlock:
    case Kind::LockOrder:
    case Kind::IrqLockOrder: return 833;
    case Kind::RecursiveLock: return 764;
    case Kind::LockMisuse:
    case Kind::LockLeak:
    case Kind::MissingLock: return 667;
    case Kind::UseAfterFree: return 416;
    case Kind::OutOfBounds: return 119;
    case Kind::BadFree: return 763;
    case Kind::Assertion: return 617;
    case Kind::Livelock: return 835;
    case Kind::Leak: return 401;
    case Kind::NullDeref: return 476;
    case Kind::DivideError: return 369;
    default: return 0;
  }
}

Json Message(const std::string& text) { return {{"text", text}}; }

bool Unreserved(char c) { return isalnum(static_cast<unsigned char>(c)) || std::strchr("-._~/+@,", c); }

// A path as a relative reference of RFC 3986.
std::string UriOf(const std::string& path) {
  static constexpr char kDigits[] = "0123456789ABCDEF";
  std::string out;
  for (char c : path) {
    const auto byte = static_cast<unsigned char>(c);
    if (c && Unreserved(c)) {
      out += c;
    } else {
      out += {'%', kDigits[byte >> 4], kDigits[byte & 15]};
    }
  }
  return out;
}

class Sarif {
 public:
  Sarif(const Trace& trace, const Finding& finding, const ReportContext& context, SymbolSource& symbols)
      : trace_(trace), finding_(finding), context_(context), symbols_(symbols), teller_(trace, finding, false, symbols) {}

  std::string Render() {
    Json run;
    run["tool"]["driver"] = Driver();
    run["automationDetails"]["id"] = "hotweave/" + UriOf(Spec()) + "/";
    run["invocations"] = {{{"executionSuccessful", true}}};
    run["originalUriBaseIds"][kRoot] = {{"description", Message("the source tree that the program was built from")}};
    run["columnKind"] = "unicodeCodePoints";
    run["results"] = Json::array({Result()});
    Json log;
    log["$schema"] = kSchema;
    log["version"] = "2.1.0";
    log["runs"] = Json::array({std::move(run)});
    return log.dump(1, ' ', false, Json::error_handler_t::replace) + "\n";
  }

 private:
  std::string Spec() const { return context_.profile.empty() ? context_.target : context_.target + "@" + context_.profile; }

  static Json Driver() {
    Json driver;
    driver["name"] = "hotweave";
    driver["version"] = HOTWEAVE_VERSION;
    driver["semanticVersion"] = HOTWEAVE_VERSION;
    driver["shortDescription"] = Message("deterministic concurrency fuzzing of kernel hotplug code");
    driver["rules"] = Json::array();
    for (size_t k = 0; k < static_cast<size_t>(Kind::kCount); ++k) driver["rules"].push_back(Rule(static_cast<Kind>(k)));
    return driver;
  }

  static Json Rule(Kind kind) {
    Json rule;
    rule["id"] = KindName(kind);
    rule["shortDescription"] = Message(std::string(KindRule(kind)));
    rule["help"] = {{"text", "docs/detectors.md of hotweave says how this is detected and what is not."}};
    rule["defaultConfiguration"] = {{"level", "error"}};
    Json tags = {"concurrency"};
    if (const int cwe = WeaknessOf(kind)) tags.push_back("external/cwe/cwe-" + std::to_string(cwe));
    rule["properties"]["tags"] = std::move(tags);
    return rule;
  }

  // ---- Places (3.28 location, 3.29 physicalLocation, 3.30 region) ----

  static Json Physical(const Frame& frame) {
    Json json;
    json["artifactLocation"]["uri"] = UriOf(frame.file);
    if (frame.file[0] != '/') json["artifactLocation"]["uriBaseId"] = kRoot;
    if (frame.line) json["region"]["startLine"] = frame.line;
    if (frame.line && frame.column) json["region"]["startColumn"] = frame.column;
    return json;
  }

  static Json Location(const Frame& frame, const std::string& message) {
    Json json;
    if (!frame.file.empty()) json["physicalLocation"] = Physical(frame);
    if (!frame.function.empty()) {
      Json function{{"name", frame.function}, {"kind", "function"}};
      if (frame.full != frame.function && !frame.full.empty()) function["fullyQualifiedName"] = frame.full;
      json["logicalLocations"] = Json::array({std::move(function)});
    }
    if (!message.empty()) json["message"] = Message(message);
    return json;
  }

  std::vector<Frame> Frames(uint32_t stack) const {
    return stack < trace_.stacks.size() ? TargetFrames(trace_.stacks[stack], symbols_) : std::vector<Frame>();
  }

  Frame Top(uint32_t stack) const {
    const std::vector<Frame> frames = Frames(stack);
    return frames.empty() ? Frame() : frames.front();
  }

  std::string TaskName(uint32_t task) const { return task < trace_.tasks.size() ? trace_.tasks[task].name : "?"; }

  // ---- The result (3.27) ----

  Json Result() const {
    Json result;
    if (finding_.kind != Kind::kCount) {
      result["ruleId"] = KindName(finding_.kind);
      result["ruleIndex"] = static_cast<size_t>(finding_.kind);
    }
    result["level"] = "error";
    const std::string rule(KindRule(finding_.kind));
    result["message"] = Message(finding_.sentence.empty() ? rule : finding_.sentence);
    result["locations"] = Json::array();
    if (!finding_.sites.empty()) result["locations"].push_back(SiteLocation(finding_.sites[0]));
    result["relatedLocations"] = Related();
    result["codeFlows"] = Json::array({CodeFlow()});
    result["stacks"] = Stacks();
    result["partialFingerprints"] = {{"hotweave/v1", finding_.fingerprint}};
    result["properties"] = Properties();
    for (const char* list : {"locations", "relatedLocations", "stacks"}) {
      if (result[list].empty()) result.erase(list);
    }
    return result;
  }

  Json SiteLocation(const Site& site) const { return Location(Top(site.stack), site.role + " by " + TaskName(site.task)); }

  Json Related() const {
    Json list = Json::array();
    for (size_t i = 1; i < finding_.sites.size(); ++i) {
      Json location = SiteLocation(finding_.sites[i]);
      location["id"] = i;
      list.push_back(std::move(location));
    }
    return list;
  }

  Json Stacks() const {
    Json list = Json::array();
    for (const Site& site : finding_.sites) {
      Json frames = Json::array();
      for (const Frame& f : Frames(site.stack)) frames.push_back({{"location", Location(f, "")}});
      if (frames.empty()) continue;
      list.push_back({{"message", Message(site.role + " by " + TaskName(site.task))}, {"frames", std::move(frames)}});
    }
    return list;
  }

  Json Properties() const {
    Json json;
    json["target"] = context_.target;
    json["profile"] = context_.profile;
    json["title"] = finding_.title;
    if (!context_.replayed.empty()) json["replayed"] = context_.replayed;
    if (!context_.segments.empty()) json["segments"] = context_.segments;
    if (!finding_.level.empty()) json["lockOrderLevel"] = finding_.level;
    if (!finding_.confirmation.empty()) json["confirmation"] = finding_.confirmation;
    if (!context_.explanation.empty()) json["explanation"] = context_.explanation;
    if (!context_.schedule.empty()) json["schedule"] = context_.schedule;
    return json;
  }

  // ---- The way to it (3.36 codeFlow, 3.37 threadFlow, 3.38 threadFlowLocation) ----

  Json CodeFlow() const {
    std::vector<Json> flows(trace_.tasks.size());
    HeldLocks held(trace_);
    uint32_t fed = 0;
    int order = 0;
    for (uint32_t event : EventsOfStory(trace_, finding_, symbols_)) {
      for (; fed <= event; ++fed) held.Feed(fed);
      const uint32_t task = trace_.events[event].task;
      flows[task].push_back(Step(event, ++order, held.Held(task)));
    }
    Json flow;
    flow["message"] = Message("what each task does on the way; executionOrder is the order of the interleaving");
    flow["threadFlows"] = Json::array();
    for (uint32_t t = 0; t < flows.size(); ++t) {
      if (!flows[t].is_null()) flow["threadFlows"].push_back({{"id", TaskName(t)}, {"message", Message("task " + TaskName(t))}, {"locations", flows[t]}});
    }
    if (flow["threadFlows"].empty()) flow["threadFlows"].push_back(OnlySite());
    return flow;
  }

  // A thread flow must have a step (3.37.6): where it was noticed.
  Json OnlySite() const {
    const Site site = finding_.sites.empty() ? Site{"here", Event::kNone, Event::kNone, Event::kNone} : finding_.sites[0];
    return {{"id", TaskName(site.task)}, {"locations", Json::array({{{"location", SiteLocation(site)}, {"executionOrder", 1}}})}};
  }

  Json Step(uint32_t event, int order, const std::vector<HeldLock>& held) const {
    const Event& e = trace_.events[event];
    const bool switches = e.op == Op::Preempt || e.op == Op::Switch;
    const std::string what = switches ? teller_.Transition(event, e.other, "->") : teller_.What(event);
    Json step;
    step["location"] = Location(Top(e.stack), what);
    if (const Json kinds = KindsOf(e.op); !kinds.empty()) step["kinds"] = kinds;
    step["executionOrder"] = order;
    const bool site = std::any_of(finding_.sites.begin(), finding_.sites.end(), [&](const Site& s) { return s.event == event; });
    step["importance"] = site ? "essential" : "important";
    std::string locks;
    for (const HeldLock& h : held) {
      locks += (locks.empty() ? "" : ", ") + LockName(trace_, h.name, h.object, h.offset, symbols_);
      if (*h.mode) locks += " (" + std::string(h.mode) + ")";
    }
    step["state"]["holds"] = Message(locks.empty() ? "no lock" : locks);
    step["properties"] = {{"event", event}, {"cpu", e.cpu}};
    return step;
  }

  // The words that 3.38.8 knows.
  static Json KindsOf(Op op) {
    switch (ClassOf(op)) {
      case OpClass::Lock: return {"acquire", "lock"};
      case OpClass::Unlock: return {"release", "lock"};
      case OpClass::Access: return {"memory"};
      default: return Json::array();
    }
  }

  const Trace& trace_;
  const Finding& finding_;
  const ReportContext& context_;
  SymbolSource& symbols_;
  EventTeller teller_;
};

}  // namespace

std::string SarifReport(const Trace& trace, const Finding& finding, const ReportContext& context, SymbolSource& symbols) {
  return Sarif(trace, finding, context, symbols).Render();
}

}  // namespace hotweave
