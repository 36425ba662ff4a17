// SPDX-License-Identifier: GPL-2.0-only OR MIT
// Callbacks after grace periods: call_rcu(), call_srcu(), kfree_rcu(), and the barriers that wait for them.
//
// When a callback's grace period has ended, the callback waits for its invoker: RCU's run in the softirq of the CPU
// that queued them (a handler of the engine, "rcu/0" …, that a decision lets run at any later point), SRCU's in a
// kernel thread ("srcu") with bottom halves off. One invoker calls its callbacks in the order of their queueing.
// Depends on core and grace.h.
#pragma once

#include "kernel/grace.h"

namespace hotweave {

enum class Invoker : uint8_t { Softirq, Thread };

// Queues `head` for func(head) after a grace period of the domain that begins now; with `memory`, for
// kfree(memory) instead. `head` may be null then. Finding lock-misuse if `head` is queued already.
// Source: __call_rcu_common(), kernel/rcu/tree.c, 6.1.
void QueueCallback(hotweave_grace& domain, Invoker invoker, rcu_head* head, rcu_callback_t func, void* memory);

// Waits until every callback of the domain that is queued now has been invoked.
// Source: rcu_barrier(), kernel/rcu/tree.c, 6.1.
void WaitForCallbacks(hotweave_grace& domain, Op op, const void* object, const char* name);

// True if an rcu_head whose callback was not invoked yet lies in [begin, begin + size).
bool CallbackInRange(uintptr_t begin, size_t size);

// Callbacks of the domain that were not invoked yet.
uint32_t PendingCallbacks(const hotweave_grace& domain);

}  // namespace hotweave
