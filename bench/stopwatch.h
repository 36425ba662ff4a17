// SPDX-License-Identifier: GPL-2.0-only OR MIT
// The stopwatch that chase.h starts and stops from within the measured code: CPU time of this thread.
// A definition: include it once in a program. Depends on libc alone, so that both sides can have it.
#pragma once

#include <time.h>

inline double stopwatch_seconds;   // of the latest interval
inline timespec stopwatch_begin;

extern "C" __attribute__((used)) inline void bench_begin(void) {
  clock_gettime(CLOCK_THREAD_CPUTIME_ID, &stopwatch_begin);
}

extern "C" __attribute__((used)) inline void bench_end(void) {
  timespec end;
  clock_gettime(CLOCK_THREAD_CPUTIME_ID, &end);
  stopwatch_seconds = static_cast<double>(end.tv_sec - stopwatch_begin.tv_sec) +
                      1e-9 * static_cast<double>(end.tv_nsec - stopwatch_begin.tv_nsec);
}
