/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
/* The per-CPU macros as C. */
#include <hotweave/target.h>
#include <linux/bug.h>
#include <linux/percpu.h>

struct pair {
	long a;
	unsigned char b;
};

static DEFINE_PER_CPU(struct pair, pairs) = { .a = -3, .b = 4 };
DECLARE_PER_CPU_SHARED_ALIGNED(unsigned short, words);
DEFINE_PER_CPU_SHARED_ALIGNED(unsigned short, words) = 9;
static DEFINE_PER_CPU(const char *, names);

HOTWEAVE_TARGET(percpu_in_c, "the per-CPU macros as C")
{
	struct pair __percpu *p = alloc_percpu(struct pair);
	void __percpu *raw = __alloc_percpu(24, 64);
	unsigned int cpu;

	for_each_possible_cpu(cpu)
		BUG_ON(per_cpu(pairs, cpu).a != -3 || per_cpu(pairs.b, cpu) != 4 || per_cpu(words, cpu) != 9);
	this_cpu_add(pairs.a, 2);
	BUG_ON(this_cpu_add_return(pairs.b, 254) != 2);
	preempt_disable();
	BUG_ON(__this_cpu_read(pairs.a) != -1 || this_cpu_read(pairs.b) != 2);
	__this_cpu_sub(words, 10);
	BUG_ON(__this_cpu_inc_return(words) != 0 || raw_cpu_dec_return(words) != 65535);
	BUG_ON(this_cpu_cmpxchg(words, 65535, 1) != 65535);
	this_cpu_write(names, "x");
	BUG_ON(__this_cpu_xchg(names, NULL)[0] != 'x' || raw_cpu_cmpxchg(names, NULL, "y"));
	raw_cpu_write(pairs.a, this_cpu_xchg(words, 6));
	get_cpu_var(pairs).a++;
	put_cpu_var(pairs);
	BUG_ON(raw_cpu_read(pairs.a) != 2);
	preempt_enable();
	if (p) {
		get_cpu_ptr(p)->a = 7;
		put_cpu_ptr(p);
		this_cpu_dec(p->b);
	}
	if (raw)
		BUG_ON((unsigned long)per_cpu_ptr(raw, 1) % 64);
	free_percpu(p);
	free_percpu(raw);
}
