/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
/* Symbols for modules: there are none. Follows include/linux/export.h of Linux 6.1. Depends on nothing. */
#ifndef HOTWEAVE_LINUX_EXPORT_H
#define HOTWEAVE_LINUX_EXPORT_H

#define THIS_MODULE ((struct module *)0)
/* A declaration, so that the semicolon after it is not a stray one. */
#define EXPORT_SYMBOL(sym) struct hotweave_export_##sym
#define EXPORT_SYMBOL_GPL(sym) EXPORT_SYMBOL(sym)
#define EXPORT_SYMBOL_NS(sym, ns) EXPORT_SYMBOL(sym)
#define EXPORT_SYMBOL_NS_GPL(sym, ns) EXPORT_SYMBOL(sym)
#define EXPORT_SYMBOL_FOR_TESTS_ONLY(sym) EXPORT_SYMBOL(sym)

struct module;

#endif
