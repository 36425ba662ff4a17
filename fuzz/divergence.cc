// SPDX-License-Identifier: GPL-2.0-only OR MIT
// Strict replay. See divergence.h.
#include "divergence.h"

#include <fmt/format.h>

namespace hotweave {
namespace {

std::string Operation(const NamedRecord& r) {
  if (r.op.empty()) return fmt::format("operation {:04x}", r.record.key);
  return r.object.empty() ? r.op : r.op + ":" + r.object;
}

std::string Describe(const NamedRecord& r, size_t index) {
  return fmt::format("record {} (preempt {} at {} #{} to {})", index + 1, r.task, Operation(r), r.record.nth, r.to);
}

// By records alone.
std::optional<Divergence> FirstRecord(const Schedule& stored, const Schedule& now) {
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

}  // namespace

std::optional<Divergence> FirstDifference(const Schedule& stored, const Schedule& now, const Trace&) {
  if (stored.trace_hash == 0 || stored.trace_hash == now.trace_hash) return std::nullopt;
  return FirstRecord(stored, now);
}

bool IsAsExpected(const RunResult& result, const Schedule& stored) {
  if (stored.expect_kind.empty()) return result.verdict == VerdictKind::Pass;
  if (!result.finding || KindName(result.finding->kind) != stored.expect_kind) return false;
  return stored.expect_fingerprint.empty() || result.finding->fingerprint == stored.expect_fingerprint;
}

StrictReplay ReplayStrictly(const RunOptions& options, const Schedule& stored) {
  StrictReplay r;
  r.result = RunInput(options, stored.ToInput(), &r.trace, &r.schedule);
  r.divergence = FirstDifference(stored, r.schedule, r.trace);
  r.as_expected = IsAsExpected(r.result, stored);
  return r;
}

}  // namespace hotweave
