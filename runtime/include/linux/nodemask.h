/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
/*
 * Sets of nodes, and the states that nodes are in. Follows include/linux/nodemask.h of Linux 5.1.
 *
 * Setting and clearing a bit are atomic (set_bit, clear_bit), so the masks need no lock; deciding by one
 * state and then changing it does. Any context.
 * Model: two nodes; without high memory N_HIGH_MEMORY is N_NORMAL_MEMORY.
 */
#ifndef HOTWEAVE_LINUX_NODEMASK_H
#define HOTWEAVE_LINUX_NODEMASK_H

#include <linux/bitops.h>
#include <linux/types.h>

#ifdef __cplusplus
extern "C" {
#endif

#define MAX_NUMNODES 2
#define NUMA_NO_NODE (-1)

typedef struct {
	unsigned long bits[1];
} nodemask_t;

enum node_states {
	N_POSSIBLE,
	N_ONLINE,
	N_NORMAL_MEMORY, /* has memory outside ZONE_MOVABLE */
	N_HIGH_MEMORY = N_NORMAL_MEMORY,
	N_MEMORY,        /* has memory of any kind */
	NR_NODE_STATES,
};

extern nodemask_t node_states[NR_NODE_STATES];

static inline int node_state(int node, enum node_states state)
{
	return test_bit(node, node_states[state].bits);
}

static inline void node_set_state(int node, enum node_states state)
{
	set_bit(node, node_states[state].bits);
}

static inline void node_clear_state(int node, enum node_states state)
{
	clear_bit(node, node_states[state].bits);
}

#define node_online(node) node_state((node), N_ONLINE)
#define node_set_online(node) node_set_state((node), N_ONLINE)
#define node_set_offline(node) node_clear_state((node), N_ONLINE)

#define for_each_node_state(node, state)                      \
	for ((node) = 0; (node) < MAX_NUMNODES; (node)++)     \
		if (!node_state((node), (state))) {           \
		} else
#define for_each_online_node(node) for_each_node_state(node, N_ONLINE)

#ifdef __cplusplus
}
#endif
#endif
