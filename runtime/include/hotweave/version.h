/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
/* The version of hotweave, as in CMakeLists.txt and CHANGELOG.md. */
#ifndef HOTWEAVE_VERSION_H
#define HOTWEAVE_VERSION_H

#define HOTWEAVE_VERSION "0.1.0"

#endif
