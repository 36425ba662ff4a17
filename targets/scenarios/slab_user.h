// SPDX-License-Identifier: GPL-2.0-only
/*
 * Users of slab caches, as thread functions: `arg` is not used. Nothing here knows which bug a scenario may find.
 */
#pragma once

/* Boots the slab allocator: caches follow nodes and CPUs from now on. After boot_memory(), before the tasks start. With
 * sysfs: caches have their directories. */
void boot_slab(bool sysfs);

/* A cache is made, used for a moment, shrunk and destroyed. */
int create_and_destroy_cache(void *arg);

/* A cache is made and stays, with an object in use. */
int create_cache(void *arg);

/* The cache of boot_slab(): an object is allocated and freed; it is shrunk; `1` is written to its file `shrink`; it is destroyed. */
int use_cache(void *arg);
int shrink_cache(void *arg);
int shrink_by_sysfs(void *arg);
int destroy_cache(void *arg);
