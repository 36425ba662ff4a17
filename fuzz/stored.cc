// SPDX-License-Identifier: GPL-2.0-only OR MIT
// See stored.h.
#include "stored.h"

#include <fmt/format.h>

#include <stdexcept>

#include "artifacts.h"

namespace hotweave {
namespace {

// A stored schedule names what it was taken from: another target's is a mistake, not a replay.
void CheckTarget(const Stored& stored, const Resolved& resolved) {
  const Schedule& s = *stored.schedule;
  if (s.target.empty() || s.target == resolved.target->name) return;
  throw std::runtime_error(fmt::format("{}: was taken from target {}, not {}: name it as {}@{}", stored.file, s.target,
                                       resolved.target->name, s.target, s.profile));
}

}  // namespace

Stored LoadStored(const std::string& file) {
  const std::string contents = ReadFile(file);
  Stored s{file, {}, {}};
  if (!LooksLikeSchedule(contents)) {
    if (file.ends_with(".sched")) {
      throw std::runtime_error(fmt::format("{}:1:1: not a schedule: the first line must be \"hotweave-schedule {}\"", file,
                                           kScheduleFormatVersion));
    }
    s.input = DecodeBytes({reinterpret_cast<const uint8_t*>(contents.data()), contents.size()});
    return s;
  }
  Schedule schedule;
  ParseError error;
  if (!ParseSchedule(contents, &schedule, &error)) {
    throw std::runtime_error(fmt::format("{}:{}:{}: {}", file, error.line, error.column, error.message));
  }
  s.input = schedule.ToInput();
  s.schedule = std::move(schedule);
  return s;
}

RunOptions OptionsOf(const Stored& stored, const Resolved& resolved, const CommonOptions& common) {
  RunOptions options = resolved.Options(common);
  if (!stored.schedule) return options;
  CheckTarget(stored, resolved);
  TakeRules(*stored.schedule, &options);
  return options;
}

void TakeRules(const Schedule& schedule, RunOptions* options) {
  if (!schedule.race_detection) options->race_detection = false;
  if (!schedule.lockdep.empty()) options->lockdep = RulesByName(schedule.lockdep);
  if (schedule.raw_lock_nesting) options->raw_lock_nesting = true;
}

CommonOptions Unsaid(CommonOptions common, const std::optional<Schedule>& schedule) {
  if (!schedule) return common;
  if (!schedule->race_detection) common.no_race = false;
  if (!schedule->lockdep.empty()) common.lockdep = "auto";
  if (schedule->raw_lock_nesting) common.raw_lock_nesting = false;
  return common;
}

}  // namespace hotweave
