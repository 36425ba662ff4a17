// SPDX-License-Identifier: GPL-2.0-only
// Each include that EXPECT names is against the matrix; the others are in order.
#include <linux/mutex.h>
#include <hotweave/target.h>
#include "../history/history.h"
#include <vector>
#include <hotweave/access.h>
#include "core/task.h"
#include "../../runtime/core/task.h"
