// SPDX-License-Identifier: GPL-2.0-only OR MIT
// line 2
// line 3
// line 4
// line 5
// line 6
// line 7
// line 8
// line 9
// line 10
