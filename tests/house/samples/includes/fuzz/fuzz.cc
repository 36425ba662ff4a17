// SPDX-License-Identifier: GPL-2.0-only OR MIT
// Each include that EXPECT names is against the matrix; the others are in order.
#include <CLI/CLI.hpp>
#include "core/engine.h"
#include "../targets/mm/target.h"
#include "kernel/mutex.h"
#include <linux/mutex.h>
