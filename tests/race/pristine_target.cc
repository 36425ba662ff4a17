// SPDX-License-Identifier: GPL-2.0-only OR MIT
/* Targets of pristine_test.cc, the C++ half: every execution starts with the initial values. */
#include <linux/bug.h>
#include <linux/kernel.h>

#include "../support/tasks.h"

static int counter = 41;
static int zeroed;

class Object {
public:
	Object() : value_(7), self_(this) {}
	int Bump() { return ++value_; }
	bool Sane() const { return self_ == this; }

private:
	int value_;
	Object *self_;
};

static Object object;

static int next_in_function(void)
{
	static int next = 100;

	return ++next;
}

HOTWEAVE_TARGET(pristine_cc, "globals, function statics and an object with a constructor are as new")
{
	BUG_ON(++counter != 42);
	BUG_ON(++zeroed != 1);
	BUG_ON(next_in_function() != 101);
	BUG_ON(object.Bump() != 8);
	BUG_ON(!object.Sane());
}

/* The same when the execution before ended in the middle. */
HOTWEAVE_TARGET(pristine_spoilt, "everything is changed, then the execution breaks off")
{
	counter = zeroed = -1;
	object.Bump();
	next_in_function();
	BUG();
}
