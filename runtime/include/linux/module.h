/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
/*
 * What a module says about itself: nothing here. Follows include/linux/module.h of Linux 6.1. The system's
 * header of this name comes first.
 */
#ifndef HOTWEAVE_LINUX_MODULE_H
#define HOTWEAVE_LINUX_MODULE_H

#include_next <linux/module.h>
#include <linux/export.h>
#include <linux/types.h>

#define MODULE_LICENSE(text) struct hotweave_module_tag
#define MODULE_AUTHOR(text) struct hotweave_module_tag
#define MODULE_DESCRIPTION(text) struct hotweave_module_tag
#define MODULE_ALIAS(text) struct hotweave_module_tag
#define MODULE_PARM_DESC(name, text) struct hotweave_module_tag
#define module_param(name, type, perm) struct hotweave_module_tag
#define module_param_named(name, value, type, perm) struct hotweave_module_tag

/* Everything is built in: a reference can always be had. Any context. */
static inline bool try_module_get(struct module *module)
{
	(void)module;
	return true;
}

static inline void module_put(struct module *module)
{
	(void)module;
}

#endif
