// SPDX-License-Identifier: GPL-2.0-only OR MIT
// How far long work is, on standard error: one line that is rewritten on a terminal, a plain line now and then in a log.
// All commands say it alike: "TITLE: DONE, RATE, NOTES, LEFT". Depends on nothing of the project.
#pragma once

#include <chrono>
#include <cstdint>
#include <string>

namespace hotweave {

// How far the work is. What is not known stays 0 and is not said.
struct ProgressState {
  uint64_t done = 0;
  const char* unit = "executions";   // of done; "": the title says it
  uint64_t of = 0;                   // how many there will be, at most
  double seconds = 0;                // a limit of time
  double part = 0;                   // 0 to 1: an estimate of how much of the work is done
  double part_seconds = 0;           // how long that part has taken; 0: since the beginning
  std::string note = {};             // what else there is to say
};

// "ksm_offline@v5.1: 1200 of 5000 executions, 300/s, 2 other findings, 13 s left". What is left is the smallest of what the
// numbers and the time tell, with "about" if it comes from an estimate; "" if nothing tells.
std::string ProgressText(const std::string& title, const ProgressState& state, double elapsed);

class ProgressLine {
 public:
  ProgressLine(std::string title, bool enabled);
  ~ProgressLine() { Done(); }
  ProgressLine(const ProgressLine&) = delete;

  // Whether it is time to say something: five times a second on a terminal, every ten seconds into a log. Cheap enough
  // for every execution that takes more than a microsecond.
  bool Due() const { return enabled_ && elapsed() >= next_; }
  void Say(const ProgressState& state);
  // Takes the line off the terminal, so that something else can be printed. Idempotent.
  void Done();
  double elapsed() const;   // seconds since it was made

 private:
  const std::string title_;
  const bool enabled_, terminal_;
  bool dirty_ = false;
  const std::chrono::steady_clock::time_point start_ = std::chrono::steady_clock::now();
  double next_;   // when to say something again, as elapsed()
};

}  // namespace hotweave
