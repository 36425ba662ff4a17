// SPDX-License-Identifier: GPL-2.0-only OR MIT
// Listed nowhere: bench/ has no README.md.
