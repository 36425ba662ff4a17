// SPDX-License-Identifier: GPL-2.0-only
/*
 * The ways into memory hotplug, each as a function that draws what it does, and to which block, with hotweave_choose(): 0 is
 * the ordinary case. They return what the kernel returned; that one of them fails, because another was faster or somebody
 * refused, is no finding. Nothing here knows which bug a scenario may find.
 *
 * The machine of these functions (boot_entry_points()): node 0 has section 0 with the kernel, section 1 online, section 2
 * absent, section 3 there but offline; node 1 has section 4 online, the others absent.
 */
#pragma once

#include <linux/types.h>

/* `init` (or NULL) is called before there is a second task, once per execution. */
struct entry_point {
	const char *name; /* of its task */
	int (*run)(void);
	void (*init)(void);
};

/* Boots the machine of the entry points; whether added memory is onlined at once is a choice (0: it is). */
void boot_entry_points(void);

int entry_probe(void);    /* P: the address of section 2, or 5, to `probe` */
int entry_state(void);    /* S: online, online_movable, offline to `state` of block 3 or 1 */
int entry_online(void);   /* O: 1 or 0 to `online` of block 3 or 1 */
int entry_acpi(void);     /* A: firmware adds section 2, may eject it again, or ejects section 3; a kworker does it, this waits */
int entry_xen(void);      /* X: the guest shall grow into section 2; a worker adds it */
int entry_hv(void);       /* H: the host offers section 2; a work adds it and waits for its onlining */
int entry_memtrace(void); /* W: memtrace takes block 1, and may give it back */
int entry_dlpar(void);    /* L: the hypervisor gives section 2, or takes section 1 */
int entry_devm(void);     /* D: a device's memory at section 6 or 7 gets struct pages, and loses them */
int entry_remove(void);   /* R: whoever offlines a block through its device, then removes it: block 1 or 3 */
int entry_kmemleak(void); /* G: kmemleak's scan */
int entry_slab(void);     /* K: a slab cache is made, used, shrunk and destroyed */
int entry_standby(void);  /* s390 finds standby memory at section 2 */

extern const struct entry_point entry_point_probe, entry_point_state, entry_point_online, entry_point_acpi,
	entry_point_xen, entry_point_hv, entry_point_memtrace, entry_point_dlpar, entry_point_devm,
	entry_point_remove, entry_point_kmemleak, entry_point_slab, entry_point_standby;

/*
 * Initialises both, runs each as a task of its name, and waits for them. `b` may be `a`. entry_point_xen and entry_point_hv do
 * not go together: each wants the pages that go online.
 */
void run_entry_points(const struct entry_point *a, const struct entry_point *b);
