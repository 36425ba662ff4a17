// SPDX-License-Identifier: GPL-2.0-only OR MIT
// Variables of primitives that lie among the targets' globals: each execution starts with their initial values,
// they have names in reports, and marked accesses to them are scheduling points. Depends on nothing.
#pragma once

#define HW_TARGET_DATA __attribute__((section("hw_data"), used))
