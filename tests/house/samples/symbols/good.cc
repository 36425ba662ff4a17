// SPDX-License-Identifier: GPL-2.0-only OR MIT
// accepted: globals, function statics, constants, tables of pointers, objects with constructors
struct Object {
	int field;
	Object();
};
Object object;
int zero, one = 1;
extern const char *const names[2];
const char *const names[2] = { "a", "b" };
int next()
{
	static int value;
	return ++value + zero + one;
}
