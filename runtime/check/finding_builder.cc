// SPDX-License-Identifier: GPL-2.0-only OR MIT
// From failures to findings. See finding_builder.h.
#include "check/finding_builder.h"

#include <algorithm>
#include <cstring>

#include "core/engine.h"
#include "core/symbols.h"
#include "core/tracer.h"

namespace hotweave {
namespace {

constexpr const char* kCheckNote = "invariant";

bool IsStore(Op op) { return op == Op::Write || op == Op::Store || op == Op::Rmw; }
bool IsLoad(Op op) { return op == Op::Read || op == Op::Load; }

bool Touches(const Event& e, uint32_t object, uint32_t offset) {
  return e.object == object && e.size && ClassOf(e.op) == OpClass::Access && offset / 8 >= e.offset / 8 &&
         offset / 8 <= (e.offset + e.size - 1) / 8;
}

std::string TopFunction(const std::vector<uint64_t>& stack) {
  return stack.empty() ? "??" : FunctionName(stack[0] - 1);
}

// "a_function, b_function" in an order that does not depend on who came first.
std::string JoinSorted(std::vector<std::string> names) {
  std::sort(names.begin(), names.end());
  std::string out;
  for (const std::string& n : names) out += (out.empty() ? "" : ", ") + n;
  return out;
}

std::string JoinInOrder(const std::vector<std::string>& names) {
  std::string out;
  for (const std::string& n : names) out += (out.empty() ? "" : ", ") + n;
  return out;
}

std::string Fingerprint(Kind kind, const std::string& title) {
  std::string out(KindName(kind));
  out += ':';
  for (char c : title) {
    if (c == ' ' && out.back() == ',') continue;
    out += (c == ' ' || c == '\t' || c == '#' || c == '%') ? '_' : c;
  }
  return out;
}

void Name(Finding* f, const Failure& failure, const std::vector<std::string>& functions) {
  f->title = !failure.names.empty() ? JoinInOrder(failure.names) : JoinSorted(functions);
  f->fingerprint = Fingerprint(f->kind, f->title);
}

// A race is a pair of places: the functions on both sides. Anything else is where it was noticed.
std::vector<std::string> Functions(const Failure& failure, const Trace* trace) {
  std::vector<std::string> out;
  for (const FailureSite& s : failure.sites) {
    if (!s.stack.empty()) {
      out.push_back(TopFunction(s.stack));
    } else if (trace && s.event != Event::kNone) {
      out.push_back(TopFunction(trace->stacks[trace->events[s.event].stack]));
    }
    if (failure.kind != Kind::DataRace) break;
  }
  if (out.empty()) out.push_back("??");
  return out;
}

// The invariant's own loads, latest check first: the places of which an update may have been lost.
std::vector<std::pair<uint32_t, uint32_t>> CheckedPlaces(const Trace& trace) {
  std::vector<std::pair<uint32_t, uint32_t>> places;
  uint32_t begin = static_cast<uint32_t>(trace.events.size());
  while (begin > 0) {
    const Event& e = trace.events[begin - 1];
    if (e.op == Op::Note && e.text && std::strcmp(e.text, kCheckNote) == 0) break;
    --begin;
  }
  if (begin == 0) return places;
  for (uint32_t i = begin; i < trace.events.size(); ++i) {
    const Event& e = trace.events[i];
    if (!IsLoad(e.op) || e.object == Event::kNone) continue;
    const std::pair<uint32_t, uint32_t> place{e.object, e.offset};
    if (std::find(places.begin(), places.end(), place) == places.end()) places.push_back(place);
  }
  return places;
}

Site SiteOf(const Trace& trace, const char* role, uint32_t event) {
  const Event& e = trace.events[event];
  return {role, event, e.task, e.stack};
}

void BecomeLostUpdate(Finding* f, const Trace& trace, const LostUpdate& lost) {
  const Event& load = trace.events[lost.load];
  const Event& update = trace.events[lost.update];
  const Event& store = trace.events[lost.stale_store];
  f->kind = Kind::LostUpdate;
  f->sites = {SiteOf(trace, "stale store", lost.stale_store), SiteOf(trace, "load of the old value", lost.load),
              SiteOf(trace, "update that was lost", lost.update)};
  const std::string& t = trace.tasks[load.task].name;
  const std::string& u = trace.tasks[update.task].name;
  f->sentence = t + " loads {object} = " + std::to_string(load.old_value) + ", " + u + " stores " +
                std::to_string(update.new_value) + ", then " + t + " stores " + std::to_string(store.new_value) +
                ", computed from the old " + std::to_string(load.old_value) + ": the update of " + u +
                " is lost (" + f->sentence + ")";
  f->object = load.object;
  f->offset = load.offset;
  f->size = load.size;
  f->title = JoinSorted({TopFunction(trace.stacks[store.stack]), TopFunction(trace.stacks[update.stack])});
  f->fingerprint = Fingerprint(f->kind, f->title);
}

Site SiteOf(const FailureSite& s, Tracer& tracer) {
  Site site{s.role, s.event, s.task, Event::kNone};
  if (!s.stack.empty()) {
    site.stack = tracer.Intern(s.stack);
  } else if (s.event != Event::kNone) {
    site.stack = tracer.trace().events[s.event].stack;
  }
  return site;
}

}  // namespace

bool FindLostUpdate(const Trace& trace, uint32_t object, uint32_t offset, LostUpdate* out) {
  constexpr uint32_t kNone = Event::kNone;
  std::vector<uint32_t> load(trace.tasks.size(), kNone);      // latest load of each task since its own store
  std::vector<uint32_t> overwritten(trace.tasks.size(), kNone);  // first store of another task since
  for (uint32_t i = 0; i < trace.events.size(); ++i) {
    const Event& e = trace.events[i];
    if (!Touches(e, object, offset)) continue;
    if (IsLoad(e.op)) {
      load[e.task] = i;
      overwritten[e.task] = kNone;
    } else if (IsStore(e.op)) {
      const uint32_t l = load[e.task], u = overwritten[e.task];
      if (e.op == Op::Write && l != kNone && u != kNone && e.has_values && trace.events[l].has_values &&
          trace.events[l].old_value != e.old_value && trace.events[l].offset == e.offset &&
          TopFunction(trace.stacks[trace.events[l].stack]) == TopFunction(trace.stacks[e.stack])) {
        *out = {l, u, i};
        return true;
      }
      for (size_t t = 0; t < load.size(); ++t) {
        if (t != e.task && load[t] != kNone && overwritten[t] == kNone) overwritten[t] = i;
      }
      load[e.task] = kNone;
    }
  }
  return false;
}

Finding BuildFinding(const Failure& failure) {
  Finding f;
  f.kind = failure.kind;
  f.sentence = failure.sentence;
  f.locks = failure.locks;
  f.waits = failure.waits;
  f.details = failure.details;
  f.names = failure.names;
  f.level = failure.level;
  Name(&f, failure, Functions(failure, nullptr));
  return f;
}

Finding BuildFinding(const Failure& failure, Tracer& tracer) {
  const Trace& trace = tracer.trace();
  Finding f = BuildFinding(failure);
  Name(&f, failure, Functions(failure, &trace));
  for (const FailureSite& s : failure.sites) f.sites.push_back(SiteOf(s, tracer));
  if (failure.address) {
    f.object = tracer.InternObject(failure.address, &f.offset);
    f.size = failure.size;
  }
  if (f.kind == Kind::VanishedPage) {
    // The arena still is as the execution left it.
    if (const VanishedRange* r = engine.arena.FindVanished(reinterpret_cast<uintptr_t>(failure.address))) {
      f.causes.push_back(SiteOf({"took the memory away", r->task, r->event, r->stack}, tracer));
    }
  }
  if (f.kind == Kind::Invariant) {
    LostUpdate lost;
    for (const auto& [object, offset] : CheckedPlaces(trace)) {
      if (!FindLostUpdate(trace, object, offset, &lost)) continue;
      BecomeLostUpdate(&f, trace, lost);
      break;
    }
  }
  return f;
}

}  // namespace hotweave
