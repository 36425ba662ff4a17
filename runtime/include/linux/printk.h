/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
/*
 * Messages. Follows include/linux/printk.h of Linux 6.1. Formats are checked as printf's. The _once and
 * _ratelimited forms act each time: flags and clocks of their own would be state hidden from the execution.
 * Any context; not a scheduling point.
 * Model: messages are formatted and thrown away.
 */
#ifndef HOTWEAVE_LINUX_PRINTK_H
#define HOTWEAVE_LINUX_PRINTK_H

#include <hotweave/hooks.h>

#define KERN_SOH "\001"
#define KERN_EMERG KERN_SOH "0"
#define KERN_ALERT KERN_SOH "1"
#define KERN_CRIT KERN_SOH "2"
#define KERN_ERR KERN_SOH "3"
#define KERN_WARNING KERN_SOH "4"
#define KERN_NOTICE KERN_SOH "5"
#define KERN_INFO KERN_SOH "6"
#define KERN_DEBUG KERN_SOH "7"
#define KERN_CONT KERN_SOH "c"
#define KERN_DEFAULT ""

/* A file may define its own prefix before it includes this header. */
#ifndef pr_fmt
#define pr_fmt(fmt) fmt
#endif

#define printk(...) hotweave_printk(__VA_ARGS__)
#define _printk(...) hotweave_printk(__VA_ARGS__)
#define printk_once(...) hotweave_printk(__VA_ARGS__)
#define printk_ratelimited(...) hotweave_printk(__VA_ARGS__)
#define no_printk(...)                                       \
	({                                                   \
		if (0)                                       \
			(void)hotweave_printk(__VA_ARGS__);  \
		0;                                           \
	})

#define pr_emerg(fmt, ...) printk(KERN_EMERG pr_fmt(fmt), ##__VA_ARGS__)
#define pr_alert(fmt, ...) printk(KERN_ALERT pr_fmt(fmt), ##__VA_ARGS__)
#define pr_crit(fmt, ...) printk(KERN_CRIT pr_fmt(fmt), ##__VA_ARGS__)
#define pr_err(fmt, ...) printk(KERN_ERR pr_fmt(fmt), ##__VA_ARGS__)
#define pr_warn(fmt, ...) printk(KERN_WARNING pr_fmt(fmt), ##__VA_ARGS__)
#define pr_notice(fmt, ...) printk(KERN_NOTICE pr_fmt(fmt), ##__VA_ARGS__)
#define pr_info(fmt, ...) printk(KERN_INFO pr_fmt(fmt), ##__VA_ARGS__)
#define pr_debug(fmt, ...) printk(KERN_DEBUG pr_fmt(fmt), ##__VA_ARGS__)
#define pr_cont(fmt, ...) printk(KERN_CONT fmt, ##__VA_ARGS__)
#define pr_devel(fmt, ...) no_printk(KERN_DEBUG pr_fmt(fmt), ##__VA_ARGS__)

#define pr_emerg_once(fmt, ...) pr_emerg(fmt, ##__VA_ARGS__)
#define pr_alert_once(fmt, ...) pr_alert(fmt, ##__VA_ARGS__)
#define pr_crit_once(fmt, ...) pr_crit(fmt, ##__VA_ARGS__)
#define pr_err_once(fmt, ...) pr_err(fmt, ##__VA_ARGS__)
#define pr_warn_once(fmt, ...) pr_warn(fmt, ##__VA_ARGS__)
#define pr_notice_once(fmt, ...) pr_notice(fmt, ##__VA_ARGS__)
#define pr_info_once(fmt, ...) pr_info(fmt, ##__VA_ARGS__)
#define pr_debug_once(fmt, ...) pr_debug(fmt, ##__VA_ARGS__)
#define pr_err_ratelimited(fmt, ...) pr_err(fmt, ##__VA_ARGS__)
#define pr_warn_ratelimited(fmt, ...) pr_warn(fmt, ##__VA_ARGS__)
#define pr_info_ratelimited(fmt, ...) pr_info(fmt, ##__VA_ARGS__)
#define pr_debug_ratelimited(fmt, ...) pr_debug(fmt, ##__VA_ARGS__)

/* Where the kernel prints its stack, the finding's report has it already. */
#define dump_stack() ((void)0)

#endif
