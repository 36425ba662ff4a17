/* SPDX-License-Identifier: GPL-2.0-only */
/* What core.cc and bus.cc share (drivers/base/base.h of Linux 6.1). Depends on <linux/device.h>. */
#pragma once

#include <linux/device.h>

/* The devices of a bus. Model: the klist is a list under its lock; the kernel pins the node it stands at. */
struct subsys_private {
	spinlock_t lock;
	struct list_head klist_devices;
};

/* Puts the device on the list of its bus, with a reference; takes it off. Context: any that may spin. */
void bus_add_device(struct device *dev);
void bus_remove_device(struct device *dev);
/*
 * One step of a walk: the device behind `prev` (NULL: the first) on the list `head` under `lock`, with a reference; NULL at
 * the end, or if `prev` has left the list meanwhile. The caller keeps the device of `prev` alive. Source:
 * klist_next(), lib/klist.c.
 */
struct device *next_pinned(spinlock_t *lock, struct list_head *head, struct list_head *prev,
			   struct device *(*device_of)(struct list_head *knode));
/* Looks for a driver, under device_lock. Context: may sleep. */
void bus_probe_device(struct device *dev);
