// SPDX-License-Identifier: GPL-2.0-only OR MIT
// Somebody's own folder.
const char* path = "/home/somebody/hotweave";
const char* fine = "/usr/include"; // docs/work/x, $root/work/y
