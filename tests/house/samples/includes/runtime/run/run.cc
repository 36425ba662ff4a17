// SPDX-License-Identifier: GPL-2.0-only OR MIT
// Each include that EXPECT names is against the matrix; the others are in order.
#include "core/engine.h"
#include "check/race.h"
#include "strategy/pct.h"
#include "report/text.h"
