// SPDX-License-Identifier: GPL-2.0-only OR MIT
// `hotweave convert`: the bytes of an input as a schedule with names, and back. See cli.h.
//
// Nothing is lost either way: every choice and record stays, in its order. Names are those of an execution of the target;
// a record that does nothing there has none and stays `raw`, as does one that runs another task than it names. What the
// execution shows (`expect:`, hashes, `steps`) is written anew.
#include <fmt/format.h>

#include <algorithm>
#include <stdexcept>

#include "artifacts.h"
#include "cli.h"
#include "confirm.h"
#include "show.h"
#include "stored.h"

namespace hotweave {
namespace {

// The record as the execution named it, if it is the same one.
void NameRecord(const Schedule& now, NamedRecord* r) {
  const auto same = [&](const NamedRecord& n) { return n.record.key == r->record.key && n.record.task == r->record.task && n.record.nth == r->record.nth; };
  const auto it = std::find_if(now.records.begin(), now.records.end(), same);
  r->hash = 0;
  if (it == now.records.end() || r->record.kind != Record::kPreempt) return;
  if (it->record == r->record) {
    *r = *it;
  } else if (r->task.empty()) {
    const std::string operation = it->object.empty() ? it->op : it->op + ":" + it->object;
    r->comment = fmt::format("preempts {} at {} #{} to {}", it->task, operation, it->record.nth, it->to);
  }
}

void NameChoice(const Trace& trace, NamedChoice* c) {
  for (const TraceTask& t : trace.tasks) {
    if (TaskKey(t.name) == c->choice.task) c->task = t.name;
  }
}

size_t Raw(const Schedule& s) {
  const auto unnamed = [](const auto& r) { return r.task.empty(); };
  return static_cast<size_t>(std::count_if(s.records.begin(), s.records.end(), unnamed) + std::count_if(s.choices.begin(), s.choices.end(), unnamed));
}

// The schedule of the execution, with the choices and records of `s` in the place of its own.
Schedule Named(const RunOptions& options, Schedule s) {
  Confirmed once;
  once.result = RunInput(options, s.ToInput(), &once.trace, &once.schedule);
  if (once.result.verdict == VerdictKind::OutOfBudget)
    fmt::print(stderr, "{}: the execution ends at a limit: {}\n", CommandName(), once.result.budget_reason);
  Schedule out = AnnotatedSchedule(once);
  for (NamedChoice& c : s.choices) NameChoice(once.trace, &c);
  for (NamedRecord& r : s.records) NameRecord(out, &r);
  out.choices = std::move(s.choices);
  out.records = std::move(s.records);
  out.tail = std::move(s.tail);
  return out;
}

std::string Bytes(const ConvertCommand& c, const Schedule& s) {
  if (!s.HasBytes()) throw std::runtime_error(fmt::format("{}: {} choices: bytes hold at most 65535, leave some out", c.file, s.choices.size()));
  const std::vector<uint8_t> bytes = ToBytes(s);
  return {bytes.begin(), bytes.end()};
}

void SayRules(const Schedule& s) {
  std::string said;
  if (!s.race_detection) said += " --no-race";
  if (!s.lockdep.empty()) said += " --lockdep " + s.lockdep;
  if (s.raw_lock_nesting) said += " --raw-lock-nesting";
  if (!said.empty()) fmt::print(stderr, "{}: bytes do not say how they were taken: replay them with{}\n", CommandName(), said);
}

}  // namespace

int RunConvert(const ConvertCommand& c) {
  const Resolved resolved = Resolve(c.common);
  const Stored stored = LoadStored(c.file);
  const RunOptions options = OptionsOf(stored, resolved, c.common);
  Schedule s;
  if (stored.schedule) {
    s = *stored.schedule;
  } else {
    const std::string contents = ReadFile(c.file);
    s = FromBytes({reinterpret_cast<const uint8_t*>(contents.data()), contents.size()});
  }
  const bool text = c.output.ends_with(".sched");
  if (text) s = Named(options, std::move(s));
  WriteNamedFile(c.output, text ? FormatSchedule(s) : Bytes(c, s), c.force);
  if (!text) SayRules(s);
  const std::string raw = text ? fmt::format(", {} of them raw", Raw(s)) : "";
  fmt::print(stderr, "{}: wrote {}: {} choices, {} records{}\n", CommandName(), c.output, s.choices.size(), s.records.size(), raw);
  return kExitPass;
}

}  // namespace hotweave
