/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
/* refused: per_thread (thread-local storage) */
_Thread_local int per_thread;
int *use(void) { return &per_thread; }
