// SPDX-License-Identifier: GPL-2.0-only OR MIT
// Ported code under the wrong licence.
