// SPDX-License-Identifier: GPL-2.0-only OR MIT
// One line of progress on standard error: on a terminal it is rewritten, into a log it is a plain line now and then.
// Depends on nothing of the project.
#pragma once

#include <string>

namespace hotweave {

class ProgressLine {
 public:
  explicit ProgressLine(bool enabled = true);
  ~ProgressLine() { Done(); }
  ProgressLine(const ProgressLine&) = delete;

  // Whether it is time to say something: five times a second on a terminal, every ten seconds into a log.
  bool Due() const;
  void Say(const std::string& line);
  // Takes the line off the terminal. Idempotent.
  void Done();

 private:
  const bool enabled_, terminal_;
  bool dirty_ = false;
  double next_;   // seconds of the monotonic clock
};

}  // namespace hotweave
