// SPDX-License-Identifier: GPL-2.0-only OR MIT
// Each include that EXPECT names is against the matrix; the others are in order.
#include <linux/types.h>
#include <stdbool.h>
#include <hotweave/access.h>
#include <hotweave/finding.h>
#include "core/task.h"
