// SPDX-License-Identifier: GPL-2.0-only OR MIT
// Faults of the engine itself. They never look like findings: one line on standard error, exit status 70.
// Depends on nothing.
#pragma once

#include <string_view>

namespace hotweave {

inline constexpr int kExitInternal = 70;

// Prints "HOTWEAVE-INTERNAL: what" and leaves the process with status 70. Any context.
[[noreturn]] void InternalError(std::string_view what);

#define HW_STRINGIZE_(x) #x
#define HW_STRINGIZE(x) HW_STRINGIZE_(x)

// A condition that the engine's own code guarantees; checked in every build (it is cheap where it is used).
#define HW_CHECK(condition)                                                                        \
  (__builtin_expect(!!(condition), 1)                                                              \
       ? void(0)                                                                                   \
       : ::hotweave::InternalError(__FILE__ ":" HW_STRINGIZE(__LINE__) ": " #condition " is false"))

}  // namespace hotweave
