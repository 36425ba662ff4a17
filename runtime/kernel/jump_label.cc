// SPDX-License-Identifier: GPL-2.0-only OR MIT
// The mutex of static keys. Contract: <linux/jump_label.h>. Follows kernel/jump_label.c of Linux 6.1.
#include <linux/jump_label.h>
#include <linux/mutex.h>

#include "kernel/reset.h"

namespace {

lock_class_key key;
mutex jump_label_mutex;

void Reset() { __mutex_init(&jump_label_mutex, "jump_label_mutex", &key); }
const bool registered = hotweave::OnExecutionBegin(Reset);

}  // namespace

extern "C" void jump_label_lock(void) { mutex_lock(&jump_label_mutex); }
extern "C" void jump_label_unlock(void) { mutex_unlock(&jump_label_mutex); }
