/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
/* refused: elsewhere (a section attribute takes it out of hw_data) */
int elsewhere __attribute__((section("elsewhere_data"))) = 1;
int *use(void) { return &elsewhere; }
