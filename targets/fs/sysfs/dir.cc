// SPDX-License-Identifier: GPL-2.0-only
/* Directories, files and groups of kernel objects (fs/sysfs/dir.c, file.c and group.c of Linux 6.1). */
#include <linux/errno.h>
#include <linux/kobject.h>
#include <linux/sysfs.h>

/* Class of the active references of directories: nobody holds those. */
static struct lock_class_key directory_key;

int sysfs_create_dir_ns(struct kobject *kobj, const void *ns)
{
	(void)ns;
	kobj->sd = hotweave_kernfs_create(kobj->parent ? kobj->parent->sd : NULL, kobject_name(kobj), KERNFS_DIR, 0755,
					  kobj, &directory_key);
	return kobj->sd ? 0 : -ENOMEM;
}

void sysfs_remove_dir(struct kobject *kobj)
{
	struct kernfs_node *kn = kobj->sd;

	kobj->sd = NULL;
	kernfs_remove(kn);
}

static int add_file(struct kernfs_node *directory, const struct attribute *attr, umode_t mode)
{
	struct attribute *writable = (struct attribute *)attr;

	if (!directory)
		return -ENOENT;
	return hotweave_kernfs_create(directory, attr->name, KERNFS_FILE, mode, writable,
				      attr->key ? attr->key : &writable->skey) ? 0 : -ENOMEM;
}

int sysfs_create_file(struct kobject *kobj, const struct attribute *attr)
{
	return add_file(kobj->sd, attr, attr->mode);
}

int sysfs_create_files(struct kobject *kobj, const struct attribute *const *ptr)
{
	int err = 0;
	int i;

	for (i = 0; ptr[i] && !err; i++)
		err = sysfs_create_file(kobj, ptr[i]);
	if (err)
		while (--i > 0)
			sysfs_remove_file(kobj, ptr[i - 1]);
	return err;
}

void sysfs_remove_file(struct kobject *kobj, const struct attribute *attr)
{
	if (kobj->sd)
		kernfs_remove_by_name(kobj->sd, attr->name);
}

void sysfs_remove_files(struct kobject *kobj, const struct attribute *const *ptr)
{
	for (int i = 0; ptr[i]; i++)
		sysfs_remove_file(kobj, ptr[i]);
}

bool sysfs_remove_file_self(struct kobject *kobj, const struct attribute *attr)
{
	struct kernfs_node *kn = kernfs_find_and_get(kobj->sd, attr->name);
	bool ret;

	if (!kn)
		return false;
	ret = kernfs_remove_self(kn);
	kernfs_put(kn);
	return ret;
}

struct kernfs_node *sysfs_break_active_protection(struct kobject *kobj, const struct attribute *attr)
{
	struct kernfs_node *kn;

	kobject_get(kobj);
	kn = kernfs_find_and_get(kobj->sd, attr->name);
	if (kn)
		kernfs_break_active_protection(kn);
	else
		kobject_put(kobj);
	return kn;
}

void sysfs_unbreak_active_protection(struct kernfs_node *kn)
{
	struct kobject *kobj = (struct kobject *)kn->parent->priv;

	kernfs_unbreak_active_protection(kn);
	kernfs_put(kn);
	kobject_put(kobj);
}

/* ---- Groups ----------------------------------------------------------------------------------------- */

static struct kernfs_node *group_directory(struct kobject *kobj, const struct attribute_group *grp)
{
	if (!grp->name)
		return kobj->sd;
	return hotweave_kernfs_create(kobj->sd, grp->name, KERNFS_DIR, 0755, kobj, &directory_key);
}

int sysfs_create_group(struct kobject *kobj, const struct attribute_group *grp)
{
	struct kernfs_node *directory = group_directory(kobj, grp);
	int err = directory ? 0 : -ENOMEM;

	for (int i = 0; !err && grp->attrs && grp->attrs[i]; i++) {
		umode_t mode = grp->is_visible ? grp->is_visible(kobj, grp->attrs[i], i) : grp->attrs[i]->mode;

		if (mode)
			err = add_file(directory, grp->attrs[i], mode);
	}
	if (err && directory)
		sysfs_remove_group(kobj, grp);
	return err;
}

int sysfs_create_groups(struct kobject *kobj, const struct attribute_group **groups)
{
	int err = 0;

	for (int i = 0; groups && groups[i]; i++) {
		err = sysfs_create_group(kobj, groups[i]);
		if (!err)
			continue;
		while (--i >= 0)
			sysfs_remove_group(kobj, groups[i]);
		break;
	}
	return err;
}

void sysfs_remove_group(struct kobject *kobj, const struct attribute_group *grp)
{
	if (grp->name) {
		kernfs_remove_by_name(kobj->sd, grp->name);
		return;
	}
	for (int i = 0; grp->attrs && grp->attrs[i]; i++)
		kernfs_remove_by_name(kobj->sd, grp->attrs[i]->name);
}

void sysfs_remove_groups(struct kobject *kobj, const struct attribute_group **groups)
{
	for (int i = 0; groups && groups[i]; i++)
		sysfs_remove_group(kobj, groups[i]);
}
