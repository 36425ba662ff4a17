// SPDX-License-Identifier: GPL-2.0-only OR MIT
// Crashes of target code (signals) as findings, and the watchdog for loops without scheduling points.
// A fault in the engine's own code is an internal error (exit 70) instead. Depends on core.
#pragma once

namespace hotweave {

// While one exists, SIGSEGV, SIGBUS, SIGFPE and SIGILL of target code end the execution with a finding.
// The first one installs the handlers (again, if somebody has replaced them); it costs nothing afterwards.
class CrashGuard {
 public:
  CrashGuard();
};

// CPU time (seconds) after which a task that has reached no scheduling point is called a livelock.
inline constexpr int kWatchdogSeconds = 2;

}  // namespace hotweave
