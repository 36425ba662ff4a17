// SPDX-License-Identifier: GPL-2.0-only
/*
 * The way of a read or a write from the system call to the attribute (fs/kernfs/file.c and fs/sysfs/file.c of Linux
 * 4.12 to 6.1).
 *
 * A store function runs with the open file's mutex and an active reference. It must not block on a lock that a
 * remover of the file holds: it tries, and has the system call restarted; both are given back before the next
 * attempt.
 * Model: one read or write per open file; no freezing of the file system (sb_writers).
 */
#include <linux/errno.h>
#include <linux/kernel.h>
#include <linux/kobject.h>
#include <linux/mutex.h>
#include <linux/slab.h>
#include <linux/stdarg.h>
#include <linux/string.h>
#include <linux/sysfs.h>

#include <hotweave/target.h>

#define FILE_SIZE 4096

typedef ssize_t (*operation)(struct kernfs_open_file *of, char *buf, size_t count);

static struct kobject *object_of(struct kernfs_open_file *of)
{
	struct kernfs_node *directory = of->kn->parent;

	return (struct kobject *)directory->priv;
}

static ssize_t sysfs_kf_write(struct kernfs_open_file *of, char *buf, size_t count)
{
	struct kobject *kobj = object_of(of);
	const struct sysfs_ops *ops = kobj->ktype->sysfs_ops;

	if (!count)
		return 0;
	return ops && ops->store ? ops->store(kobj, (struct attribute *)of->kn->priv, buf, count) : -EIO;
}

static ssize_t sysfs_kf_read(struct kernfs_open_file *of, char *buf, size_t count)
{
	struct kobject *kobj = object_of(of);
	const struct sysfs_ops *ops = kobj->ktype->sysfs_ops;

	(void)count;
	return ops && ops->show ? ops->show(kobj, (struct attribute *)of->kn->priv, buf) : -EIO;
}

/* Source: kernfs_fop_write_iter() and kernfs_seq_start(), 6.1. */
static ssize_t operate(struct kernfs_open_file *of, char *buf, size_t count, operation op)
{
	ssize_t len = -ENODEV;

	mutex_lock(&of->mutex);
	if (kernfs_get_active(of->kn)) {
		len = op(of, buf, count);
		kernfs_put_active(of->kn);
	}
	mutex_unlock(&of->mutex);
	return len;
}

static struct kernfs_open_file *open_file(struct kernfs_node *kn)
{
	struct kernfs_open_file *of = (struct kernfs_open_file *)kzalloc(sizeof(*of), GFP_KERNEL);

	if (!of)
		return NULL;
	of->kn = kn;
	mutex_init(&of->mutex);
	return of;
}

static ssize_t open_and_operate(const char *path, char *buf, size_t count, umode_t wanted, operation op)
{
	struct kernfs_node *kn = kernfs_walk_and_get(NULL, path);
	struct kernfs_open_file *of;
	ssize_t ret;

	if (!kn)
		return -ENOENT;
	ret = -EACCES;
	if (!(hotweave_missing_annotation(kn->flags, "the type of a node does not change") & KERNFS_FILE) ||
	    !(kn->mode & wanted))
		goto out_put;
	ret = -ENOMEM;
	of = open_file(kn);
	if (!of)
		goto out_put;
	do
		ret = operate(of, buf, count, op);
	while (ret == -ERESTARTNOINTR);
	kfree(of);
out_put:
	kernfs_put(kn);
	return ret;
}

ssize_t hotweave_write_sysfs(const char *path, const char *text)
{
	return open_and_operate(path, (char *)text, strlen(text), S_IWUGO, sysfs_kf_write);
}

ssize_t hotweave_read_sysfs(const char *path, char *buf)
{
	return open_and_operate(path, buf, FILE_SIZE, S_IRUGO, sysfs_kf_read);
}

void sysfs_notify(struct kobject *kobj, const char *dir, const char *attr)
{
	(void)kobj;
	(void)dir;
	(void)attr;
	hotweave_yield("sysfs_notify");
}

/* The text goes into `buf` through memcpy(), so that the writes are seen. */
static int emit(char *buf, int at, const char *fmt, va_list args)
{
	char text[FILE_SIZE / 8];
	int len;

	if (at < 0 || at >= FILE_SIZE)
		return 0;
	len = vsnprintf(text, sizeof(text), fmt, args);
	if (len >= (int)sizeof(text))
		len = (int)sizeof(text) - 1;
	if (len > FILE_SIZE - 1 - at)
		len = FILE_SIZE - 1 - at;
	memcpy(buf + at, text, (size_t)len);
	buf[at + len] = '\0';
	return len;
}

int sysfs_emit(char *buf, const char *fmt, ...)
{
	va_list args;
	int len;

	va_start(args, fmt);
	len = emit(buf, 0, fmt, args);
	va_end(args);
	return len;
}

int sysfs_emit_at(char *buf, int at, const char *fmt, ...)
{
	va_list args;
	int len;

	va_start(args, fmt);
	len = emit(buf, at, fmt, args);
	va_end(args);
	return len;
}

int restart_syscall(void)
{
	return -ERESTARTNOINTR;
}
