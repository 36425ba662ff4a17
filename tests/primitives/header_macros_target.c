// SPDX-License-Identifier: GPL-2.0-only OR MIT
/*
 * The C side of the header-only kernel interface, where macros stand for what are templates in C++. Called
 * by header_macros_test.cc outside any execution. Returns the line of the first check that fails, or 0.
 */
#include <linux/atomic.h>
#include <linux/err.h>
#include <linux/kernel.h>
#include <linux/ktime.h>
#include <linux/list.h>
#include <linux/log2.h>
#include <linux/math64.h>
#include <linux/overflow.h>
#include <linux/string.h>
#include <linux/topology.h>

#define CHECK(condition)                 \
	do {                             \
		if (!(condition))        \
			return __LINE__; \
	} while (0)

enum color { RED, GREEN = -1 };

struct item {
	int value;
	struct list_head node;
};

int header_macros_once(void)
{
	const int constant = 7;
	volatile short narrow = -2;
	_Bool flag = 1;
	enum color color = GREEN;
	double real = 1.5;
	int x = 1;
	int *p = &x;
	int old = 5;

	CHECK(READ_ONCE(constant) == 7 && READ_ONCE(narrow) == -2 && READ_ONCE(flag));
	CHECK(READ_ONCE(color) == GREEN && READ_ONCE(real) == 1.5 && READ_ONCE(p) == &x);
	WRITE_ONCE(narrow, -7);
	WRITE_ONCE(flag, 5);
	WRITE_ONCE(color, RED);
	CHECK(narrow == -7 && flag == 1 && color == RED);
	smp_store_release(&x, 9);
	CHECK(smp_load_acquire(&x) == 9 && smp_cond_load_relaxed(&x, VAL == 9) == 9);
	CHECK(xchg(&x, -1) == 9 && cmpxchg(&x, -1, 4) == -1 && cmpxchg(&x, 5, 6) == 4);
	CHECK(!try_cmpxchg(&x, &old, 8) && old == 4 && try_cmpxchg(&x, &old, 8) && x == 8);
	CHECK(xchg(&p, NULL) == &x && data_race(x) == 8);
	return 0;
}

int header_macros_kernel(void)
{
	static const char array[3 + min(1, 2)];   /* constant operands: a constant expression */
	int x = 1, y = 2;

	CHECK(ARRAY_SIZE(array) == 4);
	CHECK(min(x++, 5) == 1 && x == 2 && max3(1, 3, 2) == 3 && clamp_t(u8, 300, 1, 50) == 44);
	x = 1;
	swap(x, y);
	CHECK(x == 2 && y == 1);
	CHECK(ALIGN(5, 4) == 8 && round_down(7, 4) == 4 && roundup(7, 3) == 9 && DIV_ROUND_UP(5, 2) == 3);
	CHECK(abs(-3L) == 3L && upper_32_bits(1ull << 32) == 1);
	CHECK(IS_ERR(ERR_PTR(-ENOMEM)) && PTR_ERR(ERR_PTR(-EINVAL)) == -EINVAL && !IS_ERR(&x));
	CHECK(ERESTARTSYS == 512 && !WARN_ON(x == 1));
	return 0;
}

int header_macros_list(void)
{
	struct item items[3], *pos, *next;
	LIST_HEAD(head);
	int sum = 0;

	for (int i = 0; i < 3; i++) {
		items[i].value = i;
		list_add(&items[i].node, &head);
	}
	list_for_each_entry(pos, &head, node)
		sum = sum * 10 + pos->value;
	CHECK(sum == 210);
	list_for_each_entry_safe(pos, next, &head, node)
		list_del(&pos->node);
	CHECK(list_empty(&head) && !list_first_entry_or_null(&head, struct item, node));
	CHECK(container_of(&items[1].node, struct item, node) == &items[1]);
	return 0;
}

int header_macros_small(void)
{
	char text[8];
	int sum;
	u64 n = 100;

	CHECK(strscpy(text, "abcdefghij", 8) == -E2BIG && text[7] == 0);
	CHECK(sysfs_streq("on\n", "on") && !sysfs_streq("on\n\n", "on"));
	CHECK(check_add_overflow(0x7fffffff, 1, &sum) && size_mul(~0ul, 2) == SIZE_MAX);
	CHECK(ilog2(4096) == 12 && roundup_pow_of_two(5) == 8 && order_base_2(5) == 3);
	CHECK(do_div(n, 7) == 2 && n == 14 && mul_u64_u64_shr(~0ull, 2, 64) == 1);
	CHECK(ktime_add_safe(KTIME_MAX, 1) == KTIME_MAX && ktime_to_ms(ms_to_ktime(5)) == 5);
	CHECK(cpu_to_node(2) == 0 && numa_node_id() == cpu_to_node(0) && numa_mem_id() == numa_node_id());
	return 0;
}
