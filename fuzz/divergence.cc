// SPDX-License-Identifier: GPL-2.0-only OR MIT
// Strict replay. See divergence.h.
//
// Where: the first character of `steps` that differs. What was expected there: the stored characters from there on are
// looked for in this execution (after an insertion they follow it), so that a name is only said of what is proven to
// have been meant: kContext characters, six bits each.
#include "divergence.h"

#include <fmt/format.h>

#include <algorithm>
#include <string_view>

#include "report/story.h"
#include "report/symbolizer.h"

namespace hotweave {
namespace {

constexpr size_t kContext = 8;      // characters that must agree for two places to be the same
constexpr size_t kFarthest = 512;   // how many steps more or less are recognised

std::string Operation(const NamedRecord& r) {
  if (r.op.empty()) return fmt::format("operation {:04x}", r.record.key);
  return r.object.empty() ? r.op : r.op + ":" + r.object;
}

std::string Name(const std::string& name, uint16_t key) { return name.empty() ? fmt::format("task {:04x}", key) : name; }

std::string Describe(const NamedRecord& r, size_t index) {
  return fmt::format("record {} (preempt {} at {} #{} to {})", index + 1, Name(r.task, r.record.task), Operation(r), r.record.nth,
                     Name(r.to, r.record.to));
}

// "online write:node_data+0x20 #1, zone.present_pages in online_pages memory_hotplug.cc:12".
std::string Describe(const Trace& trace, size_t event) {
  const Event& e = trace.events[event];
  std::string text = fmt::format("{} {}", trace.tasks[e.task].name, OpName(e.op));
  if (e.object != Event::kNone) {
    const TraceObject& o = trace.objects[e.object];
    text += ":" + o.name;
    if (e.offset & ~7u) text += fmt::format("+0x{:x}", e.offset & ~7u);
  }
  if (e.nth) text += fmt::format(" #{}", e.nth);
  if (e.op == Op::Choose) text += fmt::format(" = {}", e.arg);
  if (e.other != Event::kNone) text += " to " + trace.tasks[e.other].name;
  if (e.stack == Event::kNone || trace.stacks[e.stack].empty()) return text;
  Symbolizer& symbols = Symbolizer::Get();
  const std::string place = ShortPlace(TargetFrame(trace.stacks[e.stack], symbols));
  if (e.object == Event::kNone) return fmt::format("{} in {}", text, place);
  return fmt::format("{}, {} in {}", text, symbols.ShortField(trace.objects[e.object], e.offset), place);
}

// By records alone.
Divergence FirstRecord(const Schedule& stored, const Schedule& now) {
  Divergence d;
  for (size_t i = 0; i < stored.records.size(); ++i) {
    const NamedRecord& want = stored.records[i];
    d.record = i;
    d.text = Describe(want, i);
    if (i >= now.records.size()) {
      d.text += " never took effect";
      return d;
    }
    const NamedRecord& got = now.records[i];
    if (!(want.record == got.record)) {
      d.text += fmt::format(": instead {} was preempted at {} #{}", got.task, Operation(got), got.record.nth);
      return d;
    }
    if (want.hash && want.hash != got.hash) {
      d.text += ": something before it went differently";
      return d;
    }
  }
  d.record = Divergence::kNoRecord;
  d.text = "what follows the last record went differently";
  return d;
}

// How two sequences go on from where they differ: after `a` characters of one and `b` of the other they agree again.
struct Meeting {
  bool found = false;
  size_t a = 0, b = 0;
};

bool Agree(std::string_view a, std::string_view b) {
  const size_t n = std::min({a.size(), b.size(), kContext});
  return a.substr(0, n) == b.substr(0, n) && (n == kContext || a.size() == b.size()) && n > 0;
}

Meeting Meet(std::string_view a, std::string_view b) {
  for (size_t sum = 1; sum <= kFarthest; ++sum) {
    for (size_t skip = 0; skip <= sum; ++skip) {
      if (skip < a.size() && sum - skip < b.size() && Agree(a.substr(skip), b.substr(sum - skip))) return {true, skip, sum - skip};
    }
  }
  return {};
}

// The record that should have taken effect just before event `at`: everything before is as it was when it did.
size_t RecordDueAt(const Schedule& stored, const Trace& trace, size_t at) {
  const uint64_t before = at ? trace.events[at - 1].hash : 0;
  for (size_t i = 0; i < stored.records.size(); ++i) {
    if (stored.records[i].hash && stored.records[i].hash == before) return i;
  }
  return Divergence::kNoRecord;
}

std::string Expected(const Schedule& stored, const Schedule& now, const Trace& trace, const Trace* reference, size_t at) {
  const size_t due = RecordDueAt(stored, trace, at);
  const bool departs_now = at < trace.events.size() && trace.events[at].preempted;
  if (due != Divergence::kNoRecord && !departs_now) return Describe(stored.records[due], due) + " took effect";
  if (reference && at < reference->events.size()) return Describe(*reference, at);
  if (at == stored.steps.size()) return "the end of the execution";
  const Meeting m = Meet(std::string_view(stored.steps).substr(at), std::string_view(now.steps).substr(std::min(at, now.steps.size())));
  if (!m.found) return "something else, and what followed it does not come any more";
  const std::string then = Describe(trace, at + m.b);
  auto steps = [](size_t n) { return n == 1 ? std::string("one operation") : fmt::format("{} operations", n); };
  if (m.a == 0) return fmt::format("{} (now after {} more)", then, steps(m.b));
  if (m.b == 0) return fmt::format("{} that no longer come{}, and then {}", steps(m.a), m.a == 1 ? "s" : "", then);
  return fmt::format("{} in the place of {} now, and then {}", steps(m.a), steps(m.b), then);
}

// The first character that differs; npos if one sequence goes on where the other was cut off.
size_t FirstStep(const std::string& stored, const std::string& now) {
  const size_t n = std::min(stored.size(), now.size());
  const auto at = static_cast<size_t>(std::mismatch(stored.begin(), stored.begin() + static_cast<long>(n), now.begin()).first - stored.begin());
  return at < n || stored.size() != now.size() ? at : std::string::npos;
}

size_t FirstStep(const Trace& stored, const Trace& now) {
  const size_t n = std::min(stored.events.size(), now.events.size());
  size_t at = 0;
  while (at < n && stored.events[at].hash == now.events[at].hash) ++at;
  return at;
}

// The first record that took effect elsewhere or not at all.
size_t FirstChanged(const Schedule& stored, const Schedule& now) {
  for (size_t i = 0; i < stored.records.size(); ++i) {
    if (i >= now.records.size() || !(stored.records[i].record == now.records[i].record)) return i;
  }
  return Divergence::kNoRecord;
}

bool IsReference(const Trace* reference, const Schedule& stored) { return reference && reference->hash == stored.trace_hash; }

}  // namespace

std::optional<Divergence> FirstDifference(const Schedule& stored, const Schedule& now, const Trace& trace, const Trace* reference) {
  if (stored.trace_hash == 0 || stored.trace_hash == now.trace_hash) return std::nullopt;
  if (!IsReference(reference, stored)) reference = nullptr;
  if (stored.steps.empty() && !reference) return FirstRecord(stored, now);
  Divergence d;
  d.record = FirstChanged(stored, now);
  const size_t at = reference ? FirstStep(*reference, trace) : FirstStep(stored.steps, now.steps);
  if (at == std::string::npos) {
    d.text = stored.steps.size() < kMaxSteps ? "the same steps, but not in all their details" : fmt::format("something after step {} went differently", kMaxSteps);
    return d;
  }
  const bool ended = at >= trace.events.size();
  if (!ended) d.event = static_cast<uint32_t>(at);
  const uint64_t step = ended ? (trace.events.empty() ? 0 : trace.events.back().step) : trace.events[at].step;
  d.text = fmt::format("step {}: expected {}; instead {}", step, Expected(stored, now, trace, reference, at),
                       ended ? "the execution ended" : Describe(trace, at));
  return d;
}

bool IsAsExpected(const RunResult& result, const Schedule& stored) {
  if (stored.expect_kind.empty()) return result.verdict == VerdictKind::Pass;
  if (!result.finding || KindName(result.finding->kind) != stored.expect_kind) return false;
  return stored.expect_fingerprint.empty() || result.finding->fingerprint == stored.expect_fingerprint;
}

StrictReplay ReplayStrictly(const RunOptions& options, const Schedule& stored) {
  StrictReplay r;
  r.result = RunInput(options, stored.ToInput(), &r.trace, &r.schedule);
  r.as_expected = IsAsExpected(r.result, stored);
  r.divergence = FirstDifference(stored, r.schedule, r.trace);
  const hotweave_target* target = nullptr;
  Profile profile;
  std::string error;
  if (!r.divergence || !options.profile || stored.profile.empty() || stored.profile == options.profile->name) return r;
  if (!ParseTarget(fmt::format("{}@{}", options.target->name, stored.profile), &target, &profile, &error)) return r;
  RunOptions then = options;
  then.profile = &profile;
  Trace reference;
  RunInput(then, stored.ToInput(), &reference);
  r.divergence = FirstDifference(stored, r.schedule, r.trace, &reference);
  return r;
}

std::string DescribeOutcome(const StrictReplay& replay, const Schedule& stored) {
  const bool wanted = !stored.expect_kind.empty();
  if (replay.as_expected) return !replay.divergence ? "" : wanted ? "the finding still shows" : "it still passes";
  if (replay.result.finding) {
    const std::string& is = replay.result.finding->fingerprint;
    if (!wanted) return "a finding where none was expected: " + is;
    const std::string& was = stored.expect_fingerprint;
    return fmt::format("another finding, {}, in the place of {}", is, was.empty() ? stored.expect_kind : was);
  }
  const std::string end = replay.result.verdict == VerdictKind::OutOfBudget ? "ended at a limit" : "passes";
  return wanted ? "the finding is gone: " + end : end;
}

}  // namespace hotweave
