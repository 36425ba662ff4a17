// SPDX-License-Identifier: GPL-2.0-only
/*
 * BPF maps of type per-CPU array (kernel/bpf/arraymap.c of Linux 4.11): a user who makes the kernel allocate per-CPU memory
 * by a system call. Depends on the per-CPU allocator alone.
 *
 * Model: creating and freeing; nothing is stored in a map.
 */
#include <linux/err.h>
#include <linux/errno.h>
#include <linux/gfp.h>
#include <linux/percpu.h>
#include <linux/slab.h>

#include "../../unrelated_edit.h"
#include "arraymap.h"

struct bpf_array {
	unsigned int max_entries;
	void __percpu *pptrs[4];
};

static void bpf_array_free_percpu(struct bpf_array *array)
{
	for (unsigned int i = 0; i < array->max_entries; i++)
		free_percpu(array->pptrs[i]);
}

static int bpf_array_alloc_percpu(struct bpf_array *array, size_t elem_size)
{
	unrelated_mutex();
	for (unsigned int i = 0; i < array->max_entries; i++) {
		void __percpu *ptr = __alloc_percpu_gfp(elem_size, 8, GFP_USER | __GFP_NOWARN);

		if (!ptr) {
			bpf_array_free_percpu(array);
			return -ENOMEM;
		}
		array->pptrs[i] = ptr;
	}
	return 0;
}

struct bpf_array *array_map_alloc(unsigned int max_entries, size_t value_size)
{
	struct bpf_array *array;

	if (max_entries > 4)
		return (struct bpf_array *)ERR_PTR(-E2BIG);
	array = (struct bpf_array *)kzalloc(sizeof(*array), GFP_USER);
	if (!array)
		return (struct bpf_array *)ERR_PTR(-ENOMEM);
	array->max_entries = max_entries;
	if (bpf_array_alloc_percpu(array, value_size)) {
		kfree(array);
		return (struct bpf_array *)ERR_PTR(-ENOMEM);
	}
	return array;
}

void array_map_free(struct bpf_array *array)
{
	bpf_array_free_percpu(array);
	kfree(array);
}
