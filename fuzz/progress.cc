// SPDX-License-Identifier: GPL-2.0-only OR MIT
// See progress.h.
#include "progress.h"

#include <fmt/format.h>
#include <unistd.h>

#include <chrono>
#include <cstdio>

namespace hotweave {
namespace {

constexpr double kTerminalPause = 0.2, kLogPause = 10;   // seconds

double Now() { return std::chrono::duration<double>(std::chrono::steady_clock::now().time_since_epoch()).count(); }

}  // namespace

ProgressLine::ProgressLine(bool enabled)
    : enabled_(enabled), terminal_(isatty(2)), next_(Now() + (terminal_ ? kTerminalPause : kLogPause)) {}

bool ProgressLine::Due() const { return enabled_ && Now() >= next_; }

void ProgressLine::Say(const std::string& line) {
  if (!enabled_) return;
  next_ = Now() + (terminal_ ? kTerminalPause : kLogPause);
  fmt::print(stderr, "{}", terminal_ ? "\r\x1b[K" + line : line + "\n");
  std::fflush(stderr);
  dirty_ = terminal_;
}

void ProgressLine::Done() {
  if (dirty_) fmt::print(stderr, "\r\x1b[K");
  dirty_ = false;
}

}  // namespace hotweave
