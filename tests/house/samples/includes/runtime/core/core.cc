// SPDX-License-Identifier: GPL-2.0-only OR MIT
// Each include that EXPECT names is against the matrix; the others are in order.
#include <vector>
#include <sys/mman.h>
#include <hotweave/finding.h>
#include "core/task.h"
#include "memory/shadow.h"
#include "check/race.h"
#include "kernel/mutex.h"
#include "strategy/replay.h"
#include "report/text.h"
#include "fuzz/codec.h"
#include "../memory/shadow.h"
#include <nlohmann/json.hpp>
