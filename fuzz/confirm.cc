// SPDX-License-Identifier: GPL-2.0-only OR MIT
// Confirmation and simplification of findings. See confirm.h.
#include "confirm.h"

#include <algorithm>

#include "check/finding_builder.h"
#include "core/internal.h"
#include "core/keys.h"
#include "report/symbolizer.h"

namespace hotweave {
namespace {

struct Attempt {
  RunResult result;
  Trace trace;
  Schedule schedule;
};

Attempt RunTraced(const RunOptions& options, const Input& input) {
  Attempt a;
  a.result = RunInput(options, input, &a.trace, &a.schedule);
  return a;
}

bool Same(const RunResult& result, const Finding& finding) {
  return result.finding && result.finding->fingerprint == finding.fingerprint;
}

// True if the trace of a race shows an update that was lost through it.
bool ShowsLostUpdate(const Attempt& a) {
  LostUpdate lost;
  const Finding& f = *a.result.finding;
  return f.object != ~0u && FindLostUpdate(a.trace, f.object, f.offset, &lost);
}

Record PreemptBefore(const Trace& trace, const Event& e, uint32_t to) {
  Record r;
  r.key = KeyOf(e.op, ObjectKey(trace.objects[e.object].name, e.offset));
  r.task = TaskKey(trace.tasks[e.task].name);
  r.nth = static_cast<uint16_t>(std::min(e.nth, kMaxNth));
  r.to = TaskKey(trace.tasks[to].name);
  return r;
}

// A race or a lost update is understood at once if one preemption lies between a task's load and its store of
// the memory in dispute, and the other task's store falls into it. Tries just that for every store of the
// trace.
void FindTightRace(const RunOptions& options, Attempt* best) {
  const Finding f = *best->result.finding;
  if ((f.kind != Kind::DataRace && f.kind != Kind::LostUpdate) || f.object == ~0u || f.sites.size() < 2) return;
  const std::string object = best->trace.objects[f.object].name;
  const uint32_t tasks[2] = {f.sites[0].task, f.sites.back().task};
  for (const Event& e : best->trace.events) {
    if (e.op != Op::Write || e.object != f.object || e.offset / 8 != f.offset / 8 || e.nth == 0) continue;
    if (e.task != tasks[0] && e.task != tasks[1]) continue;
    Input input;
    for (const NamedChoice& c : best->schedule.choices) input.choices.push_back(c.choice);
    input.records.push_back(PreemptBefore(best->trace, e, e.task == tasks[0] ? tasks[1] : tasks[0]));
    Attempt a = RunTraced(options, input);
    if (!Same(a.result, f) || a.result.finding->object == ~0u) continue;
    if (a.trace.objects[a.result.finding->object].name != object || !ShowsLostUpdate(a)) continue;
    *best = std::move(a);
    return;
  }
}

// Takes records and choices away, most of them at once first, as long as the finding stays the same.
void Shorten(const RunOptions& options, Attempt* best) {
  uint32_t runs = 0;
  const Finding wanted = *best->result.finding;
  const bool lost = wanted.kind == Kind::DataRace && ShowsLostUpdate(*best);
  auto accept = [&](const Input& input) {
    ++runs;
    Attempt a = RunTraced(options, input);
    if (!Same(a.result, wanted) || (lost && !ShowsLostUpdate(a))) return false;
    if (a.schedule.records.size() + a.schedule.choices.size() >=
        best->schedule.records.size() + best->schedule.choices.size()) {
      return false;
    }
    *best = std::move(a);
    return true;
  };
  for (size_t chunk = std::max<size_t>(best->schedule.records.size(), 1); chunk > 0 && runs < kMaxSimplifyRuns;) {
    bool shorter = false;
    for (size_t at = 0; at < best->schedule.records.size() && runs < kMaxSimplifyRuns;) {
      Input input = best->schedule.ToInput();
      const size_t end = std::min(at + chunk, input.records.size());
      input.records.erase(input.records.begin() + static_cast<long>(at), input.records.begin() + static_cast<long>(end));
      if (accept(input)) {
        shorter = true;
      } else {
        at += chunk;
      }
    }
    if (!shorter || chunk > best->schedule.records.size()) chunk /= 2;
  }
  for (size_t i = 0; i < best->schedule.choices.size() && runs < kMaxSimplifyRuns;) {
    Input input = best->schedule.ToInput();
    input.choices.erase(input.choices.begin() + static_cast<long>(i));
    if (!accept(input)) ++i;
  }
}

// Detectors know memory by symbol and offset; people know fields.
void NameMemory(const Trace& trace, Finding* finding) {
  constexpr std::string_view kPlaceholder = "{object}";
  const std::string field = finding->object < trace.objects.size()
                                ? Symbolizer::Get().ShortField(trace.objects[finding->object], finding->offset)
                                : "memory";
  for (size_t at; (at = finding->sentence.find(kPlaceholder)) != std::string::npos;) {
    finding->sentence.replace(at, kPlaceholder.size(), field);
  }
}

}  // namespace

Confirmed Confirm(const RunOptions& options, const TracedRun& run, bool simplify) {
  Attempt best;
  best.result = run(&best.trace, &best.schedule);
  if (!best.result.finding) InternalError("a failing execution passes when it is traced");
  {
    const Attempt again = RunTraced(options, best.schedule.ToInput());
    if (!again.result.finding || again.trace.hash != best.trace.hash) {
      InternalError("the recorded schedule of a finding does not reproduce its trace");
    }
  }
  if (simplify) {
    FindTightRace(options, &best);
    Shorten(options, &best);
  }
  Confirmed c;
  const Input input = best.schedule.ToInput();
  for (uint32_t i = 0; i < kReplays; ++i) {
    const Attempt again = RunTraced(options, input);
    if (!Same(again.result, *best.result.finding) || again.trace.hash != best.trace.hash) {
      InternalError("two executions of one input differ: the target or the engine is nondeterministic");
    }
    ++c.replayed;
  }
  c.finding = *best.result.finding;
  NameMemory(best.trace, &c.finding);
  c.trace = std::move(best.trace);
  c.schedule = std::move(best.schedule);
  c.result = std::move(best.result);
  return c;
}

Confirmed Confirm(const RunOptions& options, const Input& input, bool simplify) {
  return Confirm(
      options, [&](Trace* trace, Schedule* schedule) { return RunInput(options, input, trace, schedule); }, simplify);
}

}  // namespace hotweave
