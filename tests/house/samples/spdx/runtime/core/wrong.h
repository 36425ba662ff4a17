// SPDX-License-Identifier: GPL-2.0-only
// Engine code under the wrong licence.
