// SPDX-License-Identifier: GPL-2.0-only OR MIT
// refused: _ZGVZ6sharedvE5value (the guard of a function static that is initialised when first passed)
int compute();
int &shared()
{
	static int value = compute();
	return value;
}
