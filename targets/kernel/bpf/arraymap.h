// SPDX-License-Identifier: GPL-2.0-only
/* Per-CPU array maps: what bpf(BPF_MAP_CREATE) and closing the map do. */
#pragma once

#include <linux/types.h>

struct bpf_array;

/* A map of `max_entries` (at most 4) values of `value_size` bytes for each CPU, or ERR_PTR(-ENOMEM, -E2BIG).
 * Context: may sleep. Source: array_map_alloc(), kernel/bpf/arraymap.c, 4.11. */
struct bpf_array *array_map_alloc(unsigned int max_entries, size_t value_size);
void array_map_free(struct bpf_array *array);
