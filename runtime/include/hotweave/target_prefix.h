/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
/*
 * Force-included (-include) before the first line of every file of target code, C or C++; never included
 * by hand. Depends on nothing.
 *
 * It puts every writable global of the target, function statics included, into two sections of their own,
 * so that the runtime can take their pristine image once and start each execution from it, and knows by
 * its address whether memory belongs to a target. Target code gets a section as well: a stack ends where
 * the target's frames do.
 *
 * What the pragma does not move (guards of dynamically initialised function statics, thread-local
 * variables, variables with a section attribute of their own) would carry state from one execution into
 * the next; cmake/check_target_symbols.sh refuses it when the target is built.
 */
#pragma clang section bss = "hw_bss" data = "hw_data" text = "hw_text"
