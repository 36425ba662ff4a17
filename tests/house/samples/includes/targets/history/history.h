// SPDX-License-Identifier: GPL-2.0-only
// Each include that EXPECT names is against the matrix; the others are in order.
#include <linux/types.h>
