// SPDX-License-Identifier: GPL-2.0-only OR MIT
// See progress.h.
#include "progress.h"

#include <fmt/format.h>
#include <unistd.h>

#include <algorithm>
#include <cmath>
#include <cstdio>
#include <optional>

namespace hotweave {
namespace {

constexpr double kTerminalPause = 0.2, kLogPause = 10;   // seconds
constexpr double kLeastPart = 0.001;   // of less nothing can be told of the whole

// "12 s", "3 min", "2 h": the largest unit of which there are at least two.
std::string Duration(double seconds) {
  if (seconds < 120) return fmt::format("{:.0f} s", std::ceil(seconds));
  if (seconds < 7200) return fmt::format("{:.0f} min", std::ceil(seconds / 60));
  return fmt::format("{:.0f} h", std::ceil(seconds / 3600));
}

std::string Left(const ProgressState& s, double elapsed) {
  std::optional<double> left;
  bool guess = false;
  auto take = [&](double seconds, bool is_guess) {
    seconds = std::max(0.0, seconds);
    if (left && *left <= seconds) return;
    left = seconds;
    guess = is_guess;
  };
  if (s.seconds > 0) take(s.seconds - elapsed, false);
  if (s.of > 0 && s.done > 0) take(elapsed * static_cast<double>(s.of - std::min(s.of, s.done)) / static_cast<double>(s.done), false);
  if (s.part >= kLeastPart) take((s.part_seconds > 0 ? s.part_seconds : elapsed) * (1 - std::min(1.0, s.part)) / s.part, true);
  return left ? fmt::format(", {}{} left", guess ? "about " : "", Duration(*left)) : "";
}

}  // namespace

std::string ProgressText(const std::string& title, const ProgressState& s, double elapsed) {
  std::string line = fmt::format("{}: {}", title, s.done);
  if (s.of > 0) line += fmt::format(" of {}", s.of);
  if (*s.unit) line += fmt::format(" {}", s.unit);
  const double rate = elapsed > 0 ? static_cast<double>(s.done) / elapsed : 0;
  if (rate >= 1) line += fmt::format(", {:.0f}/s", rate);
  if (!s.note.empty()) line += ", " + s.note;
  return line + Left(s, elapsed);
}

ProgressLine::ProgressLine(std::string title, bool enabled)
    : title_(std::move(title)), enabled_(enabled), terminal_(isatty(2)), next_(terminal_ ? kTerminalPause : kLogPause) {}

double ProgressLine::elapsed() const {
  return std::chrono::duration<double>(std::chrono::steady_clock::now() - start_).count();
}

void ProgressLine::Say(const ProgressState& state) {
  if (!enabled_) return;
  const double now = elapsed();
  next_ = now + (terminal_ ? kTerminalPause : kLogPause);
  const std::string line = ProgressText(title_, state, now);
  fmt::print(stderr, "{}", terminal_ ? "\r\x1b[K" + line : line + "\n");
  std::fflush(stderr);
  dirty_ = terminal_;
}

void ProgressLine::Done() {
  if (dirty_) fmt::print(stderr, "\r\x1b[K");
  dirty_ = false;
}

}  // namespace hotweave
