// SPDX-License-Identifier: GPL-2.0-only OR MIT
// See attempts.h.
#include "attempts.h"

#include <algorithm>
#include <tuple>

#include <xxhash.h>

#include "check/finding_builder.h"
#include "core/internal.h"
#include "strategy/guided.h"

namespace hotweave {
namespace {

// Attempts end after so many times the steps of the execution that is minimized, and these.
constexpr uint64_t kLongerBy = 4, kStepsMore = 20'000;

// What a step costs with a trace, in steps without one.
constexpr uint64_t kTracedCosts = 6;

// The order of records and choices does not matter.
uint64_t HashOf(Input input) {
  auto by = [](const Record& r) { return std::tuple(r.key, r.task, r.nth, r.to); };
  std::sort(input.records.begin(), input.records.end(), [&](const Record& a, const Record& b) { return by(a) < by(b); });
  auto where = [](const ChoiceRecord& c) { return std::tuple(c.task, c.nth, c.value); };
  std::sort(input.choices.begin(), input.choices.end(),
            [&](const ChoiceRecord& a, const ChoiceRecord& b) { return where(a) < where(b); });
  const std::vector<uint8_t> bytes = EncodeBytes(input);
  return XXH3_64bits(bytes.data(), bytes.size());
}

}  // namespace

Attempt RunTraced(const RunOptions& options, const Input& input) {
  Attempt a;
  a.result = RunInput(options, input, &a.trace, &a.schedule);
  return a;
}

// A task is asked twice at its exit: before it, when it could still be preempted, and then who comes after it.
bool IsTurn(const NamedRecord& r) {
  return (r.op == OpName(Op::Blocked) || (r.op == OpName(Op::TaskExit) && r.record.nth > 1)) && r.to != "clock";
}

size_t TurnsOf(const Schedule& s) { return static_cast<size_t>(std::count_if(s.records.begin(), s.records.end(), IsTurn)); }

bool ShowsLostUpdate(const Attempt& a) {
  LostUpdate lost;
  const Finding& f = *a.result.finding;
  return f.kind == Kind::DataRace && f.object != ~0u && FindLostUpdate(a.trace, f.object, f.offset, &lost);
}

bool MayTurnOutAs(const Finding& untraced, const std::string& fingerprint) {
  if (untraced.fingerprint == fingerprint) return true;
  switch (untraced.kind) {
    case Kind::Invariant: return fingerprint.starts_with(KindName(Kind::LostUpdate));
    case Kind::DataRace: return fingerprint.starts_with(KindName(Kind::DataRace)) && fingerprint.find(untraced.title) != fingerprint.npos;
    default: return false;
  }
}

Attempts::Attempts(const RunOptions& options, const Attempt& wanted)
    : options_(options), short_(options), fingerprint_(wanted.result.finding->fingerprint) {
  short_.max_steps = std::min(options.max_steps, wanted.result.steps * kLongerBy + kStepsMore);
}

bool Attempts::Begin() {
  if (!stopped_ && may_go_on && !may_go_on(executions_)) stopped_ = true;
  if (stopped_) return false;
  ++executions_;
  return true;
}

std::optional<Attempt> Attempts::Execute(const RunOptions& options, const Input& input) {
  return Execute(options, [&] { return std::make_unique<Guided>(input); });
}

std::optional<Attempt> Attempts::Execute(const RunOptions& options, const StrategyMaker& make) {
  const RunResult bare = RunExecution(options, *make());
  work_ += bare.steps;
  if (!bare.finding) return {};
  const std::string& shown = bare.finding->fingerprint;
  if (!MayTurnOutAs(*bare.finding, fingerprint_) && !untraced_others_.insert(shown).second) return {};
  Attempt a;
  a.result = RunExecution(options, *make(), &a.trace, &a.schedule);
  work_ += a.result.steps * kTracedCosts;
  if (!a.result.finding) InternalError("a failing execution passes when it is traced");
  if (a.result.finding->fingerprint != fingerprint_) {
    others_.try_emplace(a.result.finding->fingerprint, a.schedule.ToInput());
    return {};
  }
  return a;
}

std::optional<Attempt> Attempts::Try(const Input& input) {
  const uint64_t hash = HashOf(input);
  const auto it = tried_.find(hash);
  if (it != tried_.end() && (it->second == 0 || it->second == round_)) return {};
  if (!Begin()) return {};
  std::optional<Attempt> a = Execute(short_, input);
  tried_[hash] = a ? round_ : 0;
  return a;
}

bool Attempts::Shows(const Input& input) {
  const auto it = tried_.find(HashOf(input));
  return it != tried_.end() ? it->second != 0 : Try(input).has_value();
}

std::optional<Attempt> Attempts::TryAgain(const Input& input) {
  if (!Begin()) return {};
  return Execute(short_, input);
}

std::optional<Attempt> Attempts::TryWhole(const Input& input) {
  if (!Begin()) return {};
  std::optional<Attempt> a = Execute(options_, input);
  if (a) tried_[HashOf(input)] = round_;   // what was cut off did not tell
  return a;
}

std::optional<Attempt> Attempts::TryWith(const StrategyMaker& make) {
  if (!Begin()) return {};
  return Execute(short_, make);
}

}  // namespace hotweave
