// SPDX-License-Identifier: GPL-2.0-only
/*
 * The whole machine as one target (machine.cc): what its tasks may do. Every operation is a way into the kernel that a user, a
 * driver or firmware has; each draws its details itself. Nothing here knows which of them do not go together.
 */
#pragma once

/* What must be there before an operation can run; bits. Memory always is. */
enum machine_part {
	MACHINE_PAGES = 1 << 0,    /* what the page allocator's invariants are about; what a CPU needs to come up */
	MACHINE_FILES = 1 << 1,    /* a memfd */
	MACHINE_DEVICES = 1 << 2,  /* /dev, and a pipe with a page in it */
	MACHINE_PROCESSES = 1 << 3, /* two processes that share a page of KSM; ksmd */
	MACHINE_CPUS = 1 << 4,     /* CPUs as devices */
	MACHINE_CACHES = 1 << 5,   /* slab caches that follow nodes and CPUs, with their files */
};

struct machine_op {
	const char *name;
	void (*run)(void);
	unsigned int parts;
	void (*init)(void); /* or NULL: once, before there is a second task */
	bool once;          /* what one user of the machine does at a time: of two draws the second does nothing */
	bool fails;         /* its allocations may fail: others make devices, of small objects, for which there always is memory */
};

extern const struct machine_op machine_ops[];
extern const unsigned int nr_machine_ops;

/* Makes the parts of the set. Before there is a second task. */
void machine_make(unsigned int parts);
