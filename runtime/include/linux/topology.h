/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
/*
 * Which node a CPU is near. Follows include/linux/topology.h of Linux 6.1. Any context; no scheduling point.
 * Model: all CPUs are near node 0.
 */
#ifndef HOTWEAVE_LINUX_TOPOLOGY_H
#define HOTWEAVE_LINUX_TOPOLOGY_H

#define cpu_to_node(cpu) ((void)(cpu), 0)
#define numa_node_id() 0
#define numa_mem_id() numa_node_id()

#endif
